using System.Globalization;

namespace Typed.Execution;

/// <summary>What fixes a batch, so that it can be run again (semantics 12.2, 8.5).</summary>
/// <param name="BatchId">The number of the batch.</param>
/// <param name="WatermarkMillis">The watermark it starts with.</param>
/// <param name="TimestampMillis">Its clock.</param>
/// <param name="Policy">The watermark policy, pinned by the first entry (semantics 2.1.8).</param>
/// <param name="Ends">Where each source ends; null for one that had nothing so far.</param>
internal sealed record OffsetEntry(long BatchId, long WatermarkMillis, long TimestampMillis, WatermarkPolicy Policy, string?[] Ends)
{
    internal const string Kind = "offsets";

    internal byte[] Format(IReadOnlyList<string> sources)
    {
        List<(string, string)> lines =
        [
            ("batch", Invariant(BatchId)),
            ("watermark-ms", Invariant(WatermarkMillis)),
            ("timestamp-ms", Invariant(TimestampMillis)),
            ("policy", Policy == WatermarkPolicy.Min ? "min" : "max"),
        ];
        for (int i = 0; i < Ends.Length; i++)
            lines.Add(("source", Ends[i] is { } end ? $"{sources[i]} at {end}" : $"{sources[i]} -"));
        return LogText.Format(Kind, lines);
    }

    internal static OffsetEntry Read(string path, long batchId, IReadOnlyList<string> sources)
    {
        LogText text = LogText.Read(path, Kind);
        long id = text.Number("batch");
        if (id != batchId)
            throw text.Damaged($"it holds batch {id}, so it was renamed or copied");
        long watermark = text.Number("watermark-ms");
        long timestamp = text.Number("timestamp-ms");
        WatermarkPolicy policy = text.Text("policy") switch
        {
            "min" => WatermarkPolicy.Min,
            "max" => WatermarkPolicy.Max,
            string other => throw text.Damaged($"'policy {other}' is not known"),
        };
        string?[] ends = new string?[sources.Count];
        for (int i = 0; i < ends.Length; i++)
        {
            string value = text.Text("source");
            if (value == sources[i] + " -")
                continue;
            if (!value.StartsWith(sources[i] + " at ", StringComparison.Ordinal))
                throw text.Damaged($"source {i} should be '{sources[i]}', but the line is '{value}'");
            ends[i] = value[(sources[i].Length + 4)..];
        }

        text.End();
        return new OffsetEntry(id, watermark, timestamp, policy, ends);
    }

    internal static string Invariant(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Says that a batch is done.</summary>
/// <param name="BatchId">The number of the batch.</param>
/// <param name="NextWatermarkMillis">The watermark of the next batch (semantics 2.1.6).</param>
internal sealed record CommitEntry(long BatchId, long NextWatermarkMillis)
{
    internal const string Kind = "commit";

    /// <summary>How far the inputs that can be idle have come and how long they are silent, so that a restart lets nobody wait anew.</summary>
    internal IReadOnlyList<(string Input, string Clock)> Inputs { get; init; } = [];

    internal byte[] Format()
    {
        List<(string, string)> lines = [("batch", OffsetEntry.Invariant(BatchId)), ("next-watermark-ms", OffsetEntry.Invariant(NextWatermarkMillis))];
        foreach ((string input, string clock) in Inputs)
            lines.Add(("input", $"{input} at {clock}"));
        return LogText.Format(Kind, lines);
    }

    internal static CommitEntry Read(string path, long batchId) => Read(LogText.Read(path, Kind), batchId);

    /// <summary>Reads an entry that lies in a snapshot.</summary>
    internal static CommitEntry Read(byte[] bytes, string place, long batchId) => Read(LogText.Read(bytes, place, Kind), batchId);

    private static CommitEntry Read(LogText text, long batchId)
    {
        long id = text.Number("batch");
        if (id != batchId)
            throw text.Damaged($"it holds batch {id}, so it was renamed or copied");
        long watermark = text.Number("next-watermark-ms");
        List<(string, string)> inputs = [];
        while (text.NextIs("input"))
        {
            string value = text.Text("input");
            inputs.Add(value.Split(" at ") is [var input, var clock] ? (input, clock) : throw text.Damaged($"'input {value}' does not say where an input stands"));
        }

        text.End();
        return new CommitEntry(id, watermark) { Inputs = inputs };
    }
}
