using Typed.Columns;
using Typed.Connect;
using Typed.Operators;
using Typed.Schema;

namespace Typed.Execution;

/// <summary>Writes late rows as they came in, with the operator they were late at, the time that was compared, the watermark, how far behind it that is, and the batch.</summary>
internal sealed class LateRowWriter : ILateRows, IDisposable
{
    private readonly AnnotatedRows _rows;
    private readonly LateRowWriter? _writing;
    private readonly OutputQueue? _queue;
    private long _batchId;

    internal LateRowWriter(string pipeline, IReadOnlyList<RowSchema> candidates)
    {
        FieldType instant = FieldType.Of(FieldKind.Timestamp);
        _rows = new AnnotatedRows(
            "late rows",
            "Late" + (candidates.Count == 1 ? candidates[0].Name : pipeline),
            candidates,
            [
                new Field("LateOperator", FieldType.Of(FieldKind.String)),
                new Field("LateTime", instant),
                new Field("LateWatermark", instant),
                new Field("LateBy", FieldType.Of(FieldKind.Duration)),
                new Field("LateBatch", FieldType.Of(FieldKind.Int64)),
            ],
            "late-rows-ambiguous");
    }

    private LateRowWriter(LateRowWriter writing, OutputQueue queue) => (_rows, _writing, _queue) = (writing._rows.Again(), writing, queue);

    /// <summary>The rows that are written.</summary>
    internal RowSchema Schema => _rows.Schema;

    /// <summary>Where the rows go; null to drop them.</summary>
    internal ISinkWriter? Writer { get; set; }

    /// <summary>
    /// The schemas that late rows can have: those of the sources, and that of the input of an operator behind another stateful one,
    /// whose rows came from no source.
    /// </summary>
    internal static IReadOnlyList<RowSchema> Candidates(OperatorGraph graph, IEnumerable<RowSchema> sources)
    {
        List<RowSchema> candidates = [];
        foreach (RowSchema source in sources)
            AnnotatedRows.AddOnce(candidates, source);
        HashSet<Operator> behindState = [];
        foreach (Operator one in graph.Operators)
        {
            foreach (Operator reader in one.Readers)
            {
                if (one is StatefulOperator || behindState.Contains(one))
                    behindState.Add(reader);
                if (reader is StatefulOperator && behindState.Contains(reader))
                    AnnotatedRows.AddOnce(candidates, one.Output);
            }
        }

        return candidates;
    }

    /// <summary>One for a worker, which leaves it to this one to write.</summary>
    internal LateRowWriter ForWorker(OutputQueue queue) => new(this, queue);

    internal void Begin(long batchId) => _batchId = batchId;

    public void Take(string operatorName, ColumnBatch batch, ReadOnlySpan<int> rows, ReadOnlySpan<long> eventTimes, long watermark)
    {
        if ((_writing ?? this).Writer is not { } writer || rows.Length == 0)
            return;
        ColumnBatch late = _rows.Copy(batch, batch.Schema, [], rows);
        try
        {
            int note = _rows.FirstNote;
            Utf8Column name = (Utf8Column)late[note];
            FixedColumn<long> time = (FixedColumn<long>)late[note + 1];
            FixedColumn<long> mark = (FixedColumn<long>)late[note + 2];
            FixedColumn<long> by = (FixedColumn<long>)late[note + 3];
            FixedColumn<long> id = (FixedColumn<long>)late[note + 4];
            byte[] nameBytes = System.Text.Encoding.UTF8.GetBytes(operatorName);
            for (int i = 0; i < rows.Length; i++)
            {
                name.Append(nameBytes);
                time.Append(eventTimes[i]);
                mark.Append(watermark);
                by.Append(watermark - eventTimes[i]);
                id.Append(_batchId);
            }

            if (_queue is null)
                writer.Write(late);
            else
                _queue.Put(OutputQueue.Late, late.AddReference());
        }
        finally
        {
            late.Release();
        }
    }

    public void Dispose() => _rows.Dispose();
}
