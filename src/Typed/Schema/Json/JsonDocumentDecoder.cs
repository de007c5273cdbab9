using System.Text;
using Typed.Columns;
using Typed.Connect;

namespace Typed.Schema;

/// <summary>
/// From JSON documents to columns: one row for each object of an array, which is the document itself or stands at a path of names in it.
/// A document that is one object and no array, where no path is given, is one row.
/// </summary>
/// <example>
/// <code>
/// decoder.Begin(new RecordOrigin(path, modified), document);
/// while (decoder.Decode(batch, maxRows))              // false when the document is at its end
///     …
/// </code>
/// </example>
public sealed unsafe class JsonDocumentDecoder : JsonDecoder
{
    private readonly byte[][] _path;
    private JsonCursor _cursor;
    private byte* _end;
    private bool _open;
    private bool _single;

    /// <summary>A decoder; it serves one source and is not thread-safe.</summary>
    /// <param name="parser">A parser of the record, as <see cref="IStreamRecord{TSelf}.CreateJsonParser"/> makes it, for this decoder alone.</param>
    /// <param name="policy">What is done with malformed records.</param>
    /// <param name="rows">The names that lead to the array, with dots between them, as in <c>"result.features"</c>; null for the document itself.</param>
    /// <param name="maxRecordBytes">How long a record may be; a longer one is malformed.</param>
    /// <exception cref="ArgumentException">The policy is permissive and a field of the record is not nullable.</exception>
    public JsonDocumentDecoder(JsonRecordParser parser, MalformedPolicy policy, string? rows = null, int maxRecordBytes = DefaultMaxRecordBytes)
        : base(parser, policy, maxRecordBytes) =>
        _path = rows is null ? [] : [.. rows.Split('.').Select(Encoding.UTF8.GetBytes)];

    /// <summary>Takes a document, which is copied, and goes to its rows. One without them is one malformed record.</summary>
    /// <param name="origin">Where it comes from.</param>
    /// <param name="document">The whole text.</param>
    public void Begin(RecordOrigin origin, ReadOnlySpan<byte> document)
    {
        Rows.Origin = origin;
        if (document.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            document = document[3..];
        byte* start = CopyPadded(document);
        _end = start + document.Length;
        _cursor = new JsonCursor { Next = start, End = _end };
        _open = false;
        _single = false;
        JsonReader reader = new(start, _end);
        if (reader.AtEnd())
            return;
        foreach (byte[] name in _path)
        {
            if (!TryEnter(ref reader, name))
            {
                TakeBroken(ref reader, $"it has no array at '{string.Join('.', _path.Select(Encoding.UTF8.GetString))}'");
                return;
            }
        }

        _single = *reader.Next == '{' && _path.Length == 0;
        if (!_single && !reader.BeginList())
        {
            TakeBroken(ref reader, _path.Length == 0 ? "it is neither an array nor an object" : "what stands at the path of the rows is not an array");
            return;
        }

        _open = true;
        _cursor.Next = reader.Next;
    }

    /// <summary>Appends rows and sets the length of the batch.</summary>
    /// <param name="batch">The batch; rows that it has stay.</param>
    /// <param name="maxRows">Where to stop: so many rows in the batch.</param>
    /// <returns>Whether there may be more.</returns>
    /// <exception cref="MalformedRecordException">A record is malformed and the source was told to fail.</exception>
    public bool Decode(ColumnBatch batch, int maxRows)
    {
        if (!_open)
            return false;
        StartRows(batch);
        try
        {
            while (_open && Rows.Count < maxRows && TryFindNext())
            {
                if (!Parser.ReadObject(ref _cursor, Rows))
                    TakeMalformed(ref _cursor);
            }
        }
        finally
        {
            EndRows(batch);
        }

        return _open;
    }

    /// <summary>Goes into the value of a field of an object.</summary>
    private static bool TryEnter(ref JsonReader reader, byte[] name)
    {
        if (!reader.BeginMap())
            return false;
        Span<byte> scratch = stackalloc byte[256];
        while (true)
        {
            reader.SkipSpace();
            if (!reader.TryReadName(scratch, out ReadOnlySpan<byte> found) || !reader.PassColon())
                return false;
            if (found.SequenceEqual(name))
                return true;
            if (!reader.SkipValue())
                return false;
            reader.SkipSpace();
            if (*reader.Next != ',')
                return false;
            reader.Next++;
        }
    }

    /// <summary>Goes from the end of the array to the end of the document.</summary>
    private bool TryLeave(ref JsonReader reader)
    {
        Span<byte> scratch = stackalloc byte[256];
        for (int level = 0; level < _path.Length; level++)
        {
            reader.SkipSpace();
            while (*reader.Next == ',')
            {
                reader.Next++;
                reader.SkipSpace();
                if (!reader.TryReadName(scratch, out _) || !reader.PassColon() || !reader.SkipValue())
                    return false;
                reader.SkipSpace();
            }

            if (*reader.Next != '}')
                return false;
            reader.Next++;
        }

        return reader.AtEnd();
    }

    /// <summary>Finds where the next element starts and ends; its text is valid JSON then.</summary>
    private bool TryFindNext()
    {
        JsonReader reader = new(_cursor.Next, _end);
        reader.SkipSpace();
        if (!_single)
        {
            if (*reader.Next == ']')
            {
                reader.Next++;
                _open = false;
                if (!TryLeave(ref reader))
                    StopAt(ref reader);
                return false;
            }

            if (_cursor.Position > 0)
            {
                if (*reader.Next != ',')
                    return StopAt(ref reader);
                reader.Next++;
                reader.SkipSpace();
            }
        }

        _cursor.Record = reader.Next;
        if (!reader.SkipValue())
            return StopAt(ref reader);
        _cursor.Position++;
        _cursor.RecordEnd = reader.Next;
        _cursor.Next = reader.Next;
        if (_single)
        {
            _open = false;
            if (!reader.AtEnd())
                _cursor.RecordEnd = _end;
        }

        return true;
    }

    private bool StopAt(ref JsonReader reader)
    {
        _cursor.Position++;
        TakeBroken(ref reader, "the document is broken or cut here, and what follows cannot be read");
        return false;
    }

    private void TakeBroken(ref JsonReader reader, string reason)
    {
        _open = false;
        TakeMalformed(_cursor.Position, reason, new ReadOnlySpan<byte>(_cursor.Next, (int)Math.Min(_end - _cursor.Next, MalformedPolicy.MaxText)));
        reader.Next = _end;
    }
}
