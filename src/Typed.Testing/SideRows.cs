using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed.Testing;

/// <summary>A row that came behind the watermark.</summary>
/// <param name="Operator">The operator that dropped it.</param>
/// <param name="Time">What was compared: the time of the row or the end of its window.</param>
/// <param name="Watermark">The watermark it was behind.</param>
/// <param name="Values">The columns of the row as it came in, by name, as text; null for none.</param>
public sealed record LateTestRow(string Operator, DateTimeOffset Time, DateTimeOffset Watermark, IReadOnlyDictionary<string, string?> Values);

/// <summary>A row that violated an expectation and was set aside.</summary>
/// <param name="Rule">The names of the expectations it violates, with commas between them.</param>
/// <param name="Reason">What they say.</param>
/// <param name="Values">The columns of the row as the expectation saw it, by name, as text; null for none.</param>
public sealed record QuarantinedTestRow(string Rule, string Reason, IReadOnlyDictionary<string, string?> Values);

/// <summary>Reads rows that left the query on a way of their own. What is said of them stands in columns behind their own.</summary>
internal static class SideRows
{
    public static LateTestRow Late(ColumnBatch batch, RowSchema schema, int row)
    {
        int note = schema.IndexOf("LateOperator");
        return new LateTestRow(
            ColumnText.ToManaged(batch[note], row)!,
            Instant.FromMicros(((FixedColumn<long>)batch[note + 1])[row]),
            Instant.FromMicros(((FixedColumn<long>)batch[note + 2])[row]),
            Values(batch, schema, row, note));
    }

    public static QuarantinedTestRow Quarantined(ColumnBatch batch, RowSchema schema, int row)
    {
        int note = schema.IndexOf("QuarantineRule");
        return new QuarantinedTestRow(ColumnText.ToManaged(batch[note], row)!, ColumnText.ToManaged(batch[note + 1], row)!, Values(batch, schema, row, note));
    }

    private static Dictionary<string, string?> Values(ColumnBatch batch, RowSchema schema, int row, int count)
    {
        Dictionary<string, string?> values = [];
        for (int i = 0; i < count; i++)
            values[schema.Fields[i].Name] = RowText.Value(batch[i], row);
        return values;
    }
}

/// <summary>Keeps rows of any schema. It lives longer than a run of the query, so it knows which batch it has.</summary>
/// <param name="description">What the rows are.</param>
/// <param name="read">Reads a row.</param>
internal sealed class SideRowSink<TRow>(string description, Func<ColumnBatch, RowSchema, int, TRow> read) : ISink
{
    private readonly List<TRow> _rows = [];
    private long _lastBatch = -1;

    public IReadOnlyList<TRow> Rows => [.. _rows];

    public ISinkWriter Open(SinkContext context) => new Writer(this, description, context.Schema, read);

    private sealed class Writer(SideRowSink<TRow> sink, string description, RowSchema schema, Func<ColumnBatch, RowSchema, int, TRow> read) : ISinkWriter
    {
        private readonly List<TRow> _pending = [];
        private long _batchId;

        public string Description => $"{description} of a test";

        public void Begin(long batchId, long? watermark)
        {
            _batchId = batchId;
            _pending.Clear();
        }

        public void Write(ColumnBatch batch)
        {
            for (int row = 0; row < batch.Length; row++)
                _pending.Add(read(batch, schema, row));
        }

        public ValueTask CommitAsync(CancellationToken cancellation)
        {
            if (_batchId > sink._lastBatch)
            {
                sink._rows.AddRange(_pending);
                sink._lastBatch = _batchId;
            }

            return default;
        }

        public void Abort() => _pending.Clear();

        public ValueTask DisposeAsync() => default;
    }
}
