using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Typed.Plan;

/// <summary>What was read of a processor class.</summary>
/// <param name="Spec">The processor; null if it cannot be read at all, in which case there is a finding or C# itself reports an error.</param>
/// <param name="Findings">What is wrong with it, or worth saying.</param>
internal sealed record ParsedProcessor(ProcessorSpec? Spec, ImmutableArray<LocatedFinding> Findings)
{
    /// <summary>The spec if code may be written for it.</summary>
    public ProcessorSpec? Accepted() => Findings.Any(finding => Diagnostics.IsError(finding.DiagnosticId)) ? null : Spec;
}

/// <summary>
/// Reads a class that derives from KeyedProcessor or GroupProcessor into a <see cref="ProcessorSpec"/>: its types, its attributes, the members that
/// are kept for each key, and what its methods ask of the context (semantics 9, 10).
/// </summary>
internal sealed partial class ProcessorParser
{
    private readonly INamedTypeSymbol _processor;
    private readonly Compilation _compilation;
    private readonly CancellationToken _cancellation;
    private readonly ImmutableArray<LocatedFinding>.Builder _findings = ImmutableArray.CreateBuilder<LocatedFinding>();

    private ProcessorParser(INamedTypeSymbol processor, Compilation compilation, CancellationToken cancellation)
    {
        _processor = processor;
        _compilation = compilation;
        _cancellation = cancellation;
    }

    /// <summary>Reads a class; one of the processors must be its base.</summary>
    public static ParsedProcessor Parse(INamedTypeSymbol processor, Compilation compilation, CancellationToken cancellation)
    {
        ProcessorParser parser = new(processor, compilation, cancellation);
        ProcessorSpec? spec = parser.Read();
        return new ParsedProcessor(spec, parser._findings.ToImmutable());
    }

    /// <summary>Whether a base list can name a processor: looked at before anything is bound.</summary>
    public static bool MayBeProcessor(SyntaxNode node) =>
        node is ClassDeclarationSyntax { BaseList: { } bases } && bases.Types.Any(one => NameOf(one.Type) is "KeyedProcessor" or "GroupProcessor");

    /// <summary>Whether the declaration is the first one of its class that names the processor, so that a class in several parts is read once.</summary>
    public static bool IsFirstPart(INamedTypeSymbol processor, SyntaxNode node, CancellationToken cancellation) =>
        processor.DeclaringSyntaxReferences.Select(part => part.GetSyntax(cancellation)).FirstOrDefault(MayBeProcessor) == node;

    /// <summary>The base of a processor; null if the class is none.</summary>
    public static INamedTypeSymbol? BaseOf(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? one = type.BaseType; one is not null; one = one.BaseType)
        {
            // The forms with an initial state derive from those without.
            if (one is { Name: "KeyedProcessor" or "GroupProcessor", TypeArguments.Length: 3 or 4 } && TypeReader.IsTyped(one))
                return one;
        }

