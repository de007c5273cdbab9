using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.Plan;

/// <summary>
/// Reads a class marked [Pipeline] into a <see cref="PipelineSpec"/>: from the operations of its method Define, or of those marked
/// [Output], through local variables, query expressions and static helpers, to logical operators. What cannot be read is a finding at
/// its own place.
/// </summary>
internal sealed partial class PipelineParser
{
    // A stream that is used several times is planned once for each use; this stops an expansion that doubles at each step.
    private const int MostNodes = 1000;

    private readonly INamedTypeSymbol _pipeline;
    private readonly Compilation _compilation;
    private readonly CancellationToken _cancellation;
    private readonly ImmutableArray<LocatedFinding>.Builder _findings = ImmutableArray.CreateBuilder<LocatedFinding>();
    private readonly ImmutableArray<CalledCode>.Builder _calls = ImmutableArray.CreateBuilder<CalledCode>();
    private readonly PlanPlaces _places;
    private readonly List<InputSpec> _sources = [];
    private readonly List<InputSpec> _tables = [];
    private readonly Dictionary<ISymbol, int> _sourceNumbers = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, int> _tableNumbers = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _read = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _localStreams = new(SymbolEqualityComparer.Default);
    private readonly SortedDictionary<string, TypeSpec> _parameters = new(StringComparer.Ordinal);
    private int _nextNode;
    private bool _isTooLarge;

    private PipelineParser(INamedTypeSymbol pipeline, Compilation compilation, CancellationToken cancellation)
    {
        _pipeline = pipeline;
        _compilation = compilation;
        _cancellation = cancellation;
        _places = new PlanPlaces(NameOf(pipeline));
    }

    /// <summary>Reads a class; it must bear the attribute [Pipeline].</summary>
    public static ParsedPipeline Parse(INamedTypeSymbol pipeline, Compilation compilation, CancellationToken cancellation)
    {
        PipelineParser parser = new(pipeline, compilation, cancellation);
        PipelineSpec? spec = parser.Read();
        return new ParsedPipeline(spec, parser._findings.ToImmutable(), parser._places) { Calls = parser._calls.ToImmutable() };
    }

    private PipelineSpec? Read()
    {
        AttributeData attribute = _pipeline.GetAttributes().First(one => one.AttributeClass?.Name == "PipelineAttribute");
        if (attribute.ApplicationSyntaxReference?.GetSyntax(_cancellation) is AttributeSyntax { ArgumentList.Arguments: [var modeSyntax, ..] })
            _places.Add(-1, PlanPlaces.Mode, modeSyntax.GetLocation());
        string? mode = attribute.ConstructorArguments is [{ Value: int number }] ? ModeName(number) : null;
        DeclarationSpec? declaration = Declaration();
        if (FindOutputs() is not { } methods || declaration is null || mode is null)
            return null;
        bool inputsRead = ReadInputs(methods);
        List<OutputSpec> outputs = [];
        foreach (IMethodSymbol method in methods)
        {
            if (Body(method) is not null && inputsRead && Root(method) is { } root)
                outputs.Add(new OutputSpec(method.Name, root, CommentOf(method)));
        }

        if (outputs.Count < methods.Count || IsTooLarge(outputs))
            return null;
        ReportUnread(methods);
        RefuseRatesOfHelpers(methods);
        ITypeSymbol[] rows = [.. methods.SelectMany(method => method.Parameters.Select(parameter => parameter.Type).Append(method.ReturnType))];
        return new PipelineSpec(_pipeline.Name, TypeReader.Name(_pipeline))
        {
            Declaration = declaration,
            Sources = _sources.ToEquatable(),
            Tables = _tables.ToEquatable(),
            ParameterOrder = _inputs.ToEquatable(),
            Parameters = _parameters.Select(parameter => new MemberSpec(parameter.Key, parameter.Value)).ToEquatable(),
            Access = AccessOf(rows),
            IsVisible = rows.Append(_pipeline).All(type => _compilation.IsSymbolAccessibleWithin(type, _compilation.Assembly)),
            HasDefaults = HasDefaults(),
            OutputMode = mode,
            Outputs = outputs.ToEquatable(),
            Unbounded = ReadUnbounded(),
        };
    }

