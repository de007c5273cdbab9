using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;

namespace Typed.Benchmarks.EndToEnd;

[StreamRecord]
public readonly partial record struct Hour(DateTimeOffset Start, string Origin, long Flights, double MeanDelay, int Worst);

[Pipeline(OutputMode.Append)]
public sealed partial class HourlyFlights
{
    public static Stream<Hour> Define(Stream<Flight> flights) => flights
        .WithWatermark(f => f.Scheduled, "2 hours")
        .GroupBy(f => f.Origin, Window.Tumbling("1 hour"))
        .Select(g => new Hour(g.Window.Start, g.Key, g.Count(), g.Average(f => f.Delay), g.Max(f => f.Delay)));
}

/// <summary>
/// The whole way, one query thread, with a checkpoint on disk: folders of JSON files into hourly windows; and what a batch costs that
/// has nothing to do but its entries in the logs.
/// </summary>
internal static class FlightsWindows
{
    private const int Copies = 10;
    private const int Rounds = 5;

    public static void Run()
    {
        string work = Directory.CreateTempSubdirectory("typed-flights-").FullName;
        try
        {
            long rows = Unpack(Path.Combine(work, "flights"));
            List<double> rates = [];
            List<double> bytes = [];
            for (int round = 0; round <= Rounds; round++)
            {
                long allocated = GC.GetTotalAllocatedBytes(precise: true);
                long start = Stopwatch.GetTimestamp();
                QueryTotals totals = RunAsync(Path.Combine(work, "flights"), Path.Combine(work, $"checkpoint-{round}")).GetAwaiter().GetResult();
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                if (totals.InputRows != rows)
                    throw new InvalidOperationException($"{totals.InputRows} of {rows} rows were read.");
                if (round == 0)
                    continue;
                rates.Add(rows / seconds / 1e6);
                bytes.Add((GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)rows);
            }

            Print("JSON files to hourly windows", rates, "M rows/s");
            Print("  allocated, start and stop of the query included", bytes, "bytes/row");
            Print("batch with one row, checkpoint on disk", SmallBatches(Path.Combine(work, "small")), "ms");
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static async Task<QueryTotals> RunAsync(string flights, string checkpoint)
    {
        await using StreamingQuery query = await HourlyFlights
            .From(JsonFiles.In<Flight>(flights))
            .To(ForeachBatch.Run<Hour>((_, _) => Task.CompletedTask))
            .StartAsync(new() { Checkpoint = checkpoint, Trigger = Trigger.AvailableNow });
        return await query.Completion;
    }

    private static List<double> SmallBatches(string checkpoint)
    {
        MemorySource<Flight> source = new();
        DateTimeOffset time = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return Measure().GetAwaiter().GetResult();

        async Task<List<double>> Measure()
        {
            List<double> millis = [];
            await using StreamingQuery query = await HourlyFlights.From(source).To(ForeachBatch.Run<Hour>((_, _) => Task.CompletedTask)).StartAsync(new() { Checkpoint = checkpoint, NoDataBatches = false });
            for (int i = 0; i < 300; i++)
            {
                source.Add(new Flight(time, 1, 1, "ORD", "LAX"));
                long start = Stopwatch.GetTimestamp();
                await query.ProcessAllAvailableAsync();
                if (i >= 100)
                    millis.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            return millis;
        }
    }

    /// <summary>The flights of the samples, unpacked, several times over: all of them are one batch, so none is late.</summary>
    private static long Unpack(string to)
    {
        Directory.CreateDirectory(to);
        long rows = 0;
        foreach (string path in Directory.GetFiles(FlightsJson.FindSamples(), "*.gz"))
        {
            using MemoryStream text = new();
            using (GZipStream packed = new(File.OpenRead(path), CompressionMode.Decompress))
                packed.CopyTo(text);
            rows += text.GetBuffer().AsSpan(0, (int)text.Length).Count((byte)'\n');
            for (int copy = 0; copy < Copies; copy++)
                File.WriteAllBytes(Path.Combine(to, $"{copy}-{Path.GetFileNameWithoutExtension(path)}"), text.ToArray());
        }

        return rows * Copies;
    }

    private static void Print(string what, List<double> figures, string unit)
    {
        figures.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"flights       {what,-52} median {figures[figures.Count / 2],8:F3} {unit}   best {(unit == "M rows/s" ? figures[^1] : figures[0]):F3}"));
    }
}
