using System.Globalization;
using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed.Files;

/// <summary>CSV records straight into columns.</summary>
internal sealed class CsvFormatReader : FileFormatReader
{
    private readonly CsvReadOptions _options;
    private readonly CsvScanner _scanner;
    private readonly byte[]? _null;
    private readonly List<int> _missing = [];
    private readonly SourceColumns _source;
    private readonly CsvRescue? _rescue;
    private readonly int _corrupt;
    private readonly int _rescued;
    private long _patched;
    private byte[] _unescaped = new byte[256];
    private int[] _fields = [];
    private string[] _names = [];
    private string _reason = "";
    private OpenFile? _file;
    private bool _headerDue;
    private bool _misfits;
    private bool _broken;

    internal CsvFormatReader(RowSchema schema, CsvReadOptions options, MalformedPolicy malformed)
        : base(schema, malformed)
    {
        (_options, _scanner) = (options, new CsvScanner(options));
        _null = options.NullValue is null ? null : System.Text.Encoding.UTF8.GetBytes(options.NullValue);
        _source = new SourceColumns(schema);
        _corrupt = schema.Fields.ToList().FindIndex(field => field.IsCorruptRecord);
        _rescued = schema.Fields.ToList().FindIndex(field => field.IsRescuedData);
        _rescue = _rescued >= 0 ? new CsvRescue() : null;
        foreach (Field field in schema.Fields)
        {
            if (field.IsData && field.Type.Kind is FieldKind.Record or FieldKind.List or FieldKind.Map or FieldKind.Window)
            {
                throw new QueryStartException(
                    "csv-record", $"{schema.Name}.{field.Name} is of the type {field.Type}, but a value in a CSV file is a single one. Read JSON, or take the field out.");
            }
        }
    }

    internal override void Begin(OpenFile file)
    {
        _file = file;
        _source.Origin = file.Origin;
        _scanner.Begin(file);
        _fields = CsvHeader.ByPosition(Schema);
        _names = [.. _fields.Select(field => Schema.Fields[field].WrittenName)];
        _missing.Clear();
        _headerDue = _options.Header;
    }

    internal override bool Fill(ColumnBatch batch, CancellationToken cancellation)
    {
        int row = 0;
        long bytes = 0;
        bool more = true;
        _patched = 0;
        while (more && row < RowsPerBatch && bytes < MaxBatchBytes)
        {
            CsvKind kind = _scanner.Next();
            if (kind == CsvKind.End)
                more = false;
            else if (_headerDue)
                ReadHeader(kind);
            else if ((kind == CsvKind.Record && TryAppend(batch)) || TryKeep(kind, batch, row))
                EndRow(batch, ref row);
            bytes += _scanner.Text.Length;
        }

        batch.Length = row;
        Malformed.Count(row, _patched);
        return more;
    }

    public override void Dispose()
    {
        _scanner.Dispose();
        base.Dispose();
    }

    private void ReadHeader(CsvKind kind)
    {
        if (kind == CsvKind.Broken)
            throw new InvalidDataException($"The header of the file {_file!.Path} cannot be read: {_scanner.Problem}. Correct the file.");
        _names = new string[_scanner.Count];
        for (int i = 0; i < _names.Length; i++)
            _names[i] = CsvHeader.Name(Value(_scanner[i], out _));
        _fields = CsvHeader.ByName(Schema, _names, _options.AllowMissingColumns, _file!.Path);
        for (int i = 0; i < Schema.Fields.Count; i++)
        {
            if (Schema.Fields[i].IsData && !_fields.Contains(i))
                _missing.Add(i);
        }

        _headerDue = false;
    }

    /// <summary>Fills the columns that are not in the text. The raw text is kept of a record of which nothing fits, or of which nothing else keeps the misfits.</summary>
    private void EndRow(ColumnBatch batch, ref int row)
    {
        if (_corrupt >= 0)
            AppendText((Utf8Column)batch[_corrupt], _broken || (_misfits && _rescue is null), _scanner.Text);
        if (_rescue is not null)
            AppendText((Utf8Column)batch[_rescued], !_rescue.IsEmpty, _rescue.IsEmpty ? default : _rescue.End(_file!.Path));
        if (!_source.IsEmpty)
            _source.Append(batch, _scanner.Line, _scanner.Line);
        _patched += _misfits ? 1 : 0;
        row++;
    }

