using Microsoft.CodeAnalysis;

namespace Typed.Plan;

/// <summary>What can be written for a pipeline that is refused.</summary>
internal sealed partial class PipelineParser
{
    // Stands for what is not known, and takes any argument.
    private const string Anything = "object?";

    /// <summary>The outline of a pipeline; null if nothing can be added to its class. One that is not partial has one all the same, as records have (<see cref="RecordOutlines.Of"/>).</summary>
    public static PipelineOutline? Outline(INamedTypeSymbol pipeline, Compilation compilation, IEnumerable<string> errors, CancellationToken cancellation) =>
        new PipelineParser(pipeline, compilation, cancellation).Outline(errors);

    private PipelineOutline? Outline(IEnumerable<string> errors)
    {
        if (_pipeline.TypeKind != TypeKind.Class || !RecordOutlines.IsExtensible(_pipeline) || Generated.Any(name => _pipeline.Name == name || !_pipeline.GetMembers(name).IsEmpty))
            return null;
        IMethodSymbol[] methods = [.. OutlineMethods()];
        ITypeSymbol[] rows = [.. methods.SelectMany(method => method.Parameters.Select(parameter => parameter.Type).Append(method.ReturnType))];
        Dictionary<string, RecordOutline> unmarked = new(StringComparer.Ordinal);
        List<OutlineMember> inputs = [];
        foreach (IParameterSymbol parameter in methods.SelectMany(method => method.Parameters))
        {
            bool isOutput = methods.Length > 1 && methods.Any(method => ParameterName(method.Name) == ParameterName(parameter.Name));
            if (!isOutput && parameter.Name.Length > 0 && inputs.TrueForAll(one => one.Name != parameter.Name))
                inputs.Add(new OutlineMember(InputText(parameter.Type, unmarked), parameter.Name));
        }

        return new PipelineOutline(TypeReader.Name(_pipeline), _pipeline.Name)
        {
            Declaration = DeclarationReader.Outline(_pipeline),
            Errors = string.Join(", ", errors.Distinct()),
            Access = AccessOf(rows),
            Inputs = inputs.ToEquatable(),
            Outputs = methods.Select(method => new OutlineMember(OutputText(method.ReturnType, unmarked), ParameterName(method.Name))).ToEquatable(),
            HasValues = !_pipeline.IsStatic,
            Records = unmarked.Values.ToEquatable(),
        };
    }

    /// <summary>The methods that say what comes out or, where none has their name or mark, the first that looks like one.</summary>
    private IEnumerable<IMethodSymbol> OutlineMethods()
    {
        IMethodSymbol[] all = [.. _pipeline.GetMembers().OfType<IMethodSymbol>().Where(method => method.MethodKind == MethodKind.Ordinary && !method.IsGenericMethod)];
        IMethodSymbol[] outputs = [.. all.Where(method => OutputMark(method) is not null)];
        if (outputs.Length > 0)
            return outputs;
        IMethodSymbol? define = all.FirstOrDefault(method => method.Name == "Define") ?? all.FirstOrDefault(method => LanguageTypeName(method.ReturnType) == "Stream");
        return define is null ? [] : [define];
    }

    private string InputText(ITypeSymbol type, Dictionary<string, RecordOutline> unmarked)
    {
        string kind = LanguageTypeName(type);
        if (kind is not ("Stream" or "Table") || RowTypeOf(type) is not INamedTypeSymbol record)
            return Anything;
        return WillBeRecord(record, unmarked) ? $"global::Typed.Connect.{(kind == "Stream" ? "ISource" : "ITableSource")}<{TypeReader.Name(record)}>" : Anything;
    }

    private string OutputText(ITypeSymbol type, Dictionary<string, RecordOutline> unmarked)
    {
        ITypeSymbol? row = type is INamedTypeSymbol { TypeArguments: [{ TypeKind: not (TypeKind.Error or TypeKind.TypeParameter) } of] } ? of : null;
        if (row is INamedTypeSymbol record)
            WillBeRecord(record, unmarked);
        return row is null ? Anything : TypeReader.Name(row);
    }

    // Of a record with a mark its own step writes an outline or all of it; of one without, the outline goes with the pipeline.
    private bool WillBeRecord(INamedTypeSymbol type, Dictionary<string, RecordOutline> unmarked)
    {
        if (type.TypeKind == TypeKind.Error)
            return false;
        if (type.AllInterfaces.Any(RecordOutlines.IsContract))
            return true;
        INamedTypeSymbol declared = type.OriginalDefinition;
        if (!RecordOutlines.IsPossible(declared))
            return false;
        if (TypeReader.IsMarked(declared))
            return true;
        if (!SymbolEqualityComparer.Default.Equals(declared.ContainingAssembly, _compilation.Assembly))
            return false;
        if (RecordOutlines.Of(declared, []) is { } outline)
            unmarked[outline.FullName] = outline;
        return true;
    }
}
