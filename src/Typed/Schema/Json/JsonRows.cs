using Typed.Columns;

namespace Typed.Schema;

/// <summary>The rows that a decoder fills: their number, and the fields that are not in the text of the record.</summary>
internal sealed class JsonRows
{
    private readonly RowSchema _schema;
    private readonly SourceColumns _source;
    private readonly JsonLeniency? _leniency;
    private readonly int _corrupt;
    private readonly int _rescued;
    private ColumnBatch? _batch;

    public JsonRows(RowSchema schema, JsonLeniency? leniency, int maxRecordBytes)
    {
        _schema = schema;
        _leniency = leniency;
        MaxRecordBytes = maxRecordBytes;
        _source = new SourceColumns(schema);
        _corrupt = schema.Fields.ToList().FindIndex(field => field.IsCorruptRecord);
        _rescued = schema.Fields.ToList().FindIndex(field => field.IsRescuedData);
        HasExtras = leniency is not null || !_source.IsEmpty || _corrupt >= 0 || _rescued >= 0;
    }

    /// <summary>How long a record may be.</summary>
    public int MaxRecordBytes { get; }

    /// <summary>Whether there is anything to add to a row that is not in its text.</summary>
    public bool HasExtras { get; }

    /// <summary>The number of rows in the batch.</summary>
    public int Count { get; set; }

    /// <summary>Where the records come from.</summary>
    public RecordOrigin Origin
    {
        get => _source.Origin;
        set => _source.Origin = value;
    }

    /// <summary>The records that were kept although something in them did not fit.</summary>
    public long Patched { get; private set; }

    public void Bind(ColumnBatch batch)
    {
        _batch = batch;
        Count = batch.Length;
    }

    /// <summary>Adds the fields that are not in the text of the last row.</summary>
    public void AddExtras(long position, ReadOnlySpan<byte> text)
    {
        bool misfits = _leniency is { HasMisfits: true };
        if (_corrupt >= 0)
            AppendText(_corrupt, misfits && _rescued < 0, text);
        if (_rescued >= 0)
            AppendText(_rescued, _leniency is { HasRescued: true }, _leniency is { HasRescued: true } ? _leniency.End(Origin.Path.Length > 0 ? Origin.Path : null) : default);
        _source.Append(_batch!, position, position);
        if (misfits)
            Patched++;
        _leniency?.Clear();
    }

    /// <summary>Takes back what a malformed record has appended.</summary>
    public void TakeBack()
    {
        for (int i = 0; i < _schema.Fields.Count; i++)
            _batch![i].Truncate(Count);
        _leniency?.Clear();
    }

    /// <summary>Adds a row of nulls for a record that could not be read, with its raw text (semantics 17.1).</summary>
    public void AddNulls(long position, ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < _schema.Fields.Count; i++)
        {
            if (_schema.Fields[i].IsData)
                _batch![i].AppendNull();
        }

        if (_corrupt >= 0)
            AppendText(_corrupt, present: true, text);
        if (_rescued >= 0)
            _batch![_rescued].AppendNull();
        _source.Append(_batch!, position, position);
        Count++;
        Patched++;
    }

    private void AppendText(int column, bool present, ReadOnlySpan<byte> text)
    {
        if (!present)
            _batch![column].AppendNull();
        else if (System.Text.Unicode.Utf8.IsValid(text))
            ((Utf8Column)_batch![column]).Append(text);
        else
            ((Utf8Column)_batch![column]).Append(System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(text)));
    }
}
