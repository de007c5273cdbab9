using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.Plan;

/// <summary>
/// Reads a class marked [Pipeline] into a <see cref="PipelineSpec"/>: from the operations of its method Define, through local
/// variables, query expressions and static helpers, to a tree of logical operators. What cannot be read is a finding at its own place.
/// </summary>
internal sealed partial class PipelineParser
{
    // A stream that is used several times is planned once for each use; this stops an expansion that doubles at each step.
    private const int MostNodes = 1000;

    private readonly INamedTypeSymbol _pipeline;
    private readonly Compilation _compilation;
    private readonly CancellationToken _cancellation;
    private readonly ImmutableArray<LocatedFinding>.Builder _findings = ImmutableArray.CreateBuilder<LocatedFinding>();
    private readonly PlanPlaces _places;
    private readonly List<InputSpec> _sources = [];
    private readonly List<InputSpec> _tables = [];
    private readonly Dictionary<ISymbol, int> _sourceNumbers = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, int> _tableNumbers = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _read = new(SymbolEqualityComparer.Default);
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
        return new ParsedPipeline(spec, parser._findings.ToImmutable(), parser._places);
    }

    private PipelineSpec? Read()
    {
        AttributeData attribute = _pipeline.GetAttributes().First(one => one.AttributeClass?.Name == "PipelineAttribute");
        if (attribute.ApplicationSyntaxReference?.GetSyntax(_cancellation) is AttributeSyntax { ArgumentList.Arguments: [var modeSyntax, ..] })
            _places.Add(-1, PlanPlaces.Mode, modeSyntax.GetLocation());
        string? mode = attribute.ConstructorArguments is [{ Value: int number }] ? ModeName(number) : null;
        DeclarationSpec? declaration = Declaration();
        if (FindDefine() is not { } define || declaration is null || mode is null)
            return null;
        bool inputsRead = ReadInputs(define);
        if (Body(define) is not { } body || !inputsRead)
            return null;
        PlanScope scope = new(define, null);
        if (ReturnedBy(body, scope) is not { } result || Stream(result, scope) is not { } root)
            return null;
        if (!CheckOutput(define, root))
            return null;
        ReportUnread(define);
        return new PipelineSpec(_pipeline.Name, TypeReader.Name(_pipeline))
        {
            Declaration = declaration,
            Sources = _sources.ToEquatable(),
            Tables = _tables.ToEquatable(),
            ParameterOrder = define.Parameters.Select(parameter => parameter.Name).ToEquatable(),
            Parameters = _parameters.Select(parameter => new MemberSpec(parameter.Key, parameter.Value)).ToEquatable(),
            IsPublic = define.Parameters.Select(parameter => parameter.Type).Append(define.ReturnType).All(IsPublic),
            HasDefaults = HasDefaults(),
            OutputMode = mode,
            Outputs = EquatableArray.Of(new OutputSpec(define.Name, root, "")),
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

    private static bool IsPublic(ITypeSymbol type)
    {
        for (ITypeSymbol? one = type; one is not null; one = one.ContainingType)
        {
            if (one.DeclaredAccessibility is not (Accessibility.Public or Accessibility.NotApplicable))
                return false;
        }

        return type is not INamedTypeSymbol named || named.TypeArguments.All(IsPublic);
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
        string? problem = null;
        List<string> headers = [];
        for (INamedTypeSymbol? type = _pipeline; type is not null; type = type.ContainingType)
        {
            if (type.IsGenericType)
                problem ??= $"{type.Name} is generic";
            IEnumerable<TypeDeclarationSyntax> parts = type.DeclaringSyntaxReferences.Select(part => part.GetSyntax(_cancellation)).OfType<TypeDeclarationSyntax>();
            if (!parts.All(part => part.Modifiers.Any(SyntaxKind.PartialKeyword)))
                problem ??= $"{type.Name} is not partial";
            headers.Insert(0, $"partial {Keyword(type)} {CSharpName.Escape(type.Name)}");
        }

        if (_pipeline.IsStatic)
            problem ??= $"{_pipeline.Name} is static";
        if (problem is not null)
        {
            Report(PipelineDiagnostics.NotPartial, NameOf(_pipeline), _pipeline.Name, problem);
            return null;
        }

        string space = _pipeline.ContainingNamespace is { IsGlobalNamespace: false } named
            ? named.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted))
            : "";
        return new DeclarationSpec(space, headers.ToEquatable());
    }

    private static string Keyword(INamedTypeSymbol type) => (type.IsRecord, type.TypeKind) switch
    {
        (true, TypeKind.Struct) => "record struct",
        (true, _) => "record",
        (_, TypeKind.Struct) => "struct",
        (_, TypeKind.Interface) => "interface",
        _ => "class",
    };

    private IMethodSymbol? FindDefine()
    {
        ImmutableArray<IMethodSymbol> found = [.. _pipeline.GetMembers("Define").OfType<IMethodSymbol>()];
        string? problem = found switch
        {
            [] => "it has no method Define",
            [_, _, ..] => "it has several methods Define",
            [{ IsGenericMethod: true }] => "Define is generic",
            [{ ReturnType: var type }] when LanguageTypeName(type) != "Stream" && type.TypeKind != TypeKind.Error =>
                $"Define returns {type.ToDisplayString()}",
            _ => null,
        };
        if (problem is null)
            return found[0].ReturnType.TypeKind == TypeKind.Error ? null : found[0];
        Location place = found.IsEmpty ? NameOf(_pipeline) : found[found.Length - 1].Locations[0];
        Report(PipelineDiagnostics.NoDefine, place, _pipeline.Name, problem);
        return null;
    }

    private bool ReadInputs(IMethodSymbol define)
    {
        bool good = true;
        foreach (IParameterSymbol parameter in define.Parameters)
        {
            string kind = LanguageTypeName(parameter.Type);
            if (parameter.Type.TypeKind == TypeKind.Error)
            {
                good = false;
                continue;
            }

            string? problem = null;
            RowSpec? row = null;
            if (kind is not "Stream" and not "Table")
                problem = $"it is of type {parameter.Type.ToDisplayString()}";
            else if (!TypeReader.IsStreamRecord(RowTypeOf(parameter.Type)))
                problem = $"{RowTypeOf(parameter.Type).ToDisplayString()} is not a record marked [StreamRecord]";
            else
                row = TypeReader.ReadRow(RowTypeOf(parameter.Type), out problem);
            if (row is null)
            {
                Report(PipelineDiagnostics.InputType, parameter.Locations[0], parameter.Name, problem ?? "its rows cannot be read");
                good = false;
                continue;
            }

            List<InputSpec> inputs = kind == "Stream" ? _sources : _tables;
            (kind == "Stream" ? _sourceNumbers : _tableNumbers)[parameter] = inputs.Count;
            inputs.Add(new InputSpec(parameter.Name, TypeReader.Name(RowTypeOf(parameter.Type)), row));
        }

        if (good && _sources.Count == 0)
        {
            Report(PipelineDiagnostics.NoSource, define.Locations[0], _pipeline.Name);
            return false;
        }

        return good;
    }

    private bool CheckOutput(IMethodSymbol define, NodeSpec root)
    {
        ITypeSymbol type = RowTypeOf(define.ReturnType);
        if (TypeReader.IsStreamRecord(type) && root.Row.Type.Is(Schema.FieldKind.Record))
            return true;
        Location place = define.DeclaringSyntaxReferences[0].GetSyntax(_cancellation) is MethodDeclarationSyntax method
            ? method.ReturnType.GetLocation()
            : define.Locations[0];
        Report(PipelineDiagnostics.OutputType, place, _pipeline.Name, $"{type.ToDisplayString()} is not a record marked [StreamRecord]");
        return false;
    }

    private void ReportUnread(IMethodSymbol define)
    {
        foreach (IParameterSymbol parameter in define.Parameters)
        {
            if (!_read.Contains(parameter))
                Report(PipelineDiagnostics.UnusedInput, parameter.Locations[0], parameter.Name);
        }
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
}
