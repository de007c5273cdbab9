using System.Buffers;

namespace Typed.Files;

/// <summary>What a <see cref="CsvScanner"/> came to.</summary>
internal enum CsvKind
{
    /// <summary>A record.</summary>
    Record,

    /// <summary>A record that is broken; <see cref="CsvScanner.Problem"/> says how.</summary>
    Broken,

    /// <summary>The end of the file.</summary>
    End,
}

/// <summary>One value of a CSV record: where it is and whether it has to be unquoted.</summary>
/// <param name="Start">The first byte after the beginning of the record, and after the quote.</param>
/// <param name="Length">The number of bytes, without quotes around.</param>
/// <param name="Quoted">Whether it stood in quotes.</param>
/// <param name="Escaped">Whether it holds quotes or escapes that have to be undone.</param>
internal readonly record struct CsvValue(int Start, int Length, bool Quoted, bool Escaped);

/// <summary>
/// Cuts CSV (RFC 4180) into records and values without copying them. A line break inside quotes belongs to the value; a quote inside a value
/// that does not begin with one is an ordinary character; blank lines are passed over. A record that never ends its quotes is broken up to the end
/// of the file or up to the first line break after its greatest length.
/// </summary>
internal sealed unsafe class CsvScanner(CsvReadOptions options) : IDisposable
{
    private readonly ByteWindow _window = new();
    private readonly byte _separator = (byte)options.Separator;
    private readonly byte _quote = (byte)options.Quote;
    private readonly byte _escape = (byte)(options.Escape ?? options.Quote);
    private readonly SearchValues<byte> _plainEnds = SearchValues.Create([(byte)options.Separator, (byte)'\n', (byte)'\r']);
    private CsvValue[] _values = new CsvValue[64];
    private long _nextLine;
    private int _used;
    private bool _skipping;

    /// <summary>How many values the record has.</summary>
    internal int Count { get; private set; }

    /// <summary>The line on which the record begins, from 1.</summary>
    internal long Line { get; private set; }

    /// <summary>What is wrong with a broken record.</summary>
    internal string Problem { get; private set; } = "";

    /// <summary>The text of the record, or its beginning if it is broken; it lives until the next one is asked for.</summary>
    internal ReadOnlySpan<byte> Text => _window.Unread[.._used];

    internal CsvValue this[int index] => _values[index];

    internal void Begin(OpenFile file)
    {
        _window.Begin(file);
        (_nextLine, _used, _skipping) = (1, 0, false);
    }

    /// <summary>The bytes of a value as they stand in the file.</summary>
    internal ReadOnlySpan<byte> Raw(CsvValue value) => Text.Slice(value.Start, value.Length);

    internal CsvKind Next()
    {
        while (true)
        {
            _window.Skip(_used);
            _used = 0;
            if (_skipping && !SkipLine())
                return CsvKind.End;
            if (_window.Available == 0 && !_window.Fill())
                return CsvKind.End;
            byte first = *_window.Pointer;
            if (first is (byte)'\n' or (byte)'\r')
            {
                // \r\n is passed in two steps; it is the feed that counts, or a return that none follows.
                if (first == '\r' && _window.Available == 1)
                    _window.Fill();
                if (first == '\n' || _window.Available == 1 || _window.Pointer[1] != '\n')
                    _nextLine++;
                _used = 1;
                continue;
            }

            if (options.Comment is { } comment && first == comment)
            {
                Line = _nextLine;
                _skipping = true;
                continue;
            }

            return Record();
        }
    }

    public void Dispose() => _window.Dispose();