    private static void AppendText(Utf8Column column, bool present, ReadOnlySpan<byte> text)
    {
        if (!present)
            column.AppendNull();
        else if (System.Text.Unicode.Utf8.IsValid(text))
            column.Append(text);
        else
            column.Append(System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(text)));
    }

    /// <summary>Takes a malformed record: in permissive mode it stays, as a row of nulls (semantics 17.1).</summary>
    private bool TryKeep(CsvKind kind, ColumnBatch batch, int row)
    {
        _rescue?.Clear();
        for (int i = 0; i < Schema.Fields.Count; i++)
        {
            if (batch[i].Length > row)
                batch[i].Truncate(row);
        }

        if (Malformed.Mode != OnMalformed.Permissive)
        {
            Malformed.Take(_file!.Path, _scanner.Line, kind == CsvKind.Broken ? _scanner.Problem : _reason, _scanner.Text);
            return false;
        }

        for (int i = 0; i < Schema.Fields.Count; i++)
        {
            if (Schema.Fields[i].IsData)
                batch[i].AppendNull();
        }

        (_misfits, _broken) = (true, true);
        return true;
    }

    private bool TryAppend(ColumnBatch batch)
    {
        (_misfits, _broken) = (false, false);
        if (_scanner.Count != _fields.Length)
        {
            _reason = string.Create(
                CultureInfo.InvariantCulture, $"the record has {_scanner.Count} {(_scanner.Count == 1 ? "column" : "columns")} where {_fields.Length} are expected");
            return false;
        }

        for (int i = 0; i < _fields.Length; i++)
        {
            if (_fields[i] < 0)
            {
                _rescue?.Add(_names[i], Value(_scanner[i], out _));
                continue;
            }

            if (TryAppend(batch[_fields[i]], _scanner[i], out ReadOnlySpan<byte> text))
                continue;
            if ((Malformed.Mode != OnMalformed.Permissive && _rescue is null) || !batch[_fields[i]].Type.Nullable)
                return Misfit(_fields[i], text);

            batch[_fields[i]].AppendNull();
            _rescue?.Add(_names[i], text);
            _misfits = true;
        }

        foreach (int field in _missing)
            batch[field].AppendNull();
        return true;
    }

    private bool TryAppend(Column column, CsvValue value, out ReadOnlySpan<byte> text)
    {
        text = Value(value, out bool quoted);
        bool absent = !quoted && (_null is null ? text.IsEmpty : text.SequenceEqual(_null) || (text.IsEmpty && column.Type.Kind != FieldKind.String));
        if (absent && column.Type.Nullable)
        {
            column.AppendNull();
            return true;
        }

        if (absent && (_null is not null || column.Type.Kind != FieldKind.String))
            return false;
        return FieldText.TryAppend(column, text);
    }

    private bool Misfit(int field, ReadOnlySpan<byte> text)
    {
        Field wanted = Schema.Fields[field];
        _reason = text.IsEmpty || (_null is not null && text.SequenceEqual(_null))
            ? $"{wanted.WrittenName} is {(text.IsEmpty ? "empty" : "null")}, but the field is not nullable"
            : $"{wanted.WrittenName} does not fit {wanted.Type}";
        return false;
    }

    /// <summary>The text of a value without quotes, escapes and, if wanted, spaces around; it lives until the next one is asked for.</summary>
    private ReadOnlySpan<byte> Value(CsvValue value, out bool quoted)
    {
        ReadOnlySpan<byte> raw = _scanner.Raw(value);
        quoted = value.Quoted;
        if (!value.Escaped)
            return _options.Trim && !quoted ? raw[System.Text.Ascii.Trim(raw)] : raw;
        if (raw.Length > _unescaped.Length)
            _unescaped = new byte[raw.Length * 2];
        byte escape = (byte)(_options.Escape ?? _options.Quote);
        int length = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] == escape && i + 1 < raw.Length)
                i++;
            _unescaped[length++] = raw[i];
        }

        return _unescaped.AsSpan(0, length);
    }
}
