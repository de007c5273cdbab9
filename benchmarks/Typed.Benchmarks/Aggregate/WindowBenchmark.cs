using System.Diagnostics;
using System.Globalization;
using Typed.Columns;
using Typed.Operators;

namespace Typed.Benchmarks.Aggregate;

/// <summary>Windows of event time over columns that are there: count, sum and mean of a long by a long key, append mode.</summary>
internal static class WindowBenchmark
{
    private const int BatchRows = 1 << 16;
    private const int Batches = 128;
    private const long Second = 1_000_000;

    public static void Run()
    {
        foreach (int keys in (int[])[1_000, 100_000, 1_000_000])
            Measure($"tumbling 10 s", keys, 10 * Second, 10 * Second, disorder: 0);
        Measure("sliding 60/10", 1_000, 60 * Second, 10 * Second, 0);
        Measure("sliding 60/1", 1_000, 60 * Second, Second, 0);
        Measure("tumbling 60/60", 1_000, 60 * Second, 60 * Second, 0);
        Measure("disorder 4 s", 1_000, 10 * Second, 10 * Second, 4 * Second);
        Measure("sliding 60/1, 4 s", 1_000, 60 * Second, Second, 4 * Second);
    }

    /// <summary>A million rows to a second of event time.</summary>
    private static List<ColumnBatch> Generate(int keys, long disorder)
    {
        Random random = new(11);
        List<ColumnBatch> batches = [];
        long time = 1_700_000_000 * Second;
        for (int b = 0; b < Batches; b++)
        {
            ColumnBatch batch = new(CountSumByLong.Input);
            for (int i = 0; i < BatchRows; i++)
            {
                time += 1;
                ((FixedColumn<long>)batch[0]).Append(disorder == 0 ? time : time - random.NextInt64(disorder));
                ((FixedColumn<long>)batch[1]).Append(random.Next(keys));
                ((FixedColumn<long>)batch[2]).Append(random.Next(1000));
            }

            batch.Length = BatchRows;
            batches.Add(batch);
        }

        return batches;
    }

    private static void Measure(string name, int keys, long size, long slide, long disorder)
    {
        List<ColumnBatch> batches = Generate(keys, disorder);
        double best = 0;
        double worst = double.MaxValue;
        long allocated = 0;
        long rows = 0;
        for (int run = 0; run < 5; run++)
        {
            WindowSettings window = new(0, size, slide, 0, true);
            using WindowAggregateOperator<CountSumByLong.Key, CountSumByLong.Acc, CountSumByLong> aggregate = size == slide
                ? new TumblingAggregateOperator<CountSumByLong.Key, CountSumByLong.Acc, CountSumByLong>("a", CountSumByLong.Output, OutputMode.Append, "", window, default)
                : new SlidingAppendOperator<CountSumByLong.Key, CountSumByLong.Acc, CountSumByLong>("a", CountSumByLong.Output, "", window, default);
            CountingSink sink = new(CountSumByLong.Output);
            aggregate.PushTo(sink);
            BatchContext context = new(0, 0, OutputMode.Append, false, new Arena());
            long before = 0;
            long start = 0;
            for (int b = 0; b < batches.Count; b++)
            {
                if (b == 4)
                {
                    before = GC.GetAllocatedBytesForCurrentThread();
                    start = Stopwatch.GetTimestamp();
                }

                ColumnBatch batch = batches[b];
                long newest = ((FixedColumn<long>)batch[0])[0];
                aggregate.LateWatermark = aggregate.EvictionWatermark;
                aggregate.EvictionWatermark = newest - (5 * Second);
                aggregate.Begin(context);
                aggregate.Process(batch);
                aggregate.InputEnded();
            }

            double rate = (batches.Count - 4) * (double)BatchRows / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6;
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            best = Math.Max(best, rate);
            worst = Math.Min(worst, rate);
            rows = sink.Rows;
        }

        foreach (ColumnBatch batch in batches)
            batch.Release();
        double perRow = allocated / ((Batches - 4) * (double)BatchRows);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-18} {keys,9} keys  {best,7:F1} M rows/s (worst {worst:F1})  {perRow:F4} B/row  {rows} rows out"));
    }
}
