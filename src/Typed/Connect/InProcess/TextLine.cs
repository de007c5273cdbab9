using System.Text;
using Typed.Columns;
using Typed.Schema;

namespace Typed;

/// <summary>A line of text without its line break.</summary>
/// <param name="Value">The text.</param>
[StreamRecord]
public readonly record struct TextLine(string Value) : IStreamRecord<TextLine>
{
    /// <inheritdoc/>
    public static RowSchema Schema { get; } = new(nameof(TextLine), [new Field(nameof(Value), FieldType.Of(FieldKind.String))]);

    /// <inheritdoc/>
    public static TextLine Read(ColumnBatch batch, int row)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return new(((Utf8Column)batch[0])[row].ToManaged()!);
    }

    /// <inheritdoc/>
    public static void Append(in TextLine value, ColumnBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Utf8Column column = (Utf8Column)batch[0];
        Span<byte> to = column.Reserve(Encoding.UTF8.GetMaxByteCount(value.Value.Length));
        column.Commit(Encoding.UTF8.GetBytes(value.Value, to));
    }

    /// <inheritdoc/>
    public static JsonRecordParser CreateJsonParser() => new JsonRecordParser<JsonFields>(Schema);

    private struct JsonFields : IJsonFields
    {
        private Utf8Column _value;

        public void Bind(JsonObject fields) => _value = fields.Column<Utf8Column>(0);

        public readonly bool Read(JsonObject fields, ref JsonReader reader, int row)
        {
            if (!fields.Begin(ref reader, row))
                return false;
            while (fields.Next(ref reader) >= 0)
            {
                if (!reader.ReadString(_value) && !fields.Excuse(ref reader))
                    return false;
            }

            return fields.Finish(ref reader);
        }
    }
}
