using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed.Benchmarks;

[StreamRecord]
public readonly partial record struct Flight([EventTime] DateTimeOffset Scheduled, int Delay, int Distance, string Origin, string Destination);

/// <summary>JSON lines of flights into columns, one thread, beside System.Text.Json reading the same text into objects.</summary>
internal static class FlightsJson
{
    private const int BatchRows = 65_536;

    public static void Run()
    {
        byte[] text = ReadFlights();
        Letters letters = new();
        using JsonLinesDecoder decoder = new(RowParser<Flight>(), new MalformedPolicy(OnMalformed.DeadLetter, 1, letters));
        using BatchPool pool = new(RowSchema.Of<Flight>());
        long rows = 0;
        long checksum = 0;
        void Decode()
        {
            (rows, checksum) = (0, 0);
            decoder.Begin(new RecordOrigin("flights"));
            int start = 0;
            while (start < text.Length)
            {
                ColumnBatch batch = pool.Rent();
                start += decoder.Decode(text.AsSpan(start), isLast: true, batch, BatchRows);
                rows += batch.Length;
                foreach (int delay in ((FixedColumn<int>)batch[1]).Span)
                    checksum += delay;
                batch.Release();
            }
        }

        Best(20, Decode);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Decode();
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        double best = Best(30, Decode);
        Console.WriteLine($"columns: {rows / best / 1e6:F2} M rows/s, {best / rows * 1e9:F0} ns a row of {(double)text.Length / rows:F0} bytes, {allocated} bytes allocated for {rows} rows, {letters.Count} malformed, checksum {checksum}");

        double objects = Best(3, () => ReadObjects(text));
        Console.WriteLine($"System.Text.Json (source-generated, to objects): {rows / objects / 1e6:F2} M rows/s");
    }

    /// <summary>The flights of the samples, or those of the folder that the environment names.</summary>
    private static byte[] ReadFlights()
    {
        using MemoryStream text = new();
        string folder = Environment.GetEnvironmentVariable("TYPED_FLIGHTS") ?? FindSamples();
        foreach (string path in Directory.GetFiles(folder, "*.ndjson*").Order(StringComparer.Ordinal))
        {
            using FileStream file = File.OpenRead(path);
            using Stream plain = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
            plain.CopyTo(text);
        }

        return text.ToArray();
    }

    internal static string FindSamples()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "samples", "data", "flights");
            if (Directory.Exists(candidate))
                return candidate;
        }

        throw new DirectoryNotFoundException("No folder samples/data/flights stands above the benchmark. Name one in the environment variable TYPED_FLIGHTS.");
    }

    private static double Best(int runs, Action run)
    {
        double best = double.MaxValue;
        for (int i = 0; i < runs; i++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            run();
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }

        return best;
    }

    private static void ReadObjects(byte[] text)
    {
        int start = 0;
        while (start < text.Length)
        {
            int length = text.AsSpan(start).IndexOf((byte)'\n');
            if (length < 0)
                length = text.Length - start;
            JsonSerializer.Deserialize(text.AsSpan(start, length), FlightContext.Default.PlainFlight);
            start += length + 1;
        }
    }

    private static JsonRecordParser RowParser<T>()
        where T : IStreamRecord<T> => T.CreateJsonParser();

    private sealed class Letters : IMalformedRecords
    {
        public int Count { get; private set; }

        public void Take(string source, long position, string reason, ReadOnlySpan<byte> text) => Count++;

        public void Drop() => Count++;
    }
}

/// <summary>The same fields for System.Text.Json.</summary>
public sealed record PlainFlight(DateTimeOffset Scheduled, int Delay, int Distance, string Origin, string Destination);

[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.CamelCase)]
[System.Text.Json.Serialization.JsonSerializable(typeof(PlainFlight))]
internal sealed partial class FlightContext : System.Text.Json.Serialization.JsonSerializerContext;
