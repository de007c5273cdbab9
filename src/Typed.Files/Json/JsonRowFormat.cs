using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Files;

/// <summary>Rows as JSON, one object on each line.</summary>
internal sealed class JsonRowFormat : RowFormat
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private readonly ArrayBufferWriter<byte> _text = new(64);
    private readonly Dictionary<FieldType, JsonEncodedText[]> _nested = new(ReferenceEqualityComparer.Instance);
    private Utf8JsonWriter? _json;
    private JsonEncodedText[] _names = [];
    private int[] _columns = [];

    internal override string Extension => ".json";

    internal override void Start(RowSchema schema, int[] columns)
    {
        _columns = columns;
        _names = [.. columns.Select(column => Encode(schema.Fields[column].WrittenName))];
    }

    internal override void WriteRow(ColumnBatch batch, int row, ArrayBufferWriter<byte> to)
    {
        if (_json is null)
            _json = new Utf8JsonWriter(to, Options);
        else
            _json.Reset(to);
        _json.WriteStartObject();
        for (int i = 0; i < _columns.Length; i++)
        {
            _json.WritePropertyName(_names[i]);
            Write(batch[_columns[i]], row, _json);
        }

        _json.WriteEndObject();
        _json.Flush();
        to.Write("\n"u8);
    }

    private static JsonEncodedText Encode(string name) => JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);

    private void Write(Column column, int row, Utf8JsonWriter json)
    {
        if (column.IsNull(row))
        {
            json.WriteNullValue();
            return;
        }

        switch (column.Type.Kind)
        {
            case FieldKind.String:
                json.WriteStringValue(((Utf8Column)column).Value(row).Span);
                break;
            case FieldKind.Boolean:
                json.WriteBooleanValue(((BoolColumn)column)[row]);
                break;
            case FieldKind.Record or FieldKind.Window:
                WriteRecord((StructColumn)column, row, json);
                break;
            case FieldKind.List or FieldKind.Map:
                WriteList((ListColumn)column, row, json);
                break;
            default:
                _text.ResetWrittenCount();
                ColumnText.Write(column, row, _text);
                if (IsNumber(column, row))
                    json.WriteRawValue(_text.WrittenSpan, skipInputValidation: true);
                else
                    json.WriteStringValue(_text.WrittenSpan);
                break;
        }
    }

    /// <summary>Numbers are bare but for those that JSON has no number for: they are strings, <c>"NaN"</c>.</summary>
    private static bool IsNumber(Column column, int row) => column.Type.Kind switch
    {
        FieldKind.Double => double.IsFinite(((FixedColumn<double>)column)[row]),
        FieldKind.Float => float.IsFinite(((FixedColumn<float>)column)[row]),
        >= FieldKind.SByte and <= FieldKind.Decimal => true,
        _ => false,
    };

    private void WriteRecord(StructColumn column, int row, Utf8JsonWriter json)
    {
        if (!_nested.TryGetValue(column.Type, out JsonEncodedText[]? names))
            _nested[column.Type] = names = [.. column.Type.Fields.Select(field => Encode(field.WrittenName))];
        json.WriteStartObject();
        for (int i = 0; i < column.Children.Length; i++)
        {
            json.WritePropertyName(names[i]);
            Write(column.Children[i], row, json);
        }

        json.WriteEndObject();
    }

    private void WriteList(ListColumn column, int row, Utf8JsonWriter json)
    {
        if (column.Keys is null)
            json.WriteStartArray();
        else
            json.WriteStartObject();
        int start = column.Start(row);
        for (int i = start; i < start + column.Count(row); i++)
        {
            if (column.Keys is not null)
                json.WritePropertyName(column.Keys.Value(i).Span);
            Write(column.Elements, i, json);
        }

        if (column.Keys is null)
            json.WriteEndArray();
        else
            json.WriteEndObject();
    }
}
