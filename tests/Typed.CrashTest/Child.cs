using System.Diagnostics;
using System.Globalization;
using System.Text;
using Typed.Execution;

namespace Typed.CrashTest;

/// <summary>The process that runs the pipeline and dies.</summary>
internal static class Child
{
    /// <summary>Runs until all files are read.</summary>
    /// <param name="folders">Where.</param>
    /// <param name="shape">How.</param>
    /// <param name="dieAt">Where it is to kill itself; null for nowhere.</param>
    /// <param name="after">How often it passes there before.</param>
    /// <returns>The exit code: 0 if all was read, 3 if the start or the run was refused.</returns>
    public static async Task<int> RunAsync(Folders folders, Shape shape, FaultPoint? dieAt, int after)
    {
        try
        {
            QueryTotals totals = await RunAsync(folders, shape, dieAt is { } point ? new Killer(point, after) : null);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{totals.Batches} batches, {totals.LateRows} late"));
            return totals.LateRows == 0 ? 0 : 4;
        }
        catch (Exception e) when (e is QueryStartException or StreamingQueryException)
        {
            Console.Error.WriteLine(e);
            return 3;
        }
    }

    /// <summary>Runs until all files are read.</summary>
    public static async Task<QueryTotals> RunAsync(Folders folders, Shape shape, IFaultPoints? faults, TimeProvider? time = null)
    {
        await using StreamingQuery query = await Placements
            .From(
                showings: JsonFiles.In<Showing>(folders.Showings, Files(folders)),
                clicks: JsonFiles.In<Click>(folders.Clicks, Files(folders)))
            .To(windows: JsonFiles.Out(folders.Windows), pairs: ForeachBatch.Run<Clicked>((batch, context) => KeepAsync(folders.Pairs, batch, context)))
            .StartAsync(new()
            {
                Checkpoint = folders.Checkpoint,
                Trigger = Trigger.AvailableNow,
                SnapshotEvery = "50 milliseconds",
                Retain = 10,
                Workers = shape.Workers,
                UncappedWorkers = true,
                State = shape.IsTight ? StateStore.Faster(memory: "32 KB") : null,
                CompactionFiles = 2,
                Faults = faults,
                TimeProvider = time ?? TimeProvider.System,
            });
        return await query.Completion;
    }

    private static JsonReadOptions Files(Folders folders) => new()
    {
        Glob = folders.ToTheEnd ? "*.json" : "0*.json",
        MaxFilesPerTrigger = 6,
        Order = FileOrder.Path,
    };

    /// <summary>Keeps a batch under its number, all of it or nothing: one that is there already came before, and must have been the same.</summary>
    private static async Task KeepAsync(string folder, BatchRows<Clicked> batch, ForeachBatchContext context)
    {
        string text = string.Join('\n', batch.Rows.Select(row => row.ToString()).Order(StringComparer.Ordinal));
        string path = Path.Combine(folder, context.BatchId.ToString("D6", CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        if (File.Exists(path))
        {
            string before = await File.ReadAllTextAsync(path, context.Token);
            if (before != text)
                throw new InvalidOperationException($"Batch {context.BatchId} came again with other rows.");
            return;
        }

        string temporary = path + ".tmp";
        await File.WriteAllTextAsync(temporary, text, new UTF8Encoding(false), context.Token);
        File.Move(temporary, path);
    }

    /// <summary>Ends the process at a point, as by <c>kill -9</c>: nothing is flushed, nothing is told.</summary>
    private sealed class Killer(FaultPoint point, int after) : IFaultPoints
    {
        private int _left = after;

        public void Reach(FaultPoint reached, long batchId)
        {
            if (reached != point || Interlocked.Decrement(ref _left) >= 0)
                return;
            Process.GetCurrentProcess().Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
