using System.Text;
using Typed.Columns;
using Typed.Connect;
using Typed.Operators;
using Typed.Schema;

namespace Typed.Execution;

/// <summary>Writes rows that violate expectations, with the names of these, what they say, the batch and its clock.</summary>
internal sealed class QuarantineWriter : IQuarantinedRows, IDisposable
{
    private readonly AnnotatedRows _rows;
    private readonly Dictionary<(IReadOnlyList<Expectation>, ulong), (byte[] Names, byte[] Texts)> _words = [];
    private readonly QuarantineWriter? _writing;
    private readonly OutputQueue? _queue;
    private long _batchId;
    private long _timestampMicros;

    internal QuarantineWriter(string pipeline, OperatorGraph graph)
    {
        List<RowSchema> candidates = [];
        foreach (ExpectOperator one in graph.Operators.OfType<ExpectOperator>().Where(one => one.Quarantines))
            AnnotatedRows.AddOnce(candidates, one.Row);
        FieldType text = FieldType.Of(FieldKind.String);
        _rows = new AnnotatedRows(
            "quarantined rows",
            "Quarantined" + (candidates.Count == 1 ? candidates[0].Name : pipeline),
            candidates,
            [
                new Field("QuarantineRule", text),
                new Field("QuarantineReason", text),
                new Field("QuarantineBatch", FieldType.Of(FieldKind.Int64)),
                new Field("QuarantineTime", FieldType.Of(FieldKind.Timestamp)),
            ],
            "quarantine-ambiguous");
    }

    private QuarantineWriter(QuarantineWriter writing, OutputQueue queue) => (_rows, _writing, _queue) = (writing._rows.Again(), writing, queue);

    /// <summary>The rows that are written.</summary>
    internal RowSchema Schema => _rows.Schema;

    /// <summary>Where the rows go; null to drop them while a committed batch is replayed.</summary>
    internal ISinkWriter? Writer { get; set; }

    /// <summary>One for a worker, which leaves it to this one to write.</summary>
    internal QuarantineWriter ForWorker(OutputQueue queue) => new(this, queue);

    internal void Begin(OffsetEntry batch) => (_batchId, _timestampMicros) = (batch.BatchId, batch.TimestampMillis * 1000);

    public void Take(ColumnBatch batch, ReadOnlySpan<int> columns, RowSchema schema, ReadOnlySpan<int> rows, ReadOnlySpan<ulong> violated, IReadOnlyList<Expectation> expectations)
    {
        if ((_writing ?? this).Writer is not { } writer)
            return;
        ColumnBatch copy = _rows.Copy(batch, schema, columns, rows);
        try
        {
            int note = _rows.FirstNote;
            Utf8Column rule = (Utf8Column)copy[note];
            Utf8Column reason = (Utf8Column)copy[note + 1];
            FixedColumn<long> id = (FixedColumn<long>)copy[note + 2];
            FixedColumn<long> time = (FixedColumn<long>)copy[note + 3];
            foreach (ulong bits in violated)
            {
                (byte[] names, byte[] texts) = Words(expectations, bits);
                rule.Append(names);
                reason.Append(texts);
                id.Append(_batchId);
                time.Append(_timestampMicros);
            }

            if (_queue is null)
                writer.Write(copy);
            else
                _queue.Put(OutputQueue.Quarantine, copy.AddReference());
        }
        finally
        {
            copy.Release();
        }
    }

    public void Dispose() => _rows.Dispose();

    /// <summary>The names of the violated expectations and what they say. Few sets of them occur, so their text is made once.</summary>
    private (byte[] Names, byte[] Texts) Words(IReadOnlyList<Expectation> expectations, ulong violated)
    {
        if (_words.TryGetValue((expectations, violated), out (byte[] Names, byte[] Texts) known))
            return known;
        Expectation[] chosen = [.. expectations.Where((_, i) => (violated & (1UL << i)) != 0)];
        return _words[(expectations, violated)] =
        (
            Encoding.UTF8.GetBytes(string.Join(", ", chosen.Select(one => one.Name))),
            Encoding.UTF8.GetBytes(string.Join("; ", chosen.Select(one => "not " + one.Text))));
    }
}
