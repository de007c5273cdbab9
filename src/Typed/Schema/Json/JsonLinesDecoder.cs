using System.Globalization;
using Typed.Columns;
using Typed.Connect;

namespace Typed.Schema;

/// <summary>
/// From JSON lines to columns: one object on each line, empty lines passed over. Feed it a file piece by piece:
/// </summary>
/// <example>
/// <code>
/// decoder.Begin(new RecordOrigin(path, modified));
/// while (…)                                            // text: what is left from last time, and more
///     text = text[decoder.Decode(text, isLast, batch, maxRows)..];
/// </code>
/// </example>
public sealed unsafe class JsonLinesDecoder : JsonDecoder
{
    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    private JsonCursor _cursor;
    private bool _atStart;
    private bool _skipping;

    /// <summary>A decoder; it serves one source and is not thread-safe.</summary>
    /// <param name="parser">A parser of the record, as <see cref="IStreamRecord{TSelf}.CreateJsonParser"/> makes it, for this decoder alone.</param>
    /// <param name="policy">What is done with malformed records.</param>
    /// <param name="maxRecordBytes">How long a line may be; a longer one is malformed.</param>
    /// <exception cref="ArgumentException">The policy is permissive and a field of the record is not nullable.</exception>
    public JsonLinesDecoder(JsonRecordParser parser, MalformedPolicy policy, int maxRecordBytes = DefaultMaxRecordBytes)
        : base(parser, policy, maxRecordBytes)
    {
    }

    /// <summary>The number of the line that was read last, from 1.</summary>
    public long Line => _cursor.Position;

    /// <summary>Starts a file. A byte order mark at its start is passed over.</summary>
    /// <param name="origin">Where the lines come from.</param>
    /// <param name="lines">How many lines of it were read before.</param>
    public void Begin(RecordOrigin origin, long lines = 0)
    {
        Rows.Origin = origin;
        _cursor = new JsonCursor { Position = lines };
        _atStart = lines == 0;
        _skipping = false;
    }

    /// <summary>Appends a row for each whole line at the start of a text and sets the length of the batch.</summary>
    /// <param name="text">The text from where the last call stopped.</param>
    /// <param name="isLast">Whether nothing follows, so that a line without a line feed counts too.</param>
    /// <param name="batch">The batch; rows that it has stay.</param>
    /// <param name="maxRows">Where to stop: so many rows in the batch.</param>
    /// <returns>How many bytes were used. Fewer than there are whole lines only where the batch is full.</returns>
    /// <exception cref="MalformedRecordException">A line is malformed and the source was told to fail.</exception>
    public int Decode(ReadOnlySpan<byte> text, bool isLast, ColumnBatch batch, int maxRows)
    {
        int start = 0;
        if (_atStart)
        {
            if (text.Length < Mark.Length && !isLast && Mark.StartsWith(text))
                return 0;
            _atStart = false;
            if (text.StartsWith(Mark))
                start = Mark.Length;
        }

        if (_skipping)
        {
            int feed = text[start..].IndexOf((byte)'\n');
            if (feed < 0)
                return text.Length;
            _skipping = false;
            start += feed + 1;
        }

        int whole = isLast ? text.Length : text.LastIndexOf((byte)'\n') + 1;
        if (whole <= start)
            return start + PassTooLong(text[start..]);

        // Lines that end at least 64 bytes before the end of the text are read where they stand; the others from a copy that can be read
        // beyond its end.
        int direct = text.Length > JsonReader.Padding ? text[..^JsonReader.Padding].LastIndexOf((byte)'\n') + 1 : 0;
        StartRows(batch);
        try
        {
            if (start < direct)
            {
                fixed (byte* first = text)
                    start += ReadRegion(first + start, direct - start, maxRows);
            }

            if (start >= direct && start < whole && Rows.Count < maxRows)
                start += Math.Min(whole - start, ReadRegion(CopyPadded(text[start..whole]), whole - start + (text[whole - 1] == '\n' ? 0 : 1), maxRows));
        }
        finally
        {
            EndRows(batch);
        }

        return start;
    }

    private int ReadRegion(byte* start, int length, int maxRows)
    {
        _cursor.Next = start;
        _cursor.End = start + length;
        while (Parser.ReadLines(ref _cursor, Rows, maxRows) == JsonPause.Malformed)
            TakeMalformed(ref _cursor);
        return (int)(_cursor.Next - start);
    }

    /// <summary>A line that is too long is given up at once, so that no more of it has to be kept than its start.</summary>
    private int PassTooLong(ReadOnlySpan<byte> text)
    {
        if (text.Length <= Rows.MaxRecordBytes)
            return 0;
        _cursor.Position++;
        _skipping = true;
        TakeMalformed(_cursor.Position, string.Create(CultureInfo.InvariantCulture, $"its line has more than {Rows.MaxRecordBytes} bytes"), text);
        return text.Length;
    }
}
