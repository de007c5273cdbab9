using Typed.Columns;

namespace Typed.Schema;

/// <summary>Reads JSON objects of one record straight into columns.</summary>
public abstract class JsonRecordParser
{
    private protected JsonRecordParser(RowSchema schema) => Schema = schema;

    /// <summary>The columns that are filled.</summary>
    public RowSchema Schema { get; }

    /// <summary>Says what to do with values that do not fit; once, before anything is read.</summary>
    internal abstract void Start(JsonLeniency? leniency);

    /// <summary>Takes the batch that is filled next.</summary>
    internal abstract void Bind(ColumnBatch batch);

    /// <summary>Reads lines until the batch has enough rows, no line is left, or one is malformed.</summary>
    internal abstract JsonPause ReadLines(ref JsonCursor cursor, JsonRows rows, int maxRows);

    /// <summary>Reads one object; false if it is malformed.</summary>
    internal abstract bool ReadObject(ref JsonCursor cursor, JsonRows rows);
}

/// <summary>The parser of a record.</summary>
/// <typeparam name="TFields">What the generator wrote for it.</typeparam>
/// <param name="schema">The columns that are filled.</param>
public sealed unsafe class JsonRecordParser<TFields>(RowSchema schema) : JsonRecordParser(schema)
    where TFields : struct, IJsonFields
{
    private TFields _fields;
    private JsonObject _object = new(schema.Fields);

    internal override void Start(JsonLeniency? leniency) => _object = new JsonObject(Schema.Fields) { Leniency = leniency };

    internal override void Bind(ColumnBatch batch)
    {
        _object.Bind(batch);
        TFields fields = _fields;
        fields.Bind(_object);
        _fields = fields;
    }

    internal override JsonPause ReadLines(ref JsonCursor cursor, JsonRows rows, int maxRows)
    {
        while (cursor.Next < cursor.End)
        {
            if (rows.Count >= maxRows)
                return JsonPause.Full;
            byte* line = cursor.Next;
            byte* end = line + new ReadOnlySpan<byte>(line, (int)(cursor.End - line)).IndexOf((byte)'\n');
            cursor.Record = line;
            cursor.RecordEnd = end;
            cursor.Next = end + 1;
            cursor.Position++;
            if (!Read(ref cursor, rows, skipEmpty: true))
                return JsonPause.Malformed;
        }

        return JsonPause.Finished;
    }

    internal override bool ReadObject(ref JsonCursor cursor, JsonRows rows) => Read(ref cursor, rows, skipEmpty: false);

    private bool Read(ref JsonCursor cursor, JsonRows rows, bool skipEmpty)
    {
        JsonReader reader = new(cursor.Record, cursor.RecordEnd);
        if (reader.AtEnd() && skipEmpty)
            return true;
        if (cursor.RecordEnd - cursor.Record > rows.MaxRecordBytes)
            reader.Fail(JsonProblem.Length);
        else if (_fields.Read(_object, ref reader, rows.Count) && !reader.AtEnd())
            reader.Fail(JsonProblem.Trailing);
        if (!reader.Failed)
        {
            rows.Count++;
            if (rows.HasExtras)
                rows.AddExtras(cursor.Position, new ReadOnlySpan<byte>(cursor.Record, (int)(cursor.RecordEnd - cursor.Record)));
            return true;
        }

        cursor.Problem = reader.Problem;
        cursor.ProblemField = _object.CurrentField;
        cursor.ProblemAt = reader.Next;
        return false;
    }
}
