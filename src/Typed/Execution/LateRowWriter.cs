using Typed.Columns;
using Typed.Connect;
using Typed.Operators;
using Typed.Schema;

namespace Typed.Execution;

/// <summary>
/// Writes late rows as they came in, with the operator they were late at, the time that was compared, the watermark and the batch.
/// Where rows of several schemas can be late, the columns of all stand side by side and are null for the others.
/// </summary>
internal sealed class LateRowWriter : ILateRows, IDisposable
{
    private readonly Dictionary<RowSchema, int[]> _ordinals = new(ReferenceEqualityComparer.Instance);
    private readonly BatchPool _pool;
    private readonly int _added;
    private long _batchId;

    internal LateRowWriter(string pipeline, IReadOnlyList<RowSchema> candidates)
    {
        List<Field> fields = [];
        foreach (RowSchema candidate in candidates)
        {
            foreach (Field field in candidate.Fields)
            {
                Field added = candidates.Count == 1 ? field : field with { Type = field.Type with { Nullable = true } };
                int known = fields.FindIndex(one => one.Name == field.Name);
                if (known < 0)
                    fields.Add(added);
                else if (!Same(fields[known].Type, added.Type))
                    throw Refused($"'{candidate.Name}' and another input both have a field '{field.Name}', of different types");
            }
        }

        _added = fields.Count;
        FieldType instant = FieldType.Of(FieldKind.Timestamp);
        fields.AddRange(
            [
                new Field("LateOperator", FieldType.Of(FieldKind.String)),
                new Field("LateTime", instant),
                new Field("LateWatermark", instant),
                new Field("LateBatch", FieldType.Of(FieldKind.Int64)),
            ]);
        for (int i = 0; i < _added; i++)
        {
            if (fields.FindIndex(_added, field => field.Name == fields[i].Name) >= 0)
                throw Refused($"the field '{fields[i].Name}' has the name of a column that is added to late rows");
        }

        Schema = new RowSchema("Late" + (candidates.Count == 1 ? candidates[0].Name : pipeline), fields);
        foreach (RowSchema candidate in candidates)
            _ordinals[candidate] = [.. candidate.Fields.Select(field => Schema.IndexOf(field.Name))];
        _pool = new BatchPool(Schema);
    }

    /// <summary>The rows that are written.</summary>
    internal RowSchema Schema { get; }

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
            AddOnce(candidates, source);
        HashSet<Operator> behindState = [];
        foreach (Operator one in graph.Operators)
        {
            foreach (Operator reader in one.Readers)
            {
                if (one is StatefulOperator || behindState.Contains(one))
                    behindState.Add(reader);
                if (reader is StatefulOperator && behindState.Contains(reader))
                    AddOnce(candidates, one.Output);
            }
        }

        return candidates;
    }

    internal void Begin(long batchId) => _batchId = batchId;

    public void Take(string operatorName, ColumnBatch batch, ReadOnlySpan<int> rows, ReadOnlySpan<long> eventTimes, long watermark)
    {
        if (Writer is null || rows.Length == 0)
            return;
        int[] ordinals = Ordinals(batch.Schema);
        ColumnBatch late = _pool.Rent();
        for (int i = 0; i < ordinals.Length; i++)
            late[ordinals[i]].Gather(batch[i], rows);
        Utf8Column name = (Utf8Column)late[_added];
        FixedColumn<long> time = (FixedColumn<long>)late[_added + 1];
        FixedColumn<long> mark = (FixedColumn<long>)late[_added + 2];
        FixedColumn<long> id = (FixedColumn<long>)late[_added + 3];
        byte[] nameBytes = System.Text.Encoding.UTF8.GetBytes(operatorName);
        for (int i = 0; i < rows.Length; i++)
        {
            name.Append(nameBytes);
            time.Append(eventTimes[i]);
            mark.Append(watermark);
            id.Append(_batchId);
        }

        for (int i = 0; i < _added; i++)
        {
            while (late[i].Length < rows.Length)
                late[i].AppendNull();
        }

        late.Length = rows.Length;
        try
        {
            Writer.Write(late);
        }
        finally
        {
            late.Release();
        }
    }

    public void Dispose() => _pool.Dispose();

    private static void AddOnce(List<RowSchema> schemas, RowSchema schema)
    {
        if (!schemas.Exists(known => Same(known, schema)))
            schemas.Add(schema);
    }

    private static bool Same(RowSchema a, RowSchema b) =>
        ReferenceEquals(a, b) || (a.Fields.Count == b.Fields.Count && a.Fields.Zip(b.Fields).All(pair =>
            pair.First.Name == pair.Second.Name && Same(pair.First.Type, pair.Second.Type)));

    private static bool Same(FieldType a, FieldType b) => a.Nullable == b.Nullable && a.ToString() == b.ToString();

    private static QueryStartException Refused(string why) => new(
        "late-rows-ambiguous",
        $"Late rows cannot be written: {why}. Rename the field in one of the records.");

    private int[] Ordinals(RowSchema schema)
    {
        if (_ordinals.TryGetValue(schema, out int[]? ordinals))
            return ordinals;
        foreach (RowSchema known in _ordinals.Keys)
        {
            if (Same(known, schema))
                return _ordinals[schema] = _ordinals[known];
        }

        throw new InvalidOperationException(
            $"Rows of {schema} were late, but the sink for late rows was opened for {Schema}: an operator on the way did not keep where its rows came from.");
    }
}
