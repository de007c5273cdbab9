using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Typed.State;

namespace Typed.Benchmarks.State;

/// <summary>
/// Versions of a table of long keys with a count and a sum: what a snapshot of changed keys costs the loop (capture) and the disk (until durable), how both
/// follow the changed keys and the keys there are, how long putting together and recovery take. The table is the one of the calibration kernel.
/// </summary>
internal static unsafe class SnapshotBenchmark
{
    private const int Most = 10_000_000;
    private const int Repeats = 5;

    public static void Run()
    {
        string folder = Directory.CreateTempSubdirectory("typed-snapshot-").FullName;
        try
        {
            List<(double Keys, double Millis)> byChange = [];
            List<(double Keys, double Millis)> byTotal = [];
            foreach (int keys in (int[])[1_000_000, 3_000_000, Most])
                byTotal.Add((keys, Snapshots(Path.Combine(folder, Text(keys)), keys, [100_000])[0]));
            int[] changes = [30_000, 100_000, 300_000, 1_000_000];
            double[] millis = Snapshots(Path.Combine(folder, "changes"), Most, changes);
            for (int i = 0; i < changes.Length; i++)
                byChange.Add((changes[i], millis[i]));
            Console.WriteLine(Line($"snapshot slope of the time until durable: {Slope(byChange):F2} in changed keys, {Slope(byTotal):F2} in keys there are"));
            Recover(Path.Combine(folder, "changes"));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    /// <returns>The median time until a version is durable, ms, for each number of changed keys.</returns>
    private static double[] Snapshots(string folder, int keys, int[] changes)
    {
        using StateLog log = new(folder);
        using Table table = new(keys);
        StateVersion version = new();
        version.Operators.Add(new OperatorChanges("table", "table", "long: long, long"));
        for (long key = 0; key < keys; key++)
            table.Add(key, 1, key);
        long start = Stopwatch.GetTimestamp();
        table.Capture(version.Operators[0].Changes, 0, keys);
        double captured = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        log.Save(version);
        Console.WriteLine(Line($"snapshot {keys,9} keys, all new:      captured in {captured,7:F1} ms, durable after {Stopwatch.GetElapsedTime(start).TotalMilliseconds,7:F1} ms, {Length(folder, 0) / (double)keys:F1} bytes a key"));
        Random random = new(5);
        double[] medians = new double[changes.Length];
        for (int i = 0; i < changes.Length; i++)
        {
            double[] captures = new double[Repeats];
            double[] durables = new double[Repeats];
            for (int run = 0; run < Repeats; run++)
            {
                version.Clear();
                (version.Parent, version.BatchId) = (version.BatchId, version.BatchId + 1);
                int first = random.Next(keys - changes[i] + 1);
                start = Stopwatch.GetTimestamp();
                table.Capture(version.Operators[0].Changes, first, changes[i]);
                captures[run] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                log.Save(version);
                durables[run] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }

            Array.Sort(captures);
            Array.Sort(durables);
            medians[i] = durables[Repeats / 2];
            Console.WriteLine(Line($"snapshot {keys,9} keys, {changes[i],7} changed: captured in {captures[Repeats / 2],7:F1} ms, durable after {medians[i],7:F1} ms (best {durables[0],7:F1}), {Length(folder, version.BatchId) / (double)changes[i]:F1} bytes a changed key"));
        }

        return medians;
    }

    private static void Recover(string folder)
    {
        for (int run = 0; run < 3; run++)
        {
            using StateLog log = new(folder);
            using Table table = new(Most);
            long start = Stopwatch.GetTimestamp();
            using StoredVersion version = log.Open(log.Versions[^1]);
            version.Verify();
            double verified = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            for (int shard = 0; shard < Shard.Count; shard++)
                version.Read(0, (byte)shard, table);
            double recovered = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (table.Count != Most)
                throw new InvalidOperationException($"{table.Count} keys came back instead of {Most}.");
            Console.WriteLine(Line($"recovery of {Most} keys from {((LogVersion)version).Files.Count,2} files: {recovered,7:F1} ms, of which {verified,6:F1} ms to look whether all is whole"));
            if (run != 1)
                continue;
            start = Stopwatch.GetTimestamp();
            log.Compact(default);
            Console.WriteLine(Line($"putting {((LogVersion)version).Files.Count,2} files of {Most} keys together: {Stopwatch.GetElapsedTime(start).TotalMilliseconds,7:F1} ms"));
        }
    }

    private static long Length(string folder, long batch) => new FileInfo(Path.Combine(folder, VersionHeader.NameOf(batch, isBase: false))).Length;

    private static double Slope(List<(double Keys, double Millis)> points)
    {
        double x = points.Average(point => Math.Log(point.Keys));
        double y = points.Average(point => Math.Log(point.Millis));
        return points.Sum(point => (Math.Log(point.Keys) - x) * (Math.Log(point.Millis) - y)) / points.Sum(point => (Math.Log(point.Keys) - x) * (Math.Log(point.Keys) - x));
    }

    private static string Text(int keys) => keys.ToString(CultureInfo.InvariantCulture);

    private static string Line(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Keys in the order in which they came, and where they are.</summary>
    private sealed class Table : IStateTarget, IDisposable
    {
        private readonly Row* _rows;
        private readonly int* _slots;
        private readonly int _shift;
        private readonly uint _mask;

        internal Table(int keys)
        {
            int slots = 1 << (32 - int.LeadingZeroCount((keys * 4 / 3) - 1));
            (_shift, _mask) = (64 - int.TrailingZeroCount(slots), (uint)slots - 1);
            _rows = (Row*)NativeMemory.Alloc((nuint)keys, (nuint)sizeof(Row));
            _slots = (int*)NativeMemory.AllocZeroed((nuint)slots, sizeof(int));
        }

        internal int Count { get; private set; }

        public void Take(in StateEntry entry) => Add(entry.Key.Read<long>(), entry.Value.Read<long>(), entry.Value.Read<long>());

        public void Dispose()
        {
            NativeMemory.Free(_rows);
            NativeMemory.Free(_slots);
        }

        internal void Add(long key, long count, long sum)
        {
            uint at = (uint)(Hash(key) >> _shift);
            for (; _slots[at] != 0; at = (at + 1) & _mask)
            {
                if (_rows[_slots[at] - 1].Key != key)
                    continue;
                _rows[_slots[at] - 1] = new Row(key, count, sum);
                return;
            }

            _rows[Count] = new Row(key, count, sum);
            _slots[at] = ++Count;
        }

        internal void Capture(StateChanges changes, int first, int count)
        {
            for (int i = first; i < first + count; i++)
            {
                Row* row = _rows + i;
                changes.BeginPut(0, StateEntry.NoTime, (uint)(Hash(row->Key) >> 8));
                changes.Writer.Write(row->Key);
                changes.BeginValue();
                changes.Writer.Write(row->Count);
                changes.Writer.Write(row->Sum);
                changes.End();
            }
        }

        private static ulong Hash(long key)
        {
            ulong hash = (ulong)key * 0x9E3779B97F4A7C15;
            return hash ^ (hash >> 29);
        }

        private readonly record struct Row(long Key, long Count, long Sum);
    }
}
