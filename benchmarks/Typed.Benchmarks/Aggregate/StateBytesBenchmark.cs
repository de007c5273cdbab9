using System.Globalization;
using Typed.Benchmarks.State;

namespace Typed.Benchmarks.Aggregate;

/// <summary>What a key costs in memory: a long with a count and a sum, in a group-by that keeps ten million of them.</summary>
internal static class StateBytesBenchmark
{
    private const int AgainRows = 8 * GroupRows.BatchRows;

    public static void Run()
    {
        using PipelineRate run = new(new KeyTotals());
        using PipelineRate warm = new(new KeyTotals());
        GroupRows.Push(warm, 0, AgainRows);
        long before = Resident();
        GroupRows.Push(run, 0, GroupRows.Keys);
        Print(Resident() - before, run.State.MemoryBytes);
        run.SaveChanges();
        long records = run.Changes.Count;
        GroupRows.Push(run, 0, AgainRows);
        run.SaveChanges();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"state-bytes   first snapshot {records} records, the next one {run.Changes.Count} of {AgainRows} keys that came again; then the operator counts {(double)run.State.MemoryBytes / GroupRows.Keys:F1} bytes a key"));
    }

    private static long Resident()
    {
        GC.Collect();
        return Environment.WorkingSet;
    }

    private static void Print(long resident, long counted) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"state-bytes   {GroupRows.Keys,9} keys  resident {(double)resident / GroupRows.Keys:F1} bytes a key, as the operator counts it {(double)counted / GroupRows.Keys:F1}"));
}
