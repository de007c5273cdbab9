using Typed.Columns;
using Typed.Operators;
using Typed.Schema;

namespace Typed.Tests.TableJoin;

public class TableJoinKernelTests
{
    private static readonly RowSchema Side = new("side",
    [
        new Field("Key", FieldType.Of(FieldKind.Int64, nullable: true)),
        new Field("Number", FieldType.Of(FieldKind.Int64)),
        new Field("Text", FieldType.Of(FieldKind.String, nullable: true)),
    ]);

    private static readonly RowSchema Pair = new("pair", [.. Side.Fields, .. Side.Fields.Select(field => new Field("Table" + field.Name, FieldType.Of(field.Type.Kind, nullable: true)))]);

    [Theory]
    [InlineData(TableJoinMode.Inner)]
    [InlineData(TableJoinMode.LeftOuter)]
    [InlineData(TableJoinMode.LeftSemi)]
    [InlineData(TableJoinMode.LeftAnti)]
    public void Gives_what_two_nested_loops_give(TableJoinMode mode)
    {
        for (int seed = 0; seed < 120; seed++)
        {
            Random random = new(seed);
            int keys = 1 + random.Next(40);
            Row[][] tables = [.. Enumerable.Range(0, 2).Select(_ => Rows(random, random.Next(60), keys, random.Next(3) == 0))];
            Row[][] batches = [.. Enumerable.Range(0, 4).Select(_ => Rows(random, random.Next(50), keys, false))];
            Check<Yes>(mode, tables, batches);
            Check<No>(mode, tables, batches);
        }
    }

    [Theory]
    [InlineData(TableJoinMode.Inner)]
    [InlineData(TableJoinMode.LeftOuter)]
    [InlineData(TableJoinMode.LeftAnti)]
    public void Gives_the_same_over_a_table_that_does_not_fit_the_cache(TableJoinMode mode)
    {
        Random random = new(1);
        Row[] table = [.. Enumerable.Range(0, 20_000).Select(i => new Row(random.Next(8) == 0 ? null : i * 3, i, "t" + i))];
        Row[] batch = [.. Enumerable.Range(0, 3001).Select(i => new Row(random.Next(8) == 0 ? null : random.Next(60_000), i, null))];
        Dictionary<long, Row> byKey = table.Where(row => row.Key is not null).ToDictionary(row => row.Key!.Value);
        IEnumerable<(Row, Row?)> expected = batch.Select(row => (row, row.Key is { } key ? byKey.GetValueOrDefault(key) : null));
        expected = mode switch
        {
            TableJoinMode.Inner => expected.Where(pair => pair.Item2 is not null),
            TableJoinMode.LeftAnti => expected.Where(pair => pair.Item2 is null),
            _ => expected,
        };
        Assert.Equal(expected, Run<No>(mode, [table], [batch], out _));
    }

    [Fact]
    public void A_key_with_many_rows_goes_out_in_parts()
    {
        Row[] table = [.. Enumerable.Range(0, 500).Select(i => new Row(7, i, null))];
        Row[] batch = [.. Enumerable.Range(0, 200).Select(i => new Row(7, 0, "s" + i))];
        List<(Row, Row?)> found = Run<No>(TableJoinMode.Inner, [table], [batch], out int parts);
        Assert.Equal(from row in batch from other in table select (row, (Row?)other), found);
        Assert.Equal(4, parts);
    }

    [Theory]
    [InlineData(TableJoinMode.Inner)]
    [InlineData(TableJoinMode.LeftOuter)]
    [InlineData(TableJoinMode.LeftSemi)]
    [InlineData(TableJoinMode.LeftAnti)]
    public void Pairs_that_do_not_fit_one_part_are_joined_as_all_others(TableJoinMode mode)
    {
        Random random = new(5);
        Row[] table = [.. Enumerable.Range(0, 700).Select(i => new Row(i % 3, random.Next(1000), null))];
        Row[] batch = [.. Enumerable.Range(0, 300).Select(i => new Row(i % 4, random.Next(1100), "s" + i))];
        Check<Yes>(mode, [table], [batch]);
        Check<No>(mode, [table], [batch]);
    }

    [Fact]
    public void A_table_that_was_never_read_is_an_error_that_says_so()
    {
        using TableSlot slot = new(0, Side);
        using TableJoinOperator<long, PlainJoin<No>> join = new("table-join-1", Side, TableJoinMode.LeftSemi, default, slot, new Identity(Side), [0, 1, 2], []);
        ColumnBatch batch = Collector.Batch(Side, [new Row(1, 1, null)]);
        join.Begin(new BatchContext(0, 0, OutputMode.Append, false, new Arena()));
        Assert.Contains("table-join-1", Assert.Throws<InvalidOperationException>(() => join.Process(batch)).Message);
        batch.Release();
    }

    private static void Check<TResidual>(TableJoinMode mode, Row[][] tables, Row[][] batches)
        where TResidual : struct, IFlag
    {
        List<(Row, Row?)> expected = [];
        for (int i = 0; i < batches.Length; i++)
        {
            foreach (Row row in batches[i])
            {
                Row[] matches = [.. tables[i % tables.Length].Where(other => row.Key is not null && row.Key == other.Key && (!TResidual.Value || row.Number <= other.Number))];
                expected.AddRange(mode switch
                {
                    TableJoinMode.LeftSemi => matches.Length > 0 ? [(row, null)] : [],
                    TableJoinMode.LeftAnti => matches.Length == 0 ? [(row, null)] : [],
                    TableJoinMode.LeftOuter when matches.Length == 0 => [(row, null)],
                    _ => matches.Select(match => (row, (Row?)match)),
                });
            }
        }

        Assert.Equal(expected, Run<TResidual>(mode, tables, batches, out _));
    }

    private static List<(Row, Row?)> Run<TResidual>(TableJoinMode mode, Row[][] tables, Row[][] batches, out int parts)
        where TResidual : struct, IFlag
    {
        bool givesTable = mode is TableJoinMode.Inner or TableJoinMode.LeftOuter;
        RowSchema output = givesTable ? Pair : Side;
        using TableSlot slot = new(0, Side);
        using TableJoinOperator<long, PlainJoin<TResidual>> join = new("join", output, mode, default, slot, new Identity(Side), [0, 1, 2], givesTable ? [0, 1, 2] : []);
        using Collector collector = new(output);
        join.PushTo(collector);
        for (int i = 0; i < batches.Length; i++)
        {
            // Each micro-batch sees the table that was there when it began.
            if (i < tables.Length || tables.Length > 1)
                slot.Replace(Collector.Batch(Side, tables[i % tables.Length]));
            BatchContext context = new(i, 0, OutputMode.Append, false, new Arena());
            join.Begin(context);
            collector.Begin(context);
            ColumnBatch batch = Collector.Batch(Side, batches[i]);
            join.Process(batch);
            Assert.Equal(1, References(batch));
            batch.Release();
            Assert.Equal(join.Counts.In + join.Counts.FannedOut, join.Counts.Out + join.Counts.Filtered);
        }

        parts = collector.Batches;
        return collector.Rows;
    }

    // Nobody but the test holds the columns of the batch any more: what was shared has been released.
    private static int References(ColumnBatch batch) => batch[0].References;

    private static Row[] Rows(Random random, int count, int keys, bool unique)
    {
        Row[] rows = [.. Enumerable.Range(0, count).Select(i => new Row(random.Next(6) == 0 ? null : random.Next(keys), random.Next(20), random.Next(4) == 0 ? null : "text " + i))];
        return unique ? [.. rows.DistinctBy(row => row.Key)] : rows;
    }
}