        return null;
    }

    private ProcessorSpec? Read()
    {
        if (BaseOf(_processor) is not { } root || Declaration(root) is not { } declaration)
            return null;
        TypeSpec? key = Read(root.TypeArguments[0], "key");
        RowSpec? input = ReadRow(root.TypeArguments[1], "rows that come in");
        RowSpec? output = ReadRow(root.TypeArguments[2], "rows that go out");
        RowSpec? initial = root.TypeArguments.Length == 4 ? ReadRow(root.TypeArguments[3], "rows of the initial state") : null;
        ProcessorTraits traits = Traits(root);
        EquatableArray<StateMemberSpec> states = ReadStates(traits.Time);
        traits = traits with
        {
            HasState = states.Count > 0,
            Expires = states.Count > 0 && states.All(state => state.TtlMicros > 0),
            Uses = ReadUses(traits),
        };
        if (output is not null)
            CheckOutputTime(traits, output);
        EquatableArray<MigrationSpec> migrations = ReadMigrations(states);
        CheckGrowth(traits);
        CheckOtherFields();
        return key is null || input is null || output is null || (initial is null && root.TypeArguments.Length == 4)
            ? null
            : new ProcessorSpec(traits, declaration, states) { Key = key, Input = input, Output = output, Initial = initial, Migrations = migrations };
    }

    private DeclarationSpec? Declaration(INamedTypeSymbol root)
    {
        // What others derive from is no processor yet: they are reported on.
        if (_processor.IsAbstract)
            return null;
        DeclarationSpec? declaration = DeclarationReader.Read(_processor, _cancellation, out string problem);
        if (!SymbolEqualityComparer.Default.Equals(_processor.BaseType, root))
            problem = $"it derives from {_processor.BaseType!.Name}, and state is kept of the fields of the class itself";
        else if (!_processor.DeclaringSyntaxReferences.Any(part => MayBeProcessor(part.GetSyntax(_cancellation))))
            problem = $"its base has another name here; name {root.Name} itself in the declaration";
        else if (_processor.MemberNames.FirstOrDefault(name => name is "Kept" or "Members") is { } taken)
            problem = $"it has a member '{taken}', which is the name of a part of it that is generated";
        else if (declaration is not null)
            return declaration;
        Report(ProcessorDiagnostics.Shape, _processor, _processor.Name, problem);
        return null;
    }

    private TypeSpec? Read(ITypeSymbol type, string what)
    {
        if (type.TypeKind == TypeKind.Error)
            return null;
        TypeSpec? spec = TypeReader.Read(type, out string? problem);
        if (spec is { Value: ValueKind.Field or ValueKind.Row })
            return spec;
        Report(ProcessorDiagnostics.Shape, _processor, _processor.Name, $"its {what} cannot be columns: {problem ?? type.ToDisplayString() + " is not a type that a column can hold"}");
        return null;
    }

    private RowSpec? ReadRow(ITypeSymbol type, string what)
    {
        if (type.TypeKind == TypeKind.Error || Read(type, what) is null)
            return null;
        if (TypeReader.ReadRow(type, out string? problem) is { } row)
            return row;
        Report(ProcessorDiagnostics.Shape, _processor, _processor.Name, $"its {what} cannot be columns: {problem}");
        return null;
    }

    private ProcessorTraits Traits(INamedTypeSymbol root)
    {
        ProcessorForm form = root.Name == "KeyedProcessor" ? ProcessorForm.Keyed : ProcessorForm.Group;
        AttributeData? attribute = _processor.GetAttributes().FirstOrDefault(one =>
            TypeReader.IsTyped(one.AttributeClass, form == ProcessorForm.Keyed ? "ProcessorAttribute" : "GroupProcessorAttribute"));
        ProcessorTraits traits = new(_processor.Name, TypeReader.Name(_processor)) { Form = form, Unbounded = PipelineParser.UnboundedMark(_processor) is { } mark ? PipelineParser.ReasonOf(mark) : "" };
        foreach ((string name, TypedConstant value) in attribute?.NamedArguments.Select(one => (one.Key, one.Value)) ?? [])
        {
            traits = (name, value.Value) switch
            {
                ("Time" or "Timeout", int time) => traits with { Time = (ProcessorTime)time },
                ("OutputEventTime", string column) => traits with { OutputEventTime = column },
                ("OneRowPerCall", bool one) => traits with { OneRowPerCall = one },
                ("Output", int mode) => traits with { OutputMode = mode switch { 0 => "Append", 1 => "Update", _ => "Complete" } },
                _ => traits,
            };
        }

        // One row for each call is the present state of its key, whatever the attribute says besides.
        if (traits.OutputMode == "Complete")
            Report(ProcessorDiagnostics.CompleteGroups, PlaceOf(attribute, "Output"), _processor.Name);
        return traits.OneRowPerCall ? traits with { OutputMode = "Update" } : traits;
    }

    private void CheckOutputTime(ProcessorTraits traits, RowSpec output)
    {
        if (traits.OutputEventTime is not { } name)
            return;
        string? problem = output.Columns.FirstOrDefault(column => column.Name == name) is not { } found ? $"its rows have no field '{name}'"
            : !found.Type.Is(Schema.FieldKind.Timestamp) ? $"'{name}' is a {found.Type.Declared.Replace("global::", "")} and not a DateTimeOffset"
            : null;
        if (problem is not null)
            Report(ProcessorDiagnostics.OutputTimeMissing, PlaceOf(AttributeNamed("ProcessorAttribute"), "OutputEventTime"), _processor.Name, problem);
    }

    private AttributeData? AttributeNamed(string name) =>
        _processor.GetAttributes().FirstOrDefault(one => TypeReader.IsTyped(one.AttributeClass, name));

    private Location PlaceOf(AttributeData? attribute, string argument) =>
        attribute?.ApplicationSyntaxReference?.GetSyntax(_cancellation) is AttributeSyntax { ArgumentList.Arguments: var arguments }
        && arguments.FirstOrDefault(one => one.NameEquals?.Name.Identifier.Text == argument) is { } found
            ? found.Expression.GetLocation()
            : LocationOf(_processor);

    private static string NameOf(TypeSyntax type) => type switch
    {
        GenericNameSyntax generic => generic.Identifier.Text,
        QualifiedNameSyntax qualified => NameOf(qualified.Right),
        AliasQualifiedNameSyntax qualified => NameOf(qualified.Name),
        _ => "",
    };

    private static Location LocationOf(ISymbol symbol) => symbol.Locations.FirstOrDefault() ?? Location.None;

    private void Report(DiagnosticRule rule, ISymbol at, params string[] arguments) => Report(rule, LocationOf(at), arguments);

    private void Report(DiagnosticRule rule, Location at, params string[] arguments) =>
        _findings.Add(new LocatedFinding(rule.Id, at, arguments.ToEquatable()));
}
