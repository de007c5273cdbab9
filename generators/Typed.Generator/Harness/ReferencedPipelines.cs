using Microsoft.CodeAnalysis;
using Typed.Plan;

namespace Typed.Generator.Harness;

/// <summary>The pipelines of referenced projects and packages that this project can name, read from the methods that were generated for them there.</summary>
internal static class ReferencedPipelines
{
    private const string Runtime = "Typed";
    private const string Attribute = "PipelineAttribute";

    /// <summary>Their harnesses. A name that two references or this project give to a pipeline is left out: code here cannot say which one it means.</summary>
    public static EquatableArray<HarnessSpec> In(Compilation compilation, CancellationToken cancellation)
    {
        List<HarnessSpec> found = [];
        foreach (IAssemblySymbol assembly in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            if (assembly.Modules.Any(module => module.ReferencedAssemblies.Any(one => one.Name == Runtime)))
                Add(assembly.GlobalNamespace, compilation, found, cancellation);
        }

        return found.GroupBy(one => one.FullName).Where(same => same.Count() == 1).Select(same => same.Single()).ToEquatable();
    }

    private static void Add(INamespaceOrTypeSymbol container, Compilation compilation, List<HarnessSpec> found, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        foreach (ISymbol member in container.GetMembers())
        {
            if (member is INamespaceSymbol inner)
            {
                Add(inner, compilation, found, cancellation);
            }
            else if (member is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, IsGenericType: false } type)
            {
                if (type.GetAttributes().Any(one => one.AttributeClass is { Name: Attribute, ContainingNamespace: { Name: Runtime, ContainingNamespace.IsGlobalNamespace: true } })
                    && Read(type, compilation) is { } pipeline)
                {
                    found.Add(pipeline);
                }

                Add(type, compilation, found, cancellation);
            }
        }
    }

    /// <returns>The harness; null if code of this project cannot start the pipeline.</returns>
    private static HarnessSpec? Read(INamedTypeSymbol pipeline, Compilation compilation)
    {
        if (pipeline.GetMembers("From").OfType<IMethodSymbol>().FirstOrDefault(method => method.IsStatic) is not { Parameters.IsEmpty: false } from
            || !compilation.IsSymbolAccessibleWithin(from, compilation.Assembly)
            || compilation.Assembly.GetTypeByMetadataName(MetadataName(pipeline)) is not null)
        {
            return null;
        }

        List<string> names = [];
        for (INamedTypeSymbol? one = pipeline; one is not null; one = one.ContainingType)
            names.Insert(0, one.Name);
        string space = pipeline.ContainingNamespace.IsGlobalNamespace
            ? ""
            : pipeline.ContainingNamespace.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.WithGlobalNamespaceStyle(SymbolDisplayGlobalNamespaceStyle.Omitted));
        return Outputs(from.ReturnType, pipeline) is not { } outputs
            ? null
            : new HarnessSpec(space, string.Concat(names), NameOf(pipeline))
            {
                Inputs = from.Parameters.Take(from.Parameters.Length - 1).Select(input => new HarnessInput(input.Name, RecordOf(input.Type), input.Type.Name == "ITableSource")).ToEquatable(),
                Outputs = outputs.ToEquatable(),
                HasDefaults = from.Parameters[from.Parameters.Length - 1].HasExplicitDefaultValue,
            };
    }

    /// <summary>From gives a PipelineStart of the only output, or a class of the pipeline whose method To has a parameter for each output.</summary>
    private static IReadOnlyList<HarnessOutput>? Outputs(ITypeSymbol start, INamedTypeSymbol pipeline)
    {
        if (!SymbolEqualityComparer.Default.Equals(start.ContainingType, pipeline))
            return start is INamedTypeSymbol { TypeArguments: [var row] } ? [new HarnessOutput("", NameOf(row))] : null;
        IMethodSymbol? to = start.GetMembers("To").OfType<IMethodSymbol>().FirstOrDefault(method => method.Parameters.All(one => one.Type is INamedTypeSymbol { IsGenericType: true }));
        return to?.Parameters.Select(one => new HarnessOutput(one.Name, RecordOf(one.Type))).ToList();
    }

    private static string RecordOf(ITypeSymbol handle) => NameOf(((INamedTypeSymbol)handle).TypeArguments[0]);

    private static string NameOf(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    private static string MetadataName(INamedTypeSymbol type) =>
        type.ContainingType is { } outer ? MetadataName(outer) + "+" + type.MetadataName
        : type.ContainingNamespace.IsGlobalNamespace ? type.MetadataName
        : type.ContainingNamespace.ToDisplayString() + "." + type.MetadataName;
}
