using System.Diagnostics;
using System.Globalization;
using Typed.Columns;
using Typed.Operators;
using Typed.Schema;
using Typed.State;

namespace Typed.Benchmarks.Join;

/// <summary>
/// Two streams of random keys, joined on the key and a distance of ten seconds: what the generator writes, from columns, the watermark a
/// second behind. Rows of both inputs are counted.
/// </summary>
internal static class StreamJoinBenchmark
{
    private const int BatchRows = 16_384;
    private const int Keys = 100_000;
    private const long Second = 1_000_000;

    private static readonly RowSchema Side = new("side",
    [
        new Field("Key", FieldType.Of(FieldKind.Int64)),
        new Field("Time", FieldType.Of(FieldKind.Timestamp)),
        new Field("Value", FieldType.Of(FieldKind.Int64)),
    ]);

    public static void Run()
    {
        Measure("inner, a match per row", StreamJoinKind.Inner, 10_000, 0);
        Measure("inner, a match per row, stored every 6.5 s", StreamJoinKind.Inner, 10_000, 0, stores: true);
        Measure("inner, ten matches per row", StreamJoinKind.Inner, 100_000, 0);
        Measure("inner, one match per ten rows", StreamJoinKind.Inner, 1_000, 0);
        Measure("inner, a match per row, 30 % disorder", StreamJoinKind.Inner, 10_000, 30);
        Measure("left outer, a match per row", StreamJoinKind.LeftOuter, 10_000, 0);
        Measure("full outer, one match per ten rows", StreamJoinKind.FullOuter, 1_000, 0);
        Measure("left semi, a match per row", StreamJoinKind.LeftSemi, 10_000, 0);
        Measure("left anti, a match per row", StreamJoinKind.LeftAnti, 10_000, 0);
        double few = MeasureIdle(10_000);
        double many = MeasureIdle(10_000_000);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"join of streams, idle state: 10⁷ keys held cost × {many / few:F2} of 10⁴"));
        few = MeasureTurnover(10_000);
        many = MeasureTurnover(10_000_000);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"join of streams, all keys in use: 10⁷ keys held cost × {many / few:F2} of 10⁴"));
    }

    private static void Measure(string name, StreamJoinKind kind, int rowsPerSecond, int disorder, bool stores = false)
    {
        const int BatchesStored = 4;
        StateChanges changes = new();
        long stored = 0;
        double storing = 0;
        using StreamJoinOperator<long, ByNumber> join = Operator(kind, 10 * Second);
        using CountingSink sink = new(join.Output);
        join.PushTo(sink);
        using Streams streams = new(join, rowsPerSecond, Keys, BatchRows, disorder);

        // Until rows begin to leave.
        while (join.State.Removed == 0)
            streams.Batch();
        double best = 0;
        long bytes = 0;
        long rows = 0;
        for (int run = 0; run < 6; run++)
        {
            const int Batches = 64;
            long before = sink.Rows;
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Batches; i++)
            {
                streams.Batch();
                if (!stores || i % BatchesStored != BatchesStored - 1)
                    continue;
                long begin = Stopwatch.GetTimestamp();
                join.SaveChanges(changes);
                storing += Stopwatch.GetElapsedTime(begin).TotalSeconds;
                stored += changes.Count;
                changes.Clear();
            }

            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            bytes = GC.GetAllocatedBytesForCurrentThread() - allocated;
            rows = sink.Rows - before;
            best = Math.Max(best, 2.0 * BatchRows * Batches / seconds / 1e6);
            if (run == 5)
            {
                double perRow = (double)bytes / (2.0 * BatchRows * Batches);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"join of streams, {name,-40} {best,6:F1} M rows/s  {perRow:F3} B/row  {(double)rows / (BatchRows * Batches):F2} rows out per right row, {join.State.Total} held, {join.State.MemoryBytes >> 20} MiB"));
                if (stores)
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"join of streams, {stored} entries written, {storing * 1e9 / stored:F0} ns each"));
            }
        }
    }

    // Batches of a thousand rows of a thousand keys, beside rows of so many other keys that wait for a match that does not come.
    private static double MeasureIdle(int idle)
    {
        using StreamJoinOperator<long, ByNumber> join = Operator(StreamJoinKind.LeftSemi, 3_600 * Second);
        using CountingSink sink = new(join.Output);
        join.PushTo(sink);
        using Streams streams = new(join, 100_000, 1_000, 500, 0) { Delay = Second / 100 };
        streams.FillLeft(idle, 1_000);
        return Median($"{idle} idle keys, batch of 1,000 rows", join, streams);
    }

    // Batches of a hundred rows, where a row of any key that is held may be next, and as many rows leave. The same rows a second; what is held
    // follows from how long.
    private static double MeasureTurnover(int held)
    {
        const int RowsPerSecond = 100_000;
        long band = (long)held * Second / RowsPerSecond;

        // So many keys that few rows find a match.
        using StreamJoinOperator<long, ByNumber> join = Operator(StreamJoinKind.Inner, band);
        using CountingSink sink = new(join.Output);
        join.PushTo(sink);
        using Streams streams = new(join, RowsPerSecond, 50_000_000, Math.Min(BatchRows, held / 8), 0) { Delay = Second / 100 };
        long end = streams.Now + band + (band / 2);
        while (streams.Now < end)
            streams.Batch();
        streams.Fill(50, 0);
        return Median($"{held} keys, batch of 100 rows", join, streams);
    }

    private static double Median(string name, StreamJoinOperator<long, ByNumber> join, Streams streams)
    {
        double best = double.MaxValue;
        double mean = 0;
        for (int run = 0; run < 5; run++)
        {
            List<double> times = [];
            for (int i = 0; i < 2000; i++)
            {
                long start = Stopwatch.GetTimestamp();
                streams.Batch();
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }

            times.Sort();
            if (times[times.Count / 2] < best)
                (best, mean) = (times[times.Count / 2], times.Average());
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"join of streams, {name}: median {best:F1} µs, mean {mean:F1} µs; {join.State.Total} rows, {join.State.MemoryBytes >> 20} MiB"));
        return best;
    }

    private static StreamJoinOperator<long, ByNumber> Operator(StreamJoinKind kind, long band)
    {
        bool givesLeftOnly = kind is StreamJoinKind.LeftSemi or StreamJoinKind.LeftAnti;
        Field[] right = givesLeftOnly ? [] : [.. Side.Fields.Skip(1).Select(field => new Field("Right" + field.Name, field.Type with { Nullable = true }))];
        JoinSide side = new(Side, [0, 1, 2], [0, 1, 2]) { TimeColumn = 1 };
        return new StreamJoinOperator<long, ByNumber>(
            "join",
            new RowSchema("pairs", [.. Side.Fields.Select(field => field with { Type = field.Type with { Nullable = true } }), .. right]),
            kind,
            new ByNumber(band),
            side with { StateDelayMillis = (band / 1000) + 1 },
            side with { StateDelayMillis = 1, Columns = givesLeftOnly ? [] : [1, 2] },
            "key and time",
            0,
            band);
    }

    /// <summary>Both inputs: batches that are used again, with later times.</summary>
    private sealed class Streams : IDisposable
    {
        private const int Copies = 8;
        private readonly StreamJoinOperator<long, ByNumber> _join;
        private readonly SourceOperator _left = new("left", Side);
        private readonly SourceOperator _right = new("right", Side);
        private readonly ColumnBatch[] _batches = new ColumnBatch[Copies * 2];
        private readonly BatchContext _context = new(0, 0, OutputMode.Append, false, new Arena());
        private readonly int _rowsPerSecond;
        private readonly int _keys;
        private long[] _offsets = [];
        private long _step;
        private int _next;

        public Streams(StreamJoinOperator<long, ByNumber> join, int rowsPerSecond, int keys, int batchRows, int disorder)
        {
            (_join, _rowsPerSecond, _keys) = (join, rowsPerSecond, keys);
            _left.PushTo(join);
            _right.PushTo(join);
            Delay = disorder > 0 ? 5 * Second : Second;
            Fill(batchRows, disorder);
        }

        /// <summary>How far the watermark is behind, µs.</summary>
        public long Delay { get; init; }

        public long Now { get; set; } = 1_000 * Second;

        /// <summary>Makes batches of so many rows, some of which come up to five seconds late.</summary>
        public void Fill(int batchRows, int disorder)
        {
            Random random = new(5);
            for (int i = 0; i < _batches.Length; i++)
            {
                _batches[i]?.Release();
                _batches[i] = new ColumnBatch(Side) { Length = batchRows };
                for (int row = 0; row < batchRows; row++)
                {
                    ((FixedColumn<long>)_batches[i][0]).Append(random.Next(_keys));
                    ((FixedColumn<long>)_batches[i][1]).Append(0);
                    ((FixedColumn<long>)_batches[i][2]).Append(row);
                }
            }

            _step = Second * batchRows / _rowsPerSecond;
            _offsets = [.. Enumerable.Range(0, batchRows).Select(row => (_step * row / batchRows) - (random.Next(100) < disorder ? random.NextInt64(5 * Second) : 0))];
        }

        /// <summary>Stores left rows with a key each, from <paramref name="firstKey"/> on.</summary>
        public void FillLeft(int rows, int firstKey)
        {
            for (int done = 0; done < rows;)
            {
                int count = Math.Min(BatchRows, rows - done);
                ColumnBatch batch = new(Side) { Length = count };
                for (int row = 0; row < count; row++)
                {
                    ((FixedColumn<long>)batch[0]).Append(firstKey + done + row);
                    ((FixedColumn<long>)batch[1]).Append(Now);
                    ((FixedColumn<long>)batch[2]).Append(row);
                }

                _left.Begin(_context);
                _right.Begin(_context);
                _join.Begin(_context);
                _left.Process(batch);
                _left.InputEnded();
                _right.InputEnded();
                batch.Release();
                done += count;
                Now += 10;
            }
        }

        public unsafe void Batch()
        {
            _join.LateWatermark = _join.EvictionWatermark;
            _join.EvictionWatermark = (Now - Delay) / 1000 * 1000;
            _left.Begin(_context);
            _right.Begin(_context);
            _join.Begin(_context);
            foreach (SourceOperator source in (ReadOnlySpan<SourceOperator>)[_left, _right])
            {
                ColumnBatch batch = _batches[_next++ % _batches.Length];
                long* times = ((FixedColumn<long>)batch[1]).Values;
                for (int row = 0; row < batch.Length; row++)
                    times[row] = Now + _offsets[row];
                source.Process(batch);
                source.InputEnded();
            }

            Now += _step;
        }

        public void Dispose()
        {
            foreach (ColumnBatch batch in _batches)
                batch.Release();
            _left.Dispose();
            _right.Dispose();
        }
    }

    private readonly struct ByNumber(long band) : IStreamJoin<long>
    {
        public static bool HasResidual => true;

        public static bool KeyHasText => false;

        public static uint Hash(in long key) => GroupHash.Of(key);

        public static bool Same(in long left, in long right) => left == right;

        public static void OwnKey(ref long key, Arena arena)
        {
        }

        public static string KeyLayout => "Key int64";

        public static void SaveKey(in long key, StateWriter writer) => writer.Write(key);

        public static void LoadKey(StateReader reader, Arena arena, out long key) => key = reader.Read<long>();

        public void ReadLeftKeys(ColumnBatch left, int start, Span<long> keys, Span<int> found)
        {
            FixedColumn<long> column0 = (FixedColumn<long>)left[0];
            for (int i = 0; i < found.Length; i++)
            {
                int row = start + i;
                found[i] = 0;
                ref long key = ref keys[i];
                key = column0[row];
            }
        }

        public void ReadRightKeys(ColumnBatch right, int start, Span<long> keys, Span<int> found) => ReadLeftKeys(right, start, keys, found);

        public int Keep(ColumnBatch left, ColumnBatch right, BatchContext context, JoinPairs pairs)
        {
            FixedReader<long> leftTime = new(left[1]);
            FixedReader<long> rightTime = new(right[1]);
            TimeSpan most = TimeSpan.FromMicroseconds(band);
            int count = 0;
            for (int pair = 0; pair < pairs.Count; pair++)
            {
                int i = pairs.Left(pair);
                int j = pairs.Right(pair);
                pairs.Move(count, pair);
                count += Instant.FromMicros(rightTime[j]) >= Instant.FromMicros(leftTime[i]) && Instant.FromMicros(rightTime[j]) <= Instant.FromMicros(leftTime[i]) + most ? 1 : 0;
            }

            return count;
        }
    }
}
