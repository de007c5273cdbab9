using Typed.Plan;

namespace Typed.Generator.Planner;

/// <summary>Column pruning of a join of two streams: each side keeps what is passed on, the keys, its times, and what the condition reads.</summary>
internal static class StreamJoinPruning
{
    /// <summary>The columns of an input that are read.</summary>
    public static IEnumerable<int> Reads(StreamJoinOp join, int input, SortedSet<int> needed)
    {
        JoinSideSpec side = input == 0 ? join.Left : join.Right;
        SortedSet<int> read = [.. Passed(join, input, needed).Select(column => side.Columns[column]), .. join.Keys.Select(key => input == 0 ? key.Left : key.Right)];
        if (join.Residual is { } residual)
            read.UnionWith(residual.Columns(input).Select(column => column.Ordinal));
        if (side.TimeColumn >= 0)
            read.Add(side.TimeColumn);
        if (side.CanMatchColumn >= 0)
            read.Add(side.CanMatchColumn);
        return read;
    }

    /// <summary>The join over inputs whose columns have moved.</summary>
    public static StreamJoinOp Rebuild(StreamJoinOp join, SortedSet<int> needed, RowSpec output, (int Number, int[] Columns) left, (int Number, int[] Columns) right) => join with
    {
        Inputs = EquatableArray.Of(left.Number, right.Number),
        Output = output,
        Keys = join.Keys.Select(key => key with { Left = left.Columns[key.Left], Right = right.Columns[key.Right] }).ToEquatable(),
        Residual = join.Residual?
            .MoveColumns(0, column => column with { Ordinal = left.Columns[column.Ordinal] })
            .MoveColumns(1, column => column with { Ordinal = right.Columns[column.Ordinal] }),
        Left = Moved(join.Left, Passed(join, 0, needed), left.Columns),
        Right = Moved(join.Right, Passed(join, 1, needed), right.Columns),
    };

    // The places in the side's list of columns that somebody reads.
    private static IEnumerable<int> Passed(StreamJoinOp join, int input, SortedSet<int> needed)
    {
        int first = input == 0 ? 0 : join.Left.Columns.Count;
        int count = input == 0 ? join.Left.Columns.Count : join.Right.Columns.Count;
        return needed.Where(column => column >= first && column < first + count).Select(column => column - first);
    }

    private static JoinSideSpec Moved(JoinSideSpec side, IEnumerable<int> passed, int[] columns) => side with
    {
        TimeColumn = side.TimeColumn < 0 ? -1 : columns[side.TimeColumn],
        CanMatchColumn = side.CanMatchColumn < 0 ? -1 : columns[side.CanMatchColumn],
        Columns = passed.Select(column => columns[side.Columns[column]]).ToEquatable(),
    };
}
