using Typed.Columns;
using Typed.Operators;
using Typed.Schema;

namespace Typed.Tests.Generator;

[StreamRecord]
public readonly partial record struct Sortable(
    int Number, long? Long, string? Text, double? Double, decimal? Decimal, bool Flag, sbyte Small, ulong Big, Guid Id, DateTimeOffset? Time);

public class SortOperatorTests
{
    internal static readonly Sortable Plain = new(0, null, null, null, null, false, 0, 0, Guid.Empty, null);

    [Fact]
    public void Nulls_come_first_ascending_and_last_descending()
    {
        Sortable[] rows = [Plain with { Long = 5 }, Plain, Plain with { Long = -7 }];
        Assert.Equal([null, -7, 5], Sorted(rows, row => row.Long, new SortKey(1, false)));
        Assert.Equal([5, -7, null], Sorted(rows, row => row.Long, new SortKey(1, true)));
    }

    [Fact]
    public void Strings_compare_by_their_bytes()
    {
        // The second one has a smaller UTF-16 unit than the third, but more bytes that are greater.
        string?[] texts = ["b", "\U0001F600", "\uFFFD", "", "a\0b", "a", "a\0", "Z", null, "é"];
        string?[] expected = [null, "", "Z", "a", "a\0", "a\0b", "b", "é", "\uFFFD", "\U0001F600"];
        Assert.Equal(expected, Sorted([.. texts.Select(text => Plain with { Text = text })], row => row.Text, new SortKey(2, false)));
        Assert.Equal(expected.Reverse(), Sorted([.. texts.Select(text => Plain with { Text = text })], row => row.Text, new SortKey(2, true)));
    }

    [Fact]
    public void Numbers_of_every_kind_compare_as_numbers()
    {
        double?[] doubles = [null, double.NegativeInfinity, -1.5, -double.Epsilon, 0, double.Epsilon, 2, double.PositiveInfinity, double.NaN];
        Check(doubles, (row, value) => row with { Double = value }, row => row.Double, 3);
        decimal?[] decimals = [null, -79228162514m, -0.01m, 0, 0.01m, 79228162514m];
        Check(decimals, (row, value) => row with { Decimal = value }, row => row.Decimal, 4);
        Check([int.MinValue, -1, 0, 1, int.MaxValue], (row, value) => row with { Number = value }, row => row.Number, 0);
        Check([false, true], (row, value) => row with { Flag = value }, row => row.Flag, 5);
        Check<sbyte>([sbyte.MinValue, -1, 0, 1, sbyte.MaxValue], (row, value) => row with { Small = value }, row => row.Small, 6);
        Check<ulong>([0, 1, long.MaxValue, ulong.MaxValue], (row, value) => row with { Big = value }, row => row.Big, 7);
        Check([Guid.Empty, Guid.Parse("00000000-0000-0001-0000-000000000000"), Guid.Parse("01000000-0000-0000-0000-000000000000")], (row, value) => row with { Id = value }, row => row.Id, 8);
        DateTimeOffset?[] times = [null, DateTimeOffset.UnixEpoch.AddDays(-1), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddTicks(10)];
        Check(times, (row, value) => row with { Time = value }, row => row.Time, 9);
    }

    [Fact]
    public void Minus_zero_is_zero_and_equal_rows_keep_their_order()
    {
        Sortable[] rows = [Plain with { Double = 0.0, Number = 1 }, Plain with { Double = -0.0, Number = 2 }, Plain with { Double = 0.0, Number = 3 }];
        Assert.Equal([1, 2, 3], Sorted(rows, row => row.Number, new SortKey(3, false)));
        Assert.Equal([1, 2, 3], Sorted(rows, row => row.Number, new SortKey(3, true)));
    }

    [Fact]
    public void Later_keys_break_ties_also_over_batches()
    {
        Random random = new(7);
        Sortable[] rows = [.. Enumerable.Range(0, 500).Select(i => Plain with { Number = i, Text = "t" + random.Next(5), Long = random.Next(4) == 0 ? null : random.Next(9) })];
        IEnumerable<int> expected = rows.OrderByDescending(row => row.Text, StringComparer.Ordinal).ThenBy(row => row.Long).ThenBy(row => row.Number).Select(row => row.Number);
        Assert.Equal(expected, Sorted(rows, row => row.Number, new SortKey(2, true), new SortKey(1, false)));
    }

    [Fact]
    public void Each_result_is_sorted_by_itself()
    {
        using SortOperator sort = new("sort-1", RowSchema.Of<Sortable>(), [new SortKey(0, true)]);
        for (int i = 0; i < 3; i++)
        {
            sort.Begin(BatchContext.None);
            ColumnBatch batch = PipelineRun<Sortable>.Rows(Plain with { Number = 1 }, Plain with { Number = 2 });
            sort.Process(batch);
            batch.Release();
            sort.InputEnded();
            Assert.Equal((2, 2), (sort.Counts.In, sort.Counts.Out));
        }
    }

    [Fact]
    public void Maps_have_no_order()
    {
        RowSchema tagged = new("Tagged", [new Field("Tags", FieldType.Map(FieldType.Of(FieldKind.String)))]);
        ArgumentException error = Assert.Throws<ArgumentException>(() => new SortOperator("sort-1", tagged, [new SortKey(0, false)]));
        Assert.Contains("Tags", error.Message, StringComparison.Ordinal);
    }

    private static void Check<TValue>(TValue[] ascending, Func<Sortable, TValue, Sortable> with, Func<Sortable, TValue> read, int column)
    {
        Sortable[] rows = [.. ascending.Select(value => with(Plain, value))];
        new Random(3).Shuffle(rows);
        Assert.Equal(ascending, Sorted(rows, read, new SortKey(column, false)));
        Assert.Equal(ascending.Reverse(), Sorted(rows, read, new SortKey(column, true)));
    }

    internal static List<TValue> Sorted<TValue>(Sortable[] rows, Func<Sortable, TValue> read, params SortKey[] keys)
    {
        using SortOperator sort = new("sort-1", RowSchema.Of<Sortable>(), keys);
        using PipelineSink<Sortable> sink = new(sort);
        sort.Begin(BatchContext.None);
        foreach (Sortable[] chunk in rows.Chunk(7))
        {
            ColumnBatch batch = PipelineRun<Sortable>.Rows(chunk);
            sort.Process(batch);
            batch.Release();
        }

        sort.InputEnded();
        return [.. sink.Take().Select(read)];
    }
}
