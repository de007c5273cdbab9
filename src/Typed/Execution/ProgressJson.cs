using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Typed.Execution;

/// <summary>Writes a progress record with Spark's names (semantics 13); what Spark does not have comes last.</summary>
internal static class ProgressJson
{
    internal static string Write(StreamingQueryProgress progress, bool indented)
    {
        ArrayBufferWriter<byte> buffer = new(2048);
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = indented }))
            Write(json, progress);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, StreamingQueryProgress progress)
    {
        json.WriteStartObject();
        json.WriteString("id", progress.Id);
        json.WriteString("runId", progress.RunId);
        json.WriteString("name", progress.Name);
        json.WriteString("timestamp", Iso(progress.Timestamp));
        json.WriteNumber("batchId", progress.BatchId);
        json.WriteNumber("batchDuration", progress.BatchDuration);
        json.WriteNumber("numInputRows", progress.InputRows);
        Rates(json, progress.InputRowsPerSecond, progress.ProcessedRowsPerSecond);
        json.WriteStartObject("durationMs");
        foreach ((string phase, long millis) in progress.DurationMs)
            json.WriteNumber(phase, millis);
        json.WriteEndObject();
        json.WriteStartObject("eventTime");
        if (progress.EventTime is { } time)
        {
            Instant(json, "avg", time.Average);
            Instant(json, "max", time.Max);
            Instant(json, "min", time.Min);
            Instant(json, "watermark", time.Watermark);
        }

        json.WriteEndObject();
        json.WriteStartArray("stateOperators");
        foreach (StateOperatorProgress state in progress.StateOperators)
            Write(json, state);
        json.WriteEndArray();
        json.WriteStartArray("sources");
        foreach (SourceProgress source in progress.Sources)
            Write(json, source);
        json.WriteEndArray();
        json.WriteStartObject("sink");
        json.WriteString("description", progress.Sink.Description);
        json.WriteNumber("numOutputRows", progress.Sink.OutputRows);
        if (progress.SinkRetries > 0)
            json.WriteNumber("numRetries", progress.SinkRetries);
        json.WriteEndObject();
        if (progress.Sinks.Count > 1)
            Sinks(json, progress.Sinks);
        json.WriteStartObject("observedMetrics");
        foreach (ObservedMetrics observed in progress.Observed)
        {
            json.WriteStartObject(observed.Name);
            foreach ((string name, object? value) in observed.Values)
                Value(json, name, value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        Expectations(json, progress.Expectations);
        Account(json, progress);
        json.WriteEndObject();
    }

    private static void Expectations(Utf8JsonWriter json, IReadOnlyList<ExpectationProgress> expectations)
    {
        if (expectations.Count == 0)
            return;
        json.WriteStartArray("expectations");
        foreach (ExpectationProgress one in expectations)
        {
            json.WriteStartObject();
            json.WriteString("name", one.Name);
            json.WriteString("onViolation", one.OnViolation.ToString());
            json.WriteNumber("passed", one.Passed);
            json.WriteNumber("violated", one.Violated);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, StateOperatorProgress state)
    {
        json.WriteStartObject();
        json.WriteString("operatorName", state.OperatorName);
        json.WriteNumber("numRowsTotal", state.RowsTotal);
        json.WriteNumber("numRowsUpdated", state.RowsUpdated);
        json.WriteNumber("numRowsRemoved", state.RowsRemoved);
        json.WriteNumber("memoryUsedBytes", state.MemoryUsedBytes);
        json.WriteNumber("numRowsDroppedByWatermark", state.RowsDroppedByWatermark);
        if (state.SpillWrittenBytes > 0 || state.ShardRows.Count > 0)
            CustomMetrics(json, state);
        json.WriteString("name", state.Name);
        Instant(json, "lateWatermark", state.LateWatermark);
        Instant(json, "evictionWatermark", state.EvictionWatermark);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SourceProgress source)
    {
        json.WriteStartObject();
        json.WriteString("description", source.Description);
        json.WriteString("startOffset", source.StartOffset);
        json.WriteString("endOffset", source.EndOffset);
        json.WriteString("latestOffset", source.EndOffset);
        json.WriteNumber("numInputRows", source.InputRows);
        Rates(json, source.InputRowsPerSecond, source.ProcessedRowsPerSecond);
        json.WriteString("name", source.Name);
        json.WriteEndObject();
    }

    private static void Sinks(Utf8JsonWriter json, IReadOnlyList<SinkProgress> sinks)
    {
        json.WriteStartArray("sinks");
        foreach (SinkProgress sink in sinks)
        {
            json.WriteStartObject();
            json.WriteString("output", sink.Output);
            json.WriteString("description", sink.Description);
            json.WriteNumber("numOutputRows", sink.OutputRows);
            if (sink.Retries > 0)
                json.WriteNumber("numRetries", sink.Retries);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Account(Utf8JsonWriter json, StreamingQueryProgress progress)
    {
        json.WriteStartArray("operators");
        foreach (OperatorRows rows in progress.Operators)
        {
            json.WriteStartObject();
            json.WriteString("name", rows.Name);
            json.WriteNumber("in", rows.In);
            json.WriteNumber("out", rows.Out);
            json.WriteNumber("filtered", rows.Filtered);
            json.WriteNumber("late", rows.Late);
            json.WriteNumber("nullTime", rows.NullTime);
            json.WriteNumber("duplicates", rows.Duplicates);
            json.WriteNumber("dropped", rows.Dropped);
            json.WriteNumber("quarantined", rows.Quarantined);
            json.WriteNumber("fannedOut", rows.FannedOut);
            json.WriteNumber("grouped", rows.Grouped);
            json.WriteNumber("closed", rows.Closed);
            json.WriteNumber("expired", rows.Expired);
            json.WriteNumber("held", rows.Held);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("numLateRows", progress.LateRows);
        json.WriteNumber("numRowsAhead", progress.AheadRows);
        json.WriteStartArray("watermarks");
        foreach (InputWatermark input in progress.Watermarks)
        {
            json.WriteStartObject();
            json.WriteString("operator", input.Operator);
            json.WriteString("name", input.Name);
            Instant(json, "watermark", input.Watermark);
            Instant(json, "lastSeen", input.LastSeen);
            json.WriteBoolean("idle", input.IsIdle);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("numMalformedRecords", progress.MalformedRecords);
        if (progress.Failed)
            json.WriteBoolean("failed", true);
    }

    private static void Rates(Utf8JsonWriter json, double? input, double? processed)
    {
        if (input is double inputRate)
            json.WriteNumber("inputRowsPerSecond", inputRate);
        if (processed is double processedRate)
            json.WriteNumber("processedRowsPerSecond", processedRate);
    }

    private static void Instant(Utf8JsonWriter json, string name, DateTimeOffset? value)
    {
        if (value is DateTimeOffset instant)
            json.WriteString(name, Iso(instant));
    }

    private static string Iso(DateTimeOffset value) => value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static void Value(Utf8JsonWriter json, string name, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNull(name);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            case double number when !double.IsFinite(number):
                json.WriteString(name, number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                json.WriteNumber(name, number);
                break;
            case float number when !float.IsFinite(number):
                json.WriteString(name, number.ToString(CultureInfo.InvariantCulture));
                break;
            case float number:
                json.WriteNumber(name, number);
                break;
            case decimal number:
                json.WriteNumber(name, number);
                break;
            case ulong number:
                json.WriteNumber(name, number);
                break;
            case sbyte or byte or short or ushort or int or uint or long:
                json.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset instant:
                json.WriteString(name, instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture));
                break;
            case byte[] bytes:
                json.WriteBase64String(name, bytes);
                break;
            case IFormattable text:
                json.WriteString(name, text.ToString(null, CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteString(name, value.ToString());
                break;
        }
    }

    private static void CustomMetrics(Utf8JsonWriter json, StateOperatorProgress state)
    {
        json.WriteStartObject("customMetrics");
        if (state.SpillWrittenBytes > 0)
        {
            json.WriteNumber("spilledRows", state.SpilledRows);
            json.WriteNumber("spilledBytes", state.SpilledBytes);
            json.WriteNumber("spillWrittenBytes", state.SpillWrittenBytes);
            json.WriteNumber("spillPagesRead", state.SpillPagesRead);
        }

        if (state.ShardRows.Count > 0)
        {
            long most = state.ShardRows.Max();
            json.WriteNumber("hottestShard", state.ShardRows.ToList().IndexOf(most));
            json.WriteNumber("hottestShardRows", most);
        }

        json.WriteEndObject();
    }
}
