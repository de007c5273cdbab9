using System.Globalization;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Benchmarks.Aggregate;

/// <summary>What a key costs in memory: a long with a count and a sum, in a group-by that keeps ten million of them.</summary>
internal static class StateBytesBenchmark
{
    private const int BatchRows = 1 << 16;

    // Prime, so that a multiple of an odd number comes to each key once, in no order.
    private const long Keys = 10_000_019;

    public static void Run()
    {
        using PipelineRate run = new(new KeyTotals());
        using PipelineRate warm = new(new KeyTotals());
        for (int batch = 0; batch < 8; batch++)
            Push(warm, batch * (long)BatchRows, BatchRows);
        long before = Resident();
        for (long first = 0; first < Keys; first += BatchRows)
            Push(run, first, (int)Math.Min(BatchRows, Keys - first));
        Print(Resident() - before, run.State.MemoryBytes);
        run.SaveChanges();
        long records = run.Changes.Count;
        for (int batch = 0; batch < 8; batch++)
            Push(run, batch * (long)BatchRows, BatchRows);
        run.SaveChanges();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"state-bytes   first snapshot {records} records, the next one {run.Changes.Count} of {8 * BatchRows} keys that came again; then the operator counts {(double)run.State.MemoryBytes / Keys:F1} bytes a key"));
    }

    private static void Push(PipelineRate run, long first, int count)
    {
        ColumnBatch batch = new(RowSchema.Of<Reading>());
        for (int i = 0; i < count; i++)
        {
            ((FixedColumn<long>)batch[0]).Append(0);
            ((FixedColumn<long>)batch[1]).Append((first + i) * 7_368_787 % Keys);
            ((FixedColumn<long>)batch[2]).Append(i);
            ((Utf8Column)batch[3]).Append(ReadOnlySpan<byte>.Empty);
        }

        batch.Length = count;
        run.Batch(batch);
        batch.Release();
    }

    private static long Resident()
    {
        GC.Collect();
        return Environment.WorkingSet;
    }

    private static void Print(long resident, long counted) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"state-bytes   {Keys,9} keys  resident {(double)resident / Keys:F1} bytes a key, as the operator counts it {(double)counted / Keys:F1}"));
}