    private bool HasDefaults()
    {
        for (INamedTypeSymbol? type = _pipeline; type is not null; type = type.BaseType)
        {
            if (type.GetMembers().Any(member => member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true }))
                return false;
        }

        return _pipeline.InstanceConstructors.Any(constructor => constructor.Parameters.IsEmpty);
    }

    /// <summary>How visible From can be that names some rows.</summary>
    private string AccessOf(ITypeSymbol[] rows) => rows.All(IsPublic) ? "public" : rows.All(IsNamedWhereverPipelineIs) ? "internal" : "private";

    private static bool IsPublic(ITypeSymbol type)
    {
        for (ITypeSymbol? one = type; one is not null; one = one.ContainingType)
        {
            if (one.DeclaredAccessibility is not (Accessibility.Public or Accessibility.NotApplicable))
                return false;
        }

        return type is not INamedTypeSymbol named || named.TypeArguments.All(IsPublic);
    }

    /// <summary>Whether a record that is private in some class can be named by all code that can name the pipeline: it is private in there too.</summary>
    private bool IsNamedWhereverPipelineIs(ITypeSymbol type)
    {
        for (ITypeSymbol? one = type; one?.ContainingType is { } place; one = place)
        {
            if (one.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal) && !IsPrivateIn(_pipeline, place))
                return false;
        }

        return type is not INamedTypeSymbol named || named.TypeArguments.All(IsNamedWhereverPipelineIs);
    }

    /// <summary>Whether a type, or one around it, is private in <paramref name="place"/> or in a type within that.</summary>
    private static bool IsPrivateIn(INamedTypeSymbol type, INamedTypeSymbol place)
    {
        bool isPrivate = false;
        for (INamedTypeSymbol? one = type; one is not null; one = one.ContainingType)
        {
            if (SymbolEqualityComparer.Default.Equals(one, place))
                return isPrivate;
            isPrivate |= one.DeclaredAccessibility == Accessibility.Private;
        }

        return false;
    }

    private static string? ModeName(int mode) => mode switch
    {
        0 => "Append",
        1 => "Update",
        2 => "Complete",
        _ => null,
    };

    private static Location NameOf(INamedTypeSymbol type) => type.Locations.FirstOrDefault() ?? Location.None;

    private DeclarationSpec? Declaration()
    {
        DeclarationSpec? declaration = DeclarationReader.Read(_pipeline, _cancellation, out string problem);
        if (declaration is null)
            Report(PipelineDiagnostics.NotPartial, NameOf(_pipeline), _pipeline.Name, problem);
        if (declaration is null || Taken() is not { } taken)
            return declaration;
        Report(PipelineDiagnostics.NotPartial, taken.Locations[0], _pipeline.Name, $"the generated part has a member called '{taken.Name}' itself");
        return null;
    }

    private static ITypeSymbol RowTypeOf(ITypeSymbol stream) => ((INamedTypeSymbol)stream).TypeArguments[0];

    /// <summary>The name of a type of the query language, as in <c>Stream</c>; empty for any other type.</summary>
    private static string LanguageTypeName(ITypeSymbol? type) =>
        type is INamedTypeSymbol { ContainingNamespace: { Name: "Typed", ContainingNamespace.IsGlobalNamespace: true } } named
        && named.Name is "Stream" or "OrderedStream" or "Table" or "GroupedStream" or "WindowedStream" or "Window" or "Group" or "GlobalGroup"
            or "KeyedGroup" or "WindowedGroup" or "WindowGroup" or "NullSafe" or "OuterJoins" or "MixedOuterJoins"
            ? type.Name
            : "";

    private int NewNode(Location place)
    {
        _cancellation.ThrowIfCancellationRequested();
        int id = _nextNode++;
        _places.Add(id, PlanPlaces.Operator, place);
        return id;
    }

    private void Report(DiagnosticRule rule, Location place, params string[] arguments) => Report(rule.Id, place, arguments);

    private void Report(string id, Location place, params string[] arguments) =>
        _findings.Add(new LocatedFinding(id, place, arguments.ToEquatable()));

    /// <summary>Reports a conflict of two places, at the one that came second.</summary>
    private void ReportBoth(DiagnosticRule rule, Location place, Location other, params string[] arguments) =>
        _findings.Add(new LocatedFinding(rule.Id, place, arguments.ToEquatable()) { Related = [other] });
}
