using Microsoft.CodeAnalysis;
using Typed.Generator.Emitter;
using Typed.Plan;
using Typed.State;

namespace Typed.Analyzers.Baseline;

/// <summary>The methods of a processor that make stored values into present ones: <c>[Migration("_count")] static decimal FromInt(int stored)</c>.</summary>
internal static class StateMigrations
{
    private const string Attribute = "MigrationAttribute";

    /// <summary>Whether there is a method for what was shipped of a state variable.</summary>
    public static bool Has(INamedTypeSymbol? processor, string variable, StateBlock shipped, StateBlock present) =>
        processor is not null
        && StoredType(variable, shipped, present) is { } stored
        && processor.GetMembers().OfType<IMethodSymbol>().Any(method => method.Parameters.Length == 1 && IsFor(method, variable) && Takes(method.Parameters[0].Type, stored));

    /// <summary>How the values of a state variable were stored; null where there is nothing to be found.</summary>
    public static StateType? StoredType(string variable, StateBlock shipped, StateBlock present)
    {
        StateLayout before = StateLayout.Parse(shipped.Layout);
        StateLayout now = StateLayout.Parse(present.Layout);
        int[] match = CustomStateEvolution.MatchTables(before, now);
        int at = now.Tables.Where(table => table.Number > 0).ToList().FindIndex(table => table.Name == variable);
        return at >= 0 && match[at] >= 0 && before.Table(match[at]) is { } stored
            ? stored.Value.Where(field => field.Name is "Value" or "Elements").Select(field => Bare(field.Type)).FirstOrDefault()
            : null;
    }

    private static bool IsFor(IMethodSymbol method, string variable) => method.GetAttributes().Any(one =>
        one.AttributeClass is { Name: Attribute, ContainingNamespace: { Name: "Typed", ContainingNamespace.IsGlobalNamespace: true } } && one.ConstructorArguments is [{ Value: string name }] && name == variable);

    private static bool Takes(ITypeSymbol type, StateType stored)
    {
        if (TypeReader.Read(type) is not { Value: ValueKind.Field or ValueKind.Row } taken)
            return false;
        List<ValueChange> changes = [];
        ValueEvolution.Compare("", stored, new StateLayoutParser("Value " + StateLayoutText.Codec(taken)).ReadFields()[0].Type, areRows: false, changes);
        return changes.TrueForAll(change => change.Verdict <= ShapeVerdict.Compatible);
    }

    // Around the value stand its length, whether it is null, and when it expires; a list has it for each element. Times of plain fields are ticks.
    private static StateType Bare(StateType type) => type switch
    {
        { Kind: StateTypeKind.Sized or StateTypeKind.Flag or StateTypeKind.List, Element: { } element } => Bare(element),
        { Kind: StateTypeKind.Record, Fields: [{ Name: "Expires" }, { Name: "Value" } value] } => Bare(value.Type),
        { Kind: StateTypeKind.Ticks } => new StateType(StateTypeKind.Timestamp),
        { Kind: StateTypeKind.TickSpan } => new StateType(StateTypeKind.Duration),
        { Kind: StateTypeKind.DayNumber } => new StateType(StateTypeKind.Date),
        _ => type,
    };

    /// <summary>The C# type of a stored value; null where only a record of the user could take it.</summary>
    public static string? CSharp(StateType stored) => stored.Kind switch
    {
        StateTypeKind.Boolean => "bool",
        StateTypeKind.Int8 => "sbyte",
        StateTypeKind.UInt8 => "byte",
        StateTypeKind.Int16 => "short",
        StateTypeKind.UInt16 => "ushort",
        StateTypeKind.Int32 => "int",
        StateTypeKind.UInt32 => "uint",
        StateTypeKind.Int64 => "long",
        StateTypeKind.UInt64 => "ulong",
        StateTypeKind.Float => "float",
        StateTypeKind.Double => "double",
        StateTypeKind.NetDecimal => "decimal",
        StateTypeKind.String => "string",
        StateTypeKind.Binary => "byte[]",
        StateTypeKind.Guid => "System.Guid",
        StateTypeKind.Timestamp => "System.DateTimeOffset",
        StateTypeKind.Duration => "System.TimeSpan",
        StateTypeKind.Date => "System.DateOnly",
        _ => null,
    };
}
