using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Typed.Columns;

namespace Typed.Schema;

/// <summary>
/// Rows of columns as JSON objects, what <see cref="JsonLinesDecoder"/> reads back. Fields that are null are left out, as Spark does.
/// Numbers that JSON does not know are the strings "NaN", "Infinity" and "-Infinity"; an enum is its name, or its number where it has none.
/// Allocates nothing for a row.
/// </summary>
public sealed class JsonRowWriter
{
    private static readonly SearchValues<byte> Special = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(code => (byte)code)]);
    private readonly int[] _columns;
    private readonly byte[][] _names;
    private readonly Dictionary<FieldType, byte[][]> _nested = new(ReferenceEqualityComparer.Instance);

    /// <summary>A writer of all columns.</summary>
    public JsonRowWriter(RowSchema schema)
        : this(schema, [.. Enumerable.Range(0, schema.Fields.Count)])
    {
    }

    /// <summary>A writer of some columns, in the order given.</summary>
    public JsonRowWriter(RowSchema schema, int[] columns)
    {
        _columns = columns;
        _names = Names([.. columns.Select(column => schema.Fields[column])]);
        foreach (int column in columns)
            AddNested(schema.Fields[column].Type);
    }

    /// <summary>Writes all rows of a batch, each with a line feed after it.</summary>
    public void WriteLines(ColumnBatch batch, ArrayBufferWriter<byte> to)
    {
        for (int row = 0; row < batch.Length; row++)
        {
            Write(batch, row, to);
            to.Write("\n"u8);
        }
    }

    /// <summary>Writes one row as an object.</summary>
    public void Write(ColumnBatch batch, int row, ArrayBufferWriter<byte> to)
    {
        bool any = false;
        for (int i = 0; i < _columns.Length; i++)
            WriteField(_names[i], batch[_columns[i]], row, ref any, to);
        to.Write(any ? "}"u8 : "{}"u8);
    }

    /// <summary>Writes a string with its quotes.</summary>
    public static void WriteString(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> to)
    {
        to.Write("\""u8);
        while (true)
        {
            int special = text.IndexOfAny(Special);
            if (special < 0)
                break;
            to.Write(text[..special]);
            WriteEscape(text[special], to);
            text = text[(special + 1)..];
        }

        to.Write(text);
        to.Write("\""u8);
    }

    /// <summary>The names with quotes and colon, and the brace or comma that stands before them in place of the first byte.</summary>
    private static byte[][] Names(IReadOnlyList<Field> fields) =>
        [.. fields.Select(field => Encoding.UTF8.GetBytes($",\"{JsonEncodedText.Encode(field.WrittenName, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\":"))];

    private static void WriteEscape(byte code, ArrayBufferWriter<byte> to)
    {
        byte letter = code switch
        {
            (byte)'\b' => (byte)'b',
            (byte)'\f' => (byte)'f',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            < 0x20 => 0,
            _ => code,
        };
        if (letter != 0)
        {
            Span<byte> escape = to.GetSpan(2);
            escape[0] = (byte)'\\';
            escape[1] = letter;
            to.Advance(2);
            return;
        }

        to.Write("\\u00"u8);
        code.TryFormat(to.GetSpan(2), out int written, "x2", CultureInfo.InvariantCulture);
        to.Advance(written);
    }

    private void AddNested(FieldType type)
    {
        if (type.Element is { } element)
            AddNested(element);
        if (type.Fields.Count == 0 || !_nested.TryAdd(type, Names(type.Fields)))
            return;
        foreach (Field field in type.Fields)
            AddNested(field.Type);
    }

    private void WriteField(byte[] name, Column column, int row, ref bool any, ArrayBufferWriter<byte> to)
    {
        if (column.IsNull(row))
            return;
        if (!any)
            to.Write("{"u8);
        to.Write(any ? name : name.AsSpan(1));
        any = true;
        WriteValue(column, row, to);
    }

    private void WriteValue(Column column, int row, ArrayBufferWriter<byte> to)
    {
        switch (column.Type.Kind)
        {
            case FieldKind.String:
                WriteString(((Utf8Column)column).Value(row).Span, to);
                break;
            case FieldKind.Record or FieldKind.Window:
                WriteRecord((StructColumn)column, row, to);
                break;
            case FieldKind.List:
                WriteList((ListColumn)column, row, to);
                break;
            case FieldKind.Map:
                WriteMap((ListColumn)column, row, to);
                break;
            default:
                bool quoted = IsQuoted(column, row);
                if (quoted)
                    to.Write("\""u8);
                ColumnText.Write(column, row, to);
                if (quoted)
                    to.Write("\""u8);
                break;
        }
    }

    private static bool IsQuoted(Column column, int row) => column.Type.Kind switch
    {
        FieldKind.Binary or FieldKind.Timestamp or FieldKind.Date or FieldKind.Duration or FieldKind.Guid => true,
        FieldKind.Float => !float.IsFinite(((FixedColumn<float>)column)[row]),
        FieldKind.Double => !double.IsFinite(((FixedColumn<double>)column)[row]),
        FieldKind.Enum => HasName(column.Type, ((FixedColumn<long>)column)[row]),
        _ => false,
    };

    private static bool HasName(FieldType type, long value)
    {
        for (int i = 0; i < type.EnumNames.Count; i++)
        {
            if (type.EnumNames[i].Value == value)
                return true;
        }

        return false;
    }

    private void WriteRecord(StructColumn record, int row, ArrayBufferWriter<byte> to)
    {
        bool any = false;
        // A column that came from elsewhere may have an equal type that is another object.
        if (!_nested.TryGetValue(record.Type, out byte[][]? names))
        {
            AddNested(record.Type);
            names = _nested[record.Type];
        }

        for (int i = 0; i < names.Length; i++)
            WriteField(names[i], record.Children[i], row, ref any, to);
        to.Write(any ? "}"u8 : "{}"u8);
    }

    private void WriteList(ListColumn list, int row, ArrayBufferWriter<byte> to)
    {
        to.Write("["u8);
        int start = list.Start(row);
        for (int i = start; i < start + list.Count(row); i++)
        {
            if (i > start)
                to.Write(","u8);
            WriteElement(list.Elements, i, to);
        }

        to.Write("]"u8);
    }

    private void WriteMap(ListColumn map, int row, ArrayBufferWriter<byte> to)
    {
        to.Write("{"u8);
        int start = map.Start(row);
        for (int i = start; i < start + map.Count(row); i++)
        {
            if (i > start)
                to.Write(","u8);
            WriteString(map.Keys!.Value(i).Span, to);
            to.Write(":"u8);
            WriteElement(map.Elements, i, to);
        }

        to.Write("}"u8);
    }

    private void WriteElement(Column column, int row, ArrayBufferWriter<byte> to)
    {
        if (column.IsNull(row))
            to.Write("null"u8);
        else
            WriteValue(column, row, to);
    }
}
