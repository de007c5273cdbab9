using System.Diagnostics;
using System.Globalization;
using Typed.Columns;
using Typed.Operators;
using Typed.Schema;

namespace Typed.Benchmarks.TableJoin;

/// <summary>Rows of a stream looked up in a table by one key: what the generator writes, with the table's number passed on.</summary>
internal static class TableJoinBenchmark
{
    private const int BatchRows = 16_384;
    private const int Batches = 64;

    private static readonly RowSchema Numbers = new("numbers", [new Field("Key", FieldType.Of(FieldKind.Int64)), new Field("Value", FieldType.Of(FieldKind.Int64))]);
    private static readonly RowSchema Texts = new("texts", [new Field("Key", FieldType.Of(FieldKind.String)), new Field("Value", FieldType.Of(FieldKind.Int64))]);

    public static void Run()
    {
        foreach (int rows in (int[])[100, 10_000, 1_000_000])
        {
            Measure<long, ByNumber>($"join, long key, table of {rows}", Numbers, rows, TableJoinMode.Inner);
            Measure<long, ByNumber>($"left join, long key, table of {rows}", Numbers, rows, TableJoinMode.LeftOuter);
            Measure<TextKey, ByText>($"join, text key, table of {rows}", Texts, rows, TableJoinMode.Inner);
        }
    }

    private static void Measure<TKey, TJoin>(string name, RowSchema side, int tableRows, TableJoinMode mode)
        where TKey : unmanaged
        where TJoin : struct, ITableJoin<TKey>
    {
        Random random = new(3);
        RowSchema output = new("pairs", [.. side.Fields, new Field("Found", FieldType.Of(FieldKind.Int64, nullable: true))]);
        using TableSlot slot = new(0, side);
        slot.Replace(Batch(side, Enumerable.Range(0, tableRows)));
        using TableJoinOperator<TKey, TJoin> join = new("join", output, mode, default, slot, new Identity(side), [0, 1], [1]);
        using CountingSink sink = new(output);
        join.PushTo(sink);

        // One row in ten has no match.
        ColumnBatch[] batches = [.. Enumerable.Range(0, 8).Select(_ => Batch(side, Enumerable.Range(0, BatchRows).Select(_ => random.Next(tableRows + (tableRows / 9)))))];
        BatchContext context = new(0, 0, OutputMode.Append, false, new Arena());
        double best = 0;
        long bytes = 0;
        for (int run = 0; run < 6; run++)
        {
            join.Begin(context);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Batches; i++)
                join.Process(batches[i % batches.Length]);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            bytes = GC.GetAllocatedBytesForCurrentThread() - allocated;
            best = Math.Max(best, (double)BatchRows * Batches / seconds / 1e6);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-40} {best,7:F1} M rows/s  {(double)bytes / (BatchRows * Batches):F3} B/row  ({sink.Rows} rows)"));
        foreach (ColumnBatch batch in batches)
            batch.Release();
    }

    private static ColumnBatch Batch(RowSchema schema, IEnumerable<int> keys)
    {
        ColumnBatch batch = new(schema);
        foreach (int key in keys)
        {
            if (batch[0] is FixedColumn<long> numbers)
                numbers.Append(key * 7L);
            else
                ((Utf8Column)batch[0]).Append(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"key{key}")));
            ((FixedColumn<long>)batch[1]).Append(key);
        }

        batch.Length = batch[1].Length;
        return batch;
    }

    private sealed class Identity(RowSchema schema) : StageOperator("table", schema, false)
    {
        protected override void Compute(ColumnBatch input, SelectedRows rows, ColumnBatch output)
        {
            for (int i = 0; i < Output.Fields.Count; i++)
                Pass(input[i], rows, output, i);
        }
    }

    private struct ByNumber : ITableJoin<long>
    {
        public static bool HasResidual => false;

        public static uint Hash(in long key) => GroupHash.Of(key);

        public static bool Same(in long left, in long right) => left == right;

        public readonly void ReadStreamKeys(ColumnBatch stream, int start, Span<long> keys, Span<int> found)
        {
            ReadOnlySpan<long> key = ((FixedColumn<long>)stream[0]).Span;
            for (int i = 0; i < keys.Length; i++)
            {
                keys[i] = key[start + i];
                found[i] = 0;
            }
        }

        public readonly void ReadTableKeys(ColumnBatch table, int start, Span<long> keys, Span<int> found) => ReadStreamKeys(table, start, keys, found);

        public readonly int Keep(ColumnBatch stream, ColumnBatch table, BatchContext context, JoinPairs pairs) => pairs.Count;
    }

    private struct ByText : ITableJoin<TextKey>
    {
        public static bool HasResidual => false;

        public static uint Hash(in TextKey key) => TextKey.Hash(key);

        public static bool Same(in TextKey left, in TextKey right) => TextKey.Same(left, right);

        public readonly void ReadStreamKeys(ColumnBatch stream, int start, Span<TextKey> keys, Span<int> found)
        {
            Utf8Column key = (Utf8Column)stream[0];
            for (int i = 0; i < keys.Length; i++)
            {
                keys[i] = TextKey.Of(key.Value(start + i));
                found[i] = 0;
            }
        }

        public readonly void ReadTableKeys(ColumnBatch table, int start, Span<TextKey> keys, Span<int> found) => ReadStreamKeys(table, start, keys, found);

        public readonly int Keep(ColumnBatch stream, ColumnBatch table, BatchContext context, JoinPairs pairs) => pairs.Count;
    }
}
