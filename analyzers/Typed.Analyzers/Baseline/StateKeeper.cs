using Microsoft.CodeAnalysis;

namespace Typed.Analyzers.Baseline;

/// <summary>An operator with state of a compiled pipeline, as the generator wrote it down.</summary>
internal sealed record StateKeeper(StateBlock Block, int Node, INamedTypeSymbol? Processor)
{
    /// <summary>Whether the name was given to it.</summary>
    public bool IsNamed { get; init; }

    /// <summary>The operators of a pipeline; null if nothing was generated for it, because it has errors.</summary>
    public static IReadOnlyList<StateKeeper>? Of(INamedTypeSymbol pipeline)
    {
        if (pipeline.GetTypeMembers("Plan").IsEmpty)
            return null;
        string name = NameOf(pipeline);
        List<StateKeeper> keepers = [];
        foreach (AttributeData attribute in pipeline.GetAttributes())
        {
            if (attribute is { AttributeClass: { Name: "GeneratedStateAttribute", ContainingNamespace: { Name: "State", ContainingNamespace.Name: "Typed" } } }
                && attribute.ConstructorArguments is [{ Value: string of }, { Value: string kind }, { Value: string schema }, { Value: string layout }])
            {
                StateBlock block = new(name, of) { Kind = kind, Schema = StateBlock.Flat(schema), Layout = StateBlock.FlatLines(layout) };
                StateKeeper keeper = new(block, -1, null);
                foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
                {
                    keeper = (argument.Key, argument.Value.Value) switch
                    {
                        ("IsNamed", bool isNamed) => keeper with { IsNamed = isNamed },
                        ("Lasts", string lasts) => keeper with { Block = keeper.Block with { Lasts = lasts } },
                        ("Node", int node) => keeper with { Node = node },
                        ("Processor", INamedTypeSymbol processor) => keeper with { Processor = processor },
                        _ => keeper,
                    };
                }

                keepers.Add(keeper);
            }
        }

        return keepers;
    }

    /// <summary>The full name of a class, by which a compilation finds it: classes in classes behind a '+'.</summary>
    public static string NameOf(INamedTypeSymbol type) =>
        type.ContainingType is { } outer ? NameOf(outer) + "+" + type.MetadataName
        : type.ContainingNamespace is { IsGlobalNamespace: false } place ? place.ToDisplayString() + "." + type.MetadataName
        : type.MetadataName;
}
