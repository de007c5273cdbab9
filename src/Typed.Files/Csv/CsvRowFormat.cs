using System.Buffers;
using System.Text;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Files;

/// <summary>Rows as CSV (RFC 4180, lines ended by a line feed).</summary>
internal sealed class CsvRowFormat(CsvWriteOptions options) : RowFormat
{
    private readonly byte _separator = (byte)options.Separator;
    private readonly byte[] _null = Encoding.UTF8.GetBytes(options.NullValue);
    private readonly SearchValues<byte> _special = SearchValues.Create([(byte)options.Separator, (byte)'"', (byte)'\r', (byte)'\n']);
    private readonly ArrayBufferWriter<byte> _value = new();
    private RowSchema _schema = new("", []);
    private int[] _columns = [];

    internal override string Extension => ".csv";

    internal override void Start(RowSchema schema, int[] columns)
    {
        (_schema, _columns) = (schema, columns);
        foreach (int column in columns)
        {
            Field field = schema.Fields[column];
            if (field.Type.Kind is FieldKind.Record or FieldKind.List or FieldKind.Map or FieldKind.Window)
            {
                throw new QueryStartException(
                    "csv-record", $"{schema.Name}.{field.Name} is of the type {field.Type}, but a value in a CSV file is a single one. Write JSON, or select its parts.");
            }
        }
    }

    internal override void WriteHeader(ArrayBufferWriter<byte> to)
    {
        if (!options.Header)
            return;
        for (int i = 0; i < _columns.Length; i++)
        {
            Separate(i, to);
            WriteText(Encoding.UTF8.GetBytes(_schema.Fields[_columns[i]].WrittenName), to);
        }

        to.Write("\n"u8);
    }

    internal override void WriteRow(ColumnBatch batch, int row, ArrayBufferWriter<byte> to)
    {
        for (int i = 0; i < _columns.Length; i++)
        {
            Separate(i, to);
            Column column = batch[_columns[i]];
            if (column.IsNull(row))
            {
                to.Write(_null);
            }
            else if (column is Utf8Column text && column.Type.Kind == FieldKind.String)
            {
                WriteText(text.Value(row).Span, to);
            }
            else
            {
                _value.ResetWrittenCount();
                ColumnText.Write(column, row, _value);
                WriteText(_value.WrittenSpan, to);
            }
        }

        to.Write("\n"u8);
    }

    private void Separate(int column, ArrayBufferWriter<byte> to)
    {
        if (column == 0)
            return;
        to.GetSpan(1)[0] = _separator;
        to.Advance(1);
    }

    private void WriteText(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> to)
    {
        bool padded = text.Length > 0 && (text[0] <= ' ' || text[^1] <= ' ');
        if (!padded && !text.SequenceEqual(_null) && text.IndexOfAny(_special) < 0)
        {
            to.Write(text);
            return;
        }

        to.Write("\""u8);
        for (int quote = text.IndexOf((byte)'"'); quote >= 0; quote = text.IndexOf((byte)'"'))
        {
            to.Write(text[..(quote + 1)]);
            to.Write("\""u8);
            text = text[(quote + 1)..];
        }

        to.Write(text);
        to.Write("\""u8);
    }
}
