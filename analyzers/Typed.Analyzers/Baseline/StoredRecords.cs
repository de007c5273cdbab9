using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Typed.Plan;

namespace Typed.Analyzers.Baseline;

/// <summary>The records of a project that custom state holds: their fields are found by ids, or by names that somebody may change.</summary>
internal static class StoredRecords
{
    /// <summary>The records in the state variables of a processor, those inside of others too, that are declared in the project.</summary>
    public static IEnumerable<INamedTypeSymbol> Of(INamedTypeSymbol processor)
    {
        HashSet<INamedTypeSymbol> records = new(SymbolEqualityComparer.Default);
        foreach (IFieldSymbol field in processor.GetMembers().OfType<IFieldSymbol>())
        {
            if (field.GetAttributes().Any(attribute => TypeReader.IsTyped(attribute.AttributeClass, "StateAttribute")))
                Add(field.Type, records);
        }

        return records;
    }

    /// <summary>The fields without an id.</summary>
    public static IEnumerable<IParameterSymbol> WithoutId(INamedTypeSymbol record) =>
        Fields(record).Where(field => !field.GetAttributes().Any(attribute => TypeReader.IsTyped(attribute.AttributeClass, "IdAttribute")));

    private static ImmutableArray<IParameterSymbol> Fields(INamedTypeSymbol record) => TypeReader.PositionalParameters(record) ?? [];

    private static void Add(ITypeSymbol type, HashSet<INamedTypeSymbol> records)
    {
        switch (type)
        {
            case IArrayTypeSymbol array:
                Add(array.ElementType, records);
                break;
            case INamedTypeSymbol { IsRecord: true } record when record.Locations.Any(location => location.IsInSource):
                if (records.Add(record))
                {
                    foreach (IParameterSymbol field in Fields(record))
                        Add(field.Type, records);
                }

                break;
            case INamedTypeSymbol named:
                foreach (ITypeSymbol argument in named.TypeArguments)
                    Add(argument, records);
                break;
        }
    }
}
