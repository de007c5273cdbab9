using System.Globalization;
using System.Text;
using Typed.Columns;
using Typed.Connect;

namespace Typed.Schema;

/// <summary>What decoders of JSON lines and of JSON documents share: the parser, the rows, and what is done with malformed records.</summary>
public abstract unsafe class JsonDecoder : IDisposable
{
    /// <summary>How long a record may be by default: 4 MiB.</summary>
    public const int DefaultMaxRecordBytes = 4 << 20;

    private const int ValueInMessages = 60;
    private readonly MalformedPolicy _policy;
    private NativeBuffer? _scratch;
    private long _patched;

    private protected JsonDecoder(JsonRecordParser parser, MalformedPolicy policy, int maxRecordBytes)
    {
        if (policy.Mode == OnMalformed.Permissive
            && parser.Schema.Fields.FirstOrDefault(field => field.IsData && !field.Type.Nullable) is { } required)
        {
            throw new ArgumentException(
                $"OnMalformed.Permissive keeps malformed records with null fields, but {parser.Schema.Name}.{required.Name} is not nullable. "
                + "Declare all fields of the record nullable, or choose OnMalformed.DeadLetter.");
        }

        bool rescues = parser.Schema.Fields.Any(field => field.IsRescuedData);
        JsonLeniency? leniency = rescues || policy.Mode == OnMalformed.Permissive ? new JsonLeniency(rescues) : null;
        parser.Start(leniency);
        Parser = parser;
        _policy = policy;
        Rows = new JsonRows(parser.Schema, leniency, maxRecordBytes);
    }

    /// <summary>The columns that are filled.</summary>
    public RowSchema Schema => Parser.Schema;

    private protected JsonRecordParser Parser { get; }

    private protected JsonRows Rows { get; }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _scratch?.Release();
        _scratch = null;
    }

    private protected void StartRows(ColumnBatch batch)
    {
        Parser.Bind(batch);
        Rows.Bind(batch);
        _patched = Rows.Patched;
    }

    private protected void EndRows(ColumnBatch batch)
    {
        _policy.Count(Rows.Count - batch.Length, Rows.Patched - _patched);
        batch.Length = Rows.Count;
    }

    /// <summary>Takes back what a malformed record has appended, and does with it what the source was told.</summary>
    private protected void TakeMalformed(ref JsonCursor cursor)
    {
        ReadOnlySpan<byte> text = new(cursor.Record, (int)(cursor.RecordEnd - cursor.Record));
        Rows.TakeBack();
        if (_policy.Mode == OnMalformed.Permissive)
            Rows.AddNulls(cursor.Position, text);
        else
            TakeMalformed(cursor.Position, Describe(ref cursor), text);
    }

    private protected void TakeMalformed(long position, string reason, ReadOnlySpan<byte> text) =>
        _policy.Take(Rows.Origin.Path, position, reason, text);

    /// <summary>A copy of a text that ends with a line feed and can be read 64 bytes beyond it.</summary>
    private protected byte* CopyPadded(ReadOnlySpan<byte> text)
    {
        nint needed = (nint)text.Length + 1 + JsonReader.Padding;
        if (_scratch is null || _scratch.Capacity < needed)
        {
            _scratch?.Release();
            _scratch = NativeBuffer.Rent(needed);
        }

        text.CopyTo(new Span<byte>(_scratch.Pointer, text.Length));
        new Span<byte>(_scratch.Pointer + text.Length, 1 + JsonReader.Padding).Fill((byte)'\n');
        return _scratch.Pointer;
    }

    private string Describe(ref JsonCursor cursor)
    {
        Field? field = cursor.ProblemField >= 0 ? Schema.Fields[cursor.ProblemField] : null;
        string at = string.Create(CultureInfo.InvariantCulture, $"byte {cursor.ProblemAt - cursor.Record + 1}");
        string seen = Encoding.UTF8.GetString(new ReadOnlySpan<byte>(cursor.ProblemAt, (int)Math.Clamp(cursor.RecordEnd - cursor.ProblemAt, 0, ValueInMessages)));
        string name = field is null ? "the record" : $"field '{field.WrittenName}' ({field.Type})";
        return cursor.Problem switch
        {
            JsonProblem.Missing => $"{name} is missing and not nullable",
            JsonProblem.Null => $"{name} is null, or holds null, where that is not allowed ({at})",
            JsonProblem.Type when field is null => $"it is not a JSON object ({at}: {seen})",
            JsonProblem.Type => $"{name} has a value of another kind ({at}: {seen})",
            JsonProblem.Range => $"{name} has a value that it cannot hold ({at}: {seen})",
            JsonProblem.Name => $"{name} has a name that the enum does not have ({at}: {seen})",
            JsonProblem.Encoding => $"it is not valid UTF-8, or has half of a surrogate pair (before {at})",
            JsonProblem.Depth => $"arrays and objects stand more than 64 deep ({at})",
            JsonProblem.Trailing => $"something follows the object ({at}: {seen})",
            JsonProblem.Length => string.Create(CultureInfo.InvariantCulture, $"it has {cursor.RecordEnd - cursor.Record} bytes, more than {Rows.MaxRecordBytes}"),
            _ => $"it is not JSON ({at}: {seen})",
        };
    }
}
