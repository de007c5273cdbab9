using Typed.Schema;

namespace Typed.Plan;

/// <summary>
/// What an entry of state takes in memory: the layouts of the tables of the run time, filled as they are on average while they grow by doubling. A text is taken to
/// have 16 bytes, which no type says.
/// </summary>
internal static class EntryBytes
{
    private const double Text = 16;

    // Eight bytes for each slot of a hash table, of which a little less than half are used, and a mark of what has changed.
    private const double Index = 20;

    /// <summary>A group: its key, what is kept for it, the batch that changed it last.</summary>
    public static double OfGroup(IEnumerable<TypeSpec> key, double kept) => Whole(OfKey(key) + kept + 4) + Index;

    /// <summary>A key of a deduplication: it lies in the table itself, of which about half is used, beside the time when it goes.</summary>
    public static double OfDistinct(IReadOnlyCollection<TypeSpec> key, bool expires) =>
        ((Whole(key.Sum(InKey)) + 8) / 0.47) + key.Sum(LongText) + (expires ? 4 : 0);

    /// <summary>A stored row of a join: its key, its time, its place in the index and its columns.</summary>
    public static double OfJoined(IEnumerable<TypeSpec> key, IEnumerable<TypeSpec> columns) => ((Whole(OfKey(key)) + 24 + columns.Sum(InColumn)) * 1.3) + Index;

    /// <summary>A group of rows with their order.</summary>
    public static double OfRows(IEnumerable<TypeSpec> key, IEnumerable<TypeSpec> columns, int rows) => OfGroup(key, 16) + (rows * (16 + columns.Sum(InColumn)));

    /// <summary>The members of a processor for a key; lists and maps as if they were empty.</summary>
    public static double OfMembers(IEnumerable<TypeSpec> key, IEnumerable<StateMemberSpec> members) =>
        OfGroup(key, 16) + members.Sum(member => member.Kind is StateMemberKind.Plain or StateMemberKind.Value ? 16 + InColumn(member.Type) : 16);

    /// <summary>What aggregates keep for a group; a part that several need is there once.</summary>
    public static double OfAggregates(IEnumerable<AggregateSpec> aggregates, Func<ExprSpec, Figure> values)
    {
        AggregateSpec[] all = [.. aggregates];
        bool counts = all.Any(one => (one.Function == "Count" && one.Arguments.Count == 0) || one.Function is "Average" or "All" or "Any");
        return (counts ? 8 : 0) + all.Where(one => one.Function != "Count" || one.Arguments.Count > 0).Select(one => (one.Function, one.Arguments)).Distinct()
            .Sum(one => OfAggregate(all.First(first => (first.Function, first.Arguments).Equals(one)), values));
    }

    private static double OfAggregate(AggregateSpec one, Func<ExprSpec, Figure> values)
    {
        TypeSpec? type = one.Arguments.Count > 0 ? one.Arguments[0].Type : null;
        double value = type is null ? 8 : InKey(type) + LongText(type);
        double missing = type?.Nullable == true ? 8 : 0;
        return one.Function switch
        {
            "Count" or "CountNotNull" or "All" or "Any" => 8,
            "Sum" or "Average" => (type!.Is(FieldKind.Decimal) ? 16 : 8) + missing,
            "Min" or "Max" => value + missing,
            "First" or "Last" => value + 8,
            "MinBy" or "MaxBy" => value + InKey(one.Arguments[1].Type) + 8,
            "CountDistinct" => 16 + ((values(one.Arguments[0]).Value ?? 8) * (value + 8)),
            "CollectSet" or "Collect" => 16 + (one.Constants[0] * value),
            "ApproxCountDistinct" => 16 + Math.Pow(2, Math.Ceiling(2 * Math.Log(1.04 / one.Constants[0], 2))),
            "ApproxQuantile" => 16 + (32 / one.Constants[0]),
            _ => 24,
        };
    }

    private static double OfKey(IEnumerable<TypeSpec> key) => key.Sum(type => InKey(type) + LongText(type));

    // The bytes of a text that do not lie in the key.
    private static double LongText(TypeSpec type) => type.Field is FieldKind.String or FieldKind.Binary ? Text : 0;

    private static double InKey(TypeSpec type) => type.Field is FieldKind.String or FieldKind.Binary ? 16 : Math.Max(8, Bytes(type) + (type.Nullable ? 1 : 0));

    // Texts have an offset, and what may be null a bit.
    private static double InColumn(TypeSpec type) => Bytes(type) + (type.Field is FieldKind.String or FieldKind.Binary ? 4 : 0);

    private static double Bytes(TypeSpec type) => type.Value == ValueKind.Row || type.Field is FieldKind.Record ? type.Members.Sum(member => Bytes(member.Type)) : type.Field switch
    {
        FieldKind.Boolean or FieldKind.SByte or FieldKind.Byte => 1,
        FieldKind.Int16 or FieldKind.UInt16 => 2,
        FieldKind.Int32 or FieldKind.UInt32 or FieldKind.Float or FieldKind.Date => 4,
        FieldKind.Decimal or FieldKind.Guid or FieldKind.Window => 16,
        FieldKind.String or FieldKind.Binary => Text,
        FieldKind.List or FieldKind.Map => 4 * Text,
        _ => 8,
    };

    private static double Whole(double bytes) => Math.Ceiling(bytes / 8) * 8;
}
