using Typed.Columns;
using Typed.Schema;

namespace Typed.Tests.Execution;

/// <summary>A row of the hand-built pipelines: a number and an event time.</summary>
internal readonly record struct Reading(long Value, DateTimeOffset? Time) : IStreamRecord<Reading>
{
    public static RowSchema Schema { get; } = new(
        "Reading",
        [new Field("Value", FieldType.Of(FieldKind.Int64)), new Field("Time", FieldType.Of(FieldKind.Timestamp, nullable: true))]);

    /// <summary>A reading at so many seconds since 1970.</summary>
    internal static Reading At(long seconds) => new(seconds, DateTimeOffset.UnixEpoch.AddSeconds(seconds));

    public static Reading Read(ColumnBatch batch, int row) => new(
        ((FixedColumn<long>)batch[0])[row],
        batch[1].IsNull(row) ? null : Instant.FromMicros(((FixedColumn<long>)batch[1])[row]));

    public static void Append(in Reading value, ColumnBatch batch)
    {
        ((FixedColumn<long>)batch[0]).Append(value.Value);
        if (value.Time is DateTimeOffset time)
            ((FixedColumn<long>)batch[1]).Append(Instant.ToMicros(time));
        else
            batch[1].AppendNull();
    }

    public static JsonRecordParser CreateJsonParser() => throw new NotSupportedException("Readings are made by tests.");
}

/// <summary>A window and how many readings it had.</summary>
internal readonly record struct WindowCount(long EndSeconds, long Count) : IStreamRecord<WindowCount>
{
    public static RowSchema Schema { get; } = new(
        "WindowCount",
        [new Field("End", FieldType.Of(FieldKind.Timestamp)), new Field("Count", FieldType.Of(FieldKind.Int64))]);

    public static WindowCount Read(ColumnBatch batch, int row) =>
        new(((FixedColumn<long>)batch[0])[row] / 1_000_000, ((FixedColumn<long>)batch[1])[row]);

    public static void Append(in WindowCount value, ColumnBatch batch)
    {
        ((FixedColumn<long>)batch[0]).Append(value.EndSeconds * 1_000_000);
        ((FixedColumn<long>)batch[1]).Append(value.Count);
    }

    public static JsonRecordParser CreateJsonParser() => throw new NotSupportedException("Window counts are made by tests.");
}