    /// <summary>Cuts the record at the front of the window, reading on until it is whole.</summary>
    private CsvKind Record()
    {
        Line = _nextLine;
        while (true)
        {
            int length = Cut(_window.Unread, out int breaks);
            if (length >= 0)
            {
                if (length > options.MaxRecordBytes)
                    return Broken("the record is longer than MaxRecordBytes", length, breaks);
                _used = length;
                _nextLine += breaks;
                return Problem.Length == 0 ? CsvKind.Record : Broken(Problem, length, breaks: 0);
            }

            if (_window.Available > options.MaxRecordBytes)
            {
                // The line break after the bound, wherever the quotes stand, is where reading goes on.
                int read = _window.Available;
                int lines = _window.Unread.Count((byte)'\n');
                _skipping = true;
                return Broken("the record is longer than MaxRecordBytes", read, lines);
            }

            if (!_window.Fill())
                return Broken("the file ends inside quotes", _window.Available, _window.Unread.Count((byte)'\n'));
        }
    }

    private CsvKind Broken(string problem, int length, int breaks)
    {
        Problem = problem;
        _used = length;
        _nextLine += breaks;
        return CsvKind.Broken;
    }

    /// <summary>Passes over the rest of a line.</summary>
    /// <returns>False at the end of the file.</returns>
    private bool SkipLine()
    {
        while (true)
        {
            int feed = _window.Unread.IndexOf((byte)'\n');
            if (feed >= 0)
            {
                _window.Skip(feed + 1);
                _nextLine++;
                _skipping = false;
                return true;
            }

            _window.Skip(_window.Available);
            if (!_window.Fill())
                return false;
        }
    }

    /// <summary>Finds the values of the record at the front of a text.</summary>
    /// <param name="text">What is known of the file.</param>
    /// <param name="breaks">How many line breaks the record holds.</param>
    /// <returns>Its length without its end; −1 if the text ends before it does.</returns>
    private int Cut(ReadOnlySpan<byte> text, out int breaks)
    {
        Count = 0;
        Problem = "";
        breaks = 0;
        int at = 0;
        while (true)
        {
            int end = at < text.Length && text[at] == _quote ? CutQuoted(text, at, ref breaks) : CutPlain(text, at);
            if (end < 0 || (end == text.Length && !_window.AtEnd))
                return -1;
            if (end == text.Length || text[end] != _separator)
                return end;
            at = end + 1;
        }
    }

    private int CutPlain(ReadOnlySpan<byte> text, int at)
    {
        int length = text[at..].IndexOfAny(_plainEnds);
        if (length < 0)
            length = text.Length - at;
        Add(new CsvValue(at, length, Quoted: false, Escaped: false));
        return at + length;
    }

    private int CutQuoted(ReadOnlySpan<byte> text, int at, ref int breaks)
    {
        int start = at + 1;
        bool escaped = false;
        at = start;
        while (true)
        {
            int next = _escape == _quote ? text[at..].IndexOf(_quote) : text[at..].IndexOfAny(_quote, _escape);
            if (next < 0)
                return -1;
            at += next;
            if (at + 1 == text.Length && !_window.AtEnd)
                return -1;
            bool pair = at + 1 < text.Length && (text[at] != _quote || (_escape == _quote && text[at + 1] == _quote));
            if (!pair)
                break;
            escaped = true;
            at += 2;
        }

        if (text[at] != _quote)
            return -1;
        Add(new CsvValue(start, at - start, Quoted: true, escaped));
        breaks += text[start..at].Count((byte)'\n');
        at++;
        if (at < text.Length && text[at] != _separator && text[at] is not ((byte)'\n' or (byte)'\r'))
        {
            Problem = "a value goes on after its closing quote";
            int rest = text[at..].IndexOfAny(_plainEnds);
            at = rest < 0 ? text.Length : at + rest;
        }

        return at;
    }

    private void Add(CsvValue value)
    {
        if (Count == options.MaxColumns)
        {
            Problem = "the record has more than MaxColumns columns";
            return;
        }

        if (value.Length > options.MaxFieldBytes)
            Problem = "a value is longer than MaxFieldBytes";
        if (Count == _values.Length)
            Array.Resize(ref _values, Count * 2);
        _values[Count++] = value;
    }
}
