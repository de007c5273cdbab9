using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Typed.Plan;

/// <summary>Code of the user's own that a query runs for its rows, and where it is called.</summary>
internal sealed record CalledCode(IMethodSymbol Method, Location Place);

/// <summary>
/// Reads what the methods of a project do that a query calls, and what they call in turn: clocks, fields that all rows share, waiting, effects. Only
/// the analyzer asks, and only for methods that queries call; what has no source here is judged by its name.
/// </summary>
internal sealed class CodeReader(Compilation compilation, CancellationToken cancellation)
{
    // More is not read for one call: what a method reaches grows fast in code that is no part of the query's own.
    private const int MostMethods = 100;

    private readonly Dictionary<IMethodSymbol, IReadOnlyList<IOperation>> _bodies = new(SymbolEqualityComparer.Default);

    /// <summary>What is found behind calls, each at the call, each kind once.</summary>
    public ImmutableArray<LocatedFinding> Check(IEnumerable<CalledCode> calls)
    {
        ImmutableArray<LocatedFinding>.Builder findings = ImmutableArray.CreateBuilder<LocatedFinding>();
        HashSet<(string, Location)> seen = [];
        foreach (CalledCode call in calls)
        {
            foreach ((CodeEffect effect, string path) in Behind(call.Method, _ => false))
            {
                if (seen.Add((effect.Rule.Id, call.Place)))
                    findings.Add(Found(effect, path, call.Place));
            }
        }

        return findings.ToImmutable();
    }

    /// <summary>What is found in a class whose methods a query calls: at its own place, or at the call that leads out of the class.</summary>
    public ImmutableArray<LocatedFinding> CheckClass(INamedTypeSymbol type)
    {
        ImmutableArray<LocatedFinding>.Builder findings = ImmutableArray.CreateBuilder<LocatedFinding>();
        HashSet<(string, Location)> seen = [];
        foreach (IMethodSymbol method in MethodsOf(type))
        {
            foreach (IOperation operation in Body(method))
            {
                Location place = operation.Syntax.GetLocation();
                if (CodeEffect.Of(operation) is { } effect)
                {
                    if (seen.Add((effect.Rule.Id, place)))
                        findings.Add(Found(effect, method.Name, place));
                }
                else if (Called(operation) is { } called && !IsWithin(called, type))
                {
                    foreach ((CodeEffect behind, string path) in Behind(called, one => IsWithin(one, type)))
                    {
                        if (seen.Add((behind.Rule.Id, place)))
                            findings.Add(Found(behind, path, place));
                    }
                }
            }
        }

        return findings.ToImmutable();
    }

    /// <summary>The methods of an aggregate, or the handlers of a processor: not what is done once, when it is made.</summary>
    public static IEnumerable<IMethodSymbol> MethodsOf(INamedTypeSymbol type) => type.GetMembers().OfType<IMethodSymbol>()
        .Where(method => method.MethodKind is MethodKind.Ordinary or MethodKind.PropertyGet or MethodKind.ExplicitInterfaceImplementation && method.Name != "Dispose");

    private static LocatedFinding Found(CodeEffect effect, string path, Location place) =>
        new(effect.Rule.Id, place, EquatableArray.Of(path, effect.What, effect.WayOut));

    private IEnumerable<(CodeEffect Effect, string Path)> Behind(IMethodSymbol first, Func<IMethodSymbol, bool> isKnown)
    {
        HashSet<IMethodSymbol> seen = new(SymbolEqualityComparer.Default) { first };
        Queue<(IMethodSymbol Method, string Path)> open = new();
        open.Enqueue((first, first.Name));
        while (open.Count > 0)
        {
            (IMethodSymbol method, string path) = open.Dequeue();
            foreach (IOperation operation in Body(method))
            {
                if (CodeEffect.Of(operation) is { } effect)
                    yield return (effect, path);
                else if (Called(operation) is { } called && seen.Count < MostMethods && !isKnown(called) && seen.Add(called))
                    open.Enqueue((called, path + " → " + called.Name));
            }
        }
    }

    private static IMethodSymbol? Called(IOperation operation)
    {
        IMethodSymbol? method = operation switch
        {
            IInvocationOperation call => call.TargetMethod,
            IMethodReferenceOperation group => group.Method,
            IPropertyReferenceOperation reference => reference.Property.GetMethod,
            IObjectCreationOperation creation => creation.Constructor,
            _ => null,
        };
        method = method?.ReducedFrom ?? method;
        return method is { IsAbstract: false, IsImplicitlyDeclared: false } && !method.DeclaringSyntaxReferences.IsEmpty ? method.OriginalDefinition : null;
    }

    private static bool IsWithin(IMethodSymbol method, INamedTypeSymbol type) => SymbolEqualityComparer.Default.Equals(method.ContainingType, type);

    private IReadOnlyList<IOperation> Body(IMethodSymbol method)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_bodies.TryGetValue(method, out IReadOnlyList<IOperation>? known))
            return known;
        List<IOperation> operations = [];
        foreach (SyntaxReference part in method.DeclaringSyntaxReferences)
        {
            SyntaxNode syntax = part.GetSyntax(cancellation);
            if (compilation.ContainsSyntaxTree(syntax.SyntaxTree) && compilation.GetSemanticModel(syntax.SyntaxTree).GetOperation(syntax, cancellation) is { } body)
                operations.AddRange(body.Descendants());
        }

        return _bodies[method] = operations;
    }
}
