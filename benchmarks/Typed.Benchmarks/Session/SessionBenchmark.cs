using System.Diagnostics;
using System.Globalization;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Benchmarks.Session;

/// <summary>
/// Sessions over columns that are there: count and sum by user with a gap of 10 seconds, as a pipeline that the generator compiled, with its
/// watermark and projection. One thread, micro-batches of 65,536 rows. A user is there for 20 of 40 seconds and then away, one after the other, so
/// that sessions end and begin all the time.
/// </summary>
internal static class SessionBenchmark
{
    private const int BatchRows = 1 << 16;
    private const int Batches = 512;
    private const int Warmup = 64;
    private const long Second = 1_000_000;
    private const long Origin = 1_700_000_000 * Second;
    private const long Turn = 40 * Second;

    public static void Run()
    {
        Measure("in order", new Visits(), 1_000);
        Measure("gap of each row", new VisitsByOwnGap(), 1_000);
        Measure("in order", new Visits(), 100_000);
        Measure("in order", new Visits(), 1_000_000);
        foreach (int users in (int[])[1_000, 1_000_000])
            DisorderCost.Print($"sessions {users} users", new Visits(), Generate(users, 0), Generate(users, 4 * Second), Warmup);
        Idle();
    }

    private static void Measure(string name, object pipeline, int users)
    {
        List<ColumnBatch> batches = Generate(users, late: 0);
        List<double> rates = [];
        double perRow = 0;
        long rows = 0;
        for (int run = 0; run < 5; run++)
        {
            (double rate, perRow, rows) = PipelineRate.Measure(pipeline, batches, Warmup);
            rates.Add(rate);
        }

        foreach (ColumnBatch batch in batches)
            batch.Release();
        rates.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"sessions {name,-20} {users,9} users  median {rates[2],6:F1}, best {rates[4],6:F1} M rows/s  {perRow:F4} B/row  {rows} sessions out"));
    }

    private static List<ColumnBatch> Generate(int users, long late)
    {
        // So many rows a second that a user who is there has a click every half a second, but no more than a million.
        double rowsPerSecond = Math.Min(1_000_000, users);
        Random random = new(11);
        List<ColumnBatch> batches = [];
        double time = Origin;
        for (int b = 0; b < Batches; b++)
        {
            ColumnBatch batch = new(RowSchema.Of<Click>());
            for (int i = 0; i < BatchRows; i++)
            {
                time += Second / rowsPerSecond;

                // Half of the users are there: those whose turn began less than half a turn ago.
                long turn = (long)time % Turn * users / Turn;
                long user = (turn - random.NextInt64(users / 2) + users) % users;
                long behind = late > 0 && random.Next(10) < 3 ? random.NextInt64(late) : 0;
                Append(batch, (long)time - behind, user, random.Next(1000), 10 * Second);
            }

            batch.Length = BatchRows;
            batches.Add(batch);
        }

        return batches;
    }

    private static void Append(ColumnBatch batch, long time, long user, long value, long gap)
    {
        ((FixedColumn<long>)batch[0]).Append(time);
        ((FixedColumn<long>)batch[1]).Append(user);
        ((FixedColumn<long>)batch[2]).Append(value);
        ((FixedColumn<long>)batch[3]).Append(gap);
    }

    /// <summary>A batch of 1,000 rows of 1,000 users beside sessions that stay open: ten thousand of them, and ten million.</summary>
    private static void Idle()
    {
        double few = SmallBatch(10_000);
        double many = SmallBatch(10_000_000);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"sessions small batch of 1,000 rows: {few:F1} µs with 10^4 idle sessions, {many:F1} µs with 10^7, × {many / few:F2}"));
    }

    private static double SmallBatch(int idle)
    {
        using PipelineRate run = new(new VisitsByOwnGap());
        const int Users = 1_000;
        for (int user = 0; user < idle;)
        {
            ColumnBatch batch = new(RowSchema.Of<Click>());
            int end = Math.Min(idle, user + BatchRows);
            for (; user < end; user++)
                Append(batch, Origin + user % 1_000_000, Users + user, 1, 86_400 * Second);
            batch.Length = ((FixedColumn<long>)batch[0]).Length;
            run.Batch(batch);
            batch.Release();
        }

        Random random = new(5);
        List<double> micros = [];
        for (int b = 0; b < 6_000; b++)
        {
            ColumnBatch batch = new(RowSchema.Of<Click>());
            for (int i = 0; i < 1_000; i++)
                Append(batch, Origin + (5 * Second) + (((b * 1_000L) + i) * 100), random.Next(Users), 1, Second / 5);
            batch.Length = 1_000;
            long start = Stopwatch.GetTimestamp();
            run.Batch(batch);
            if (b >= 1_000)
                micros.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            batch.Release();
        }

        micros.Sort();
        return micros[micros.Count / 2];
    }
}
