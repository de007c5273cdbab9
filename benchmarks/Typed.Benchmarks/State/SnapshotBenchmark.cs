using System.Diagnostics;
using Typed.Benchmarks.Aggregate;
using Typed.Execution;
using Typed.State;

namespace Typed.Benchmarks.State;

/// <summary>
/// What a snapshot of a group-by costs (a long, a count, a sum): how its bytes and the time until it is durable follow the keys that have changed and the keys that there
/// are. The sizes take turns, so that what else the machine does meets all of them. Beside the time that passes stands that of the processor. The caches are emptied before
/// each snapshot, as a query does that works for seconds between two of them: else one percent of the keys, just changed, would still be in the cache and three times as many not.
/// </summary>
internal static class SnapshotBenchmark
{
    private const int Rounds = 15;
    private const int OnePercent = 100_000;
    private static readonly long[] s_others = new long[16 << 20];

    public static void Run()
    {
        string folder = Directory.CreateTempSubdirectory("typed-snapshot-").FullName;
        try
        {
            int[] changes = [OnePercent, 300_000, 1_000_000, 3_000_000];
            using Stored all = new(Path.Combine(folder, "all"), GroupRows.Keys);
            Print("changed keys", 0.9, 1.1, [.. changes.Select(change => (double)change)], [.. changes.Select(change => (Func<Cost>)(() => all.Change(change)))]);
            using Stored tenth = new(Path.Combine(folder, "tenth"), GroupRows.Keys / 10);
            using Stored third = new(Path.Combine(folder, "third"), GroupRows.Keys / 3);
            Stored[] sizes = [tenth, third, all];
            Print("keys there are", -0.05, 0.05, [.. sizes.Select(one => (double)one.Keys)], [.. sizes.Select(one => (Func<Cost>)(() => one.Change(OnePercent)))]);
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static void Print(string by, double least, double most, double[] sizes, Func<Cost>[] measures)
    {
        Cost[][] costs = [.. measures.Select(_ => new Cost[Rounds])];
        for (int round = -1; round < Rounds; round++)
        {
            for (int i = 0; i < measures.Length; i++)
                costs[i][Math.Max(round, 0)] = measures[i]();
        }

        for (int i = 0; i < measures.Length; i++)
        {
            Console.WriteLine(Line(
                $"snapshot      {sizes[i],9} {by}: copied in {Median(costs[i], cost => cost.Capture),6:F1} ms, durable after {Median(costs[i], cost => cost.Durable),7:F1} ms (best {costs[i].Min(cost => cost.Durable),7:F1}), processor {Median(costs[i], cost => cost.Processor),7:F1} ms, {Median(costs[i], cost => cost.Bytes) / 1e6:F2} MB"));
        }

        if (sizes[0] == OnePercent)
            Verdict("one percent of ten million keys durable, ms", Median(costs[0], cost => cost.Durable), 0, 150);
        Verdict($"slope of the bytes in {by}", Slope(cost => cost.Bytes), least, most);
        Verdict($"slope of the time until durable in {by}, medians", Slope(cost => cost.Durable), least, most);
        Verdict($"slope of the time until durable in {by}, best times", Slope(cost => cost.Durable, best: true), least, most);
        Verdict($"slope of the processor time in {by}", Slope(cost => cost.Processor), least, most);

        double Slope(Func<Cost, double> of, bool best = false)
        {
            double[] logs = [.. costs.Select(cost => Math.Log(best ? cost.Min(of) : Median(cost, of)))];
            double x = sizes.Average(Math.Log);
            double y = logs.Average();
            return sizes.Zip(logs, (size, log) => (Math.Log(size) - x) * (log - y)).Sum() / sizes.Sum(size => (Math.Log(size) - x) * (Math.Log(size) - x));
        }
    }

    private static void Verdict(string what, double value, double least, double most) =>
        Console.WriteLine(Line($"snapshot      {what}: {value:F2}; {least} to {most}: {(value >= least && value <= most ? "holds" : "MISSED")}"));

    private static double Median(Cost[] costs, Func<Cost, double> of) => costs.Select(of).Order().ElementAt(costs.Length / 2);

    private static string Line(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Times in ms.</summary>
    private readonly record struct Cost(double Capture, double Durable, double Processor, double Bytes);

    /// <summary>A group-by whose state is stored as a query does it: parts of eight megabytes go to the disk while the next ones are copied.</summary>
    private sealed class Stored : IDisposable
    {
        private readonly PipelineRate _run = new(new KeyTotals());
        private readonly StateLog _log;
        private readonly SnapshotWriter _writer;
        private readonly SnapshotCapture _capture;
        private readonly string _folder;
        private readonly Random _random = new(5);
        private long _version;

        internal Stored(string folder, int keys)
        {
            (_folder, Keys, _log) = (folder, keys, new StateLog(folder) { CompactionFiles = int.MaxValue, CompactionBytes = long.MaxValue });
            _writer = new SnapshotWriter(_log);
            _capture = new SnapshotCapture(_run, _writer);
            GroupRows.Push(_run, 0, keys);
            _capture.Complete(_version, default, []);
            _writer.Wait();
        }

        internal int Keys { get; }

        public void Dispose()
        {
            _writer.Dispose();
            _log.Dispose();
            _run.Dispose();
        }

        internal Cost Change(int keys)
        {
            GroupRows.Push(_run, _random.Next(Keys - keys + 1), keys);
            for (int i = 0; i < s_others.Length; i += 8)
                s_others[i]++;
            TimeSpan processor = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            _capture.Complete(++_version, default, []);
            double capture = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            _writer.Wait();
            double durable = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            double used = (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds;
            return new Cost(capture, durable, used, new FileInfo(Path.Combine(_folder, VersionHeader.NameOf(_version, isBase: false))).Length);
        }
    }
}
