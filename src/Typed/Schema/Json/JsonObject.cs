using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Schema;

/// <summary>
/// The fields of one JSON object that becomes one row of some columns: finds the field of each name, and knows which fields are
/// missing. Objects of a stream mostly have their fields in one order, so the name that came last time at a place is tried first.
/// </summary>
public sealed unsafe class JsonObject
{
    /// <summary>What <see cref="Next"/> returns after the last field, or for a problem.</summary>
    public const int End = -1;

    private const int NoName = -1;
    private readonly IReadOnlyList<Field> _fields;
    private readonly JsonNames _names;
    private readonly Column[] _columns;
    private readonly bool[] _nullable;
    private readonly int _expected;
    private readonly int[] _namesByPlace;
    private int _row;
    private int _place;
    private int _count;
    private byte* _value;

    /// <summary>The fields of a nested record.</summary>
    public JsonObject(FieldType type)
        : this(type.Fields)
    {
    }

    internal JsonObject(IReadOnlyList<Field> fields)
    {
        _fields = fields;
        _names = new JsonNames(fields);
        _columns = new Column[fields.Count];
        _nullable = [.. fields.Select(field => field.Type.Nullable)];
        _expected = fields.Count(field => field.IsData);
        _namesByPlace = new int[Math.Max(1, fields.Count)];
        _namesByPlace.AsSpan().Fill(NoName);
    }

    /// <summary>Where values that do not fit and fields that nobody knows go; null where they are refused and skipped.</summary>
    internal JsonLeniency? Leniency { get; init; }

    /// <summary>The field that was begun last; −1 before the first one.</summary>
    internal int CurrentField { get; private set; } = End;

    /// <summary>Takes the columns that are filled next.</summary>
    public void Bind(StructColumn column) => column.Children.CopyTo(_columns, 0);

    /// <summary>The column of a field.</summary>
    public T Column<T>(int field)
        where T : Column => (T)_columns[field];

    internal void Bind(ColumnBatch batch)
    {
        for (int i = 0; i < _columns.Length; i++)
            _columns[i] = batch[i];
    }

    /// <summary>Passes the brace that opens the object of a row.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="row">The row: the length of the columns.</param>
    public bool Begin(ref JsonReader reader, int row)
    {
        CurrentField = End;
        _row = row;
        _place = 0;
        _count = 0;
        if (*reader.Next != '{')
            return reader.Fail(JsonProblem.Type);
        reader.Next++;
        return true;
    }

    /// <summary>
    /// Goes to the value of the next field that is known and not null and returns the field; after the last one, or for a problem,
    /// <see cref="End"/>.
    /// </summary>
    public int Next(ref JsonReader reader)
    {
        while (true)
        {
            reader.SkipSpace();
            byte* at = reader.Next;
            if (_place > 0)
            {
                if (*at != ',')
                    return *at == '}' ? Pass(ref reader) : Stop(ref reader, JsonProblem.Syntax);
                reader.Next = ++at;
                if (*at <= ' ')
                {
                    reader.SkipSpace();
                    at = reader.Next;
                }
            }
            else if (*at == '}')
            {
                return Pass(ref reader);
            }

            int place = _place++;
            int name = place < _namesByPlace.Length ? _namesByPlace[place] : NoName;
            int length;
            if (name != NoName && (length = _names.Match(name, at)) != 0)
            {
                reader.Next = at + length;
                reader.SkipSpace();
            }
            else
            {
                name = FindName(ref reader, place);
                if (reader.Failed)
                    return End;
                if (name == NoName)
                {
                    if (!PassUnknown(ref reader, at))
                        return End;
                    continue;
                }
            }

            int field = _names.FieldOf(name);
            CurrentField = field;
            if (_columns[field].Length == _row)
                _count++;
            else
                _columns[field].Truncate(_row);
            _value = reader.Next;
            if (*_value != 'n')
                return field;
            if (!PassNull(ref reader, field))
                return End;
        }
    }

    /// <summary>
    /// Decides about a field whose value could not be read: false to give the record up; true if the field is null instead and the
    /// value went elsewhere.
    /// </summary>
    public bool Excuse(ref JsonReader reader)
    {
        if (Leniency is null)
            return false;
        int field = CurrentField;
        JsonProblem problem = reader.Problem;
        _columns[field].Truncate(_row);
        if (!_nullable[field])
            return false;

        // A value that fits no column can still be valid JSON; one that is not leaves nothing to go on with.
        reader.Rewind(_value);
        byte* start = _value;
        if (!reader.SkipValue())
            return false;
        _columns[field].AppendNull();
        Leniency.TakeMisfit(_fields[field].WrittenName, new ReadOnlySpan<byte>(start, (int)(reader.Next - start)), problem);
        return true;
    }

    /// <summary>Ends the row: false if there was a problem or a field that is not nullable is missing; other missing fields are null.</summary>
    public bool Finish(ref JsonReader reader) => !reader.Failed && (_count == _expected || FillMissing(ref reader));

    private int Pass(ref JsonReader reader)
    {
        reader.Next++;
        return End;
    }

    private static int Stop(ref JsonReader reader, JsonProblem problem)
    {
        reader.Fail(problem);
        return End;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FindName(ref JsonReader reader, int place)
    {
        Span<byte> scratch = stackalloc byte[256];
        if (!reader.TryReadName(scratch, out ReadOnlySpan<byte> text))
            return NoName;
        int name = _names.Find(text);
        if (name != NoName && place < _namesByPlace.Length)
            _namesByPlace[place] = name;
        reader.PassColon();
        return name;
    }

    private bool PassUnknown(ref JsonReader reader, byte* name)
    {
        if (!reader.SkipValue())
            return false;
        Leniency?.TakeUnknown(new ReadOnlySpan<byte>(name, (int)(reader.Next - name)));
        return true;
    }

    private bool PassNull(ref JsonReader reader, int field)
    {
        if (!reader.IsNull())
            return reader.Fail(JsonProblem.Syntax);
        if (!_nullable[field])
            return reader.Fail(JsonProblem.Null);
        _columns[field].AppendNull();
        return true;
    }

    private bool FillMissing(ref JsonReader reader)
    {
        for (int i = 0; i < _columns.Length; i++)
        {
            if (!_fields[i].IsData || _columns[i].Length != _row)
                continue;
            if (!_nullable[i])
            {
                CurrentField = i;
                return reader.Fail(JsonProblem.Missing);
            }

            _columns[i].AppendNull();
        }

        return true;
    }
}
