namespace Typed.Files;

/// <summary>What a <see cref="LineReader"/> came to.</summary>
internal enum LineKind
{
    /// <summary>A line.</summary>
    Line,

    /// <summary>A line that is longer than the bound; only its beginning is there, the rest was passed over.</summary>
    TooLong,

    /// <summary>The end of the file.</summary>
    End,
}

/// <summary>Lines of a file, straight from the window: ended by a line feed, with or without a carriage return, or by the end of the file.</summary>
internal sealed unsafe class LineReader(int maxBytes) : IDisposable
{
    private readonly ByteWindow _window = new();
    private bool _skipping;
    private int _used;

    /// <summary>The first byte of the line; it lives until the next one is asked for.</summary>
    internal byte* Start { get; private set; }

    /// <summary>The bytes of the line without its end.</summary>
    internal int Length { get; private set; }

    /// <summary>The number of the line, from 1.</summary>
    internal long Number { get; private set; }

    /// <summary>Whether the line ended with a line feed; the last one of a file that is still being written may not.</summary>
    internal bool IsWhole { get; private set; }

    internal ReadOnlySpan<byte> Span => new(Start, Length);

    internal void Begin(OpenFile file)
    {
        _window.Begin(file);
        (_skipping, _used, Number) = (false, 0, 0);
    }

    internal LineKind Next()
    {
        _window.Skip(_used);
        _used = 0;
        int scanned = 0;
        while (true)
        {
            int feed = _window.Unread[scanned..].IndexOf((byte)'\n');
            if (feed < 0 && !_window.AtEnd)
            {
                // A line that is passed over is not kept, so that its length takes no memory.
                scanned = _window.Available;
                if (_skipping)
                    _window.Skip(scanned);
                else if (scanned > maxBytes)
                    return TooLong();
                if (_skipping)
                    scanned = 0;
                _window.Fill();
                continue;
            }

            int length = feed < 0 ? _window.Available : scanned + feed;
            if (feed < 0 && length == 0)
                return LineKind.End;
            if (_skipping)
            {
                _window.Skip(feed < 0 ? length : length + 1);
                _skipping = false;
                scanned = 0;
                continue;
            }

            if (length > maxBytes)
                return TooLong();
            Number++;
            (IsWhole, _used) = (feed >= 0, feed < 0 ? length : length + 1);
            Start = _window.Pointer;
            Length = length > 0 && Start[length - 1] == '\r' ? length - 1 : length;
            return LineKind.Line;
        }
    }

    public void Dispose() => _window.Dispose();

    private LineKind TooLong()
    {
        Number++;
        _skipping = true;
        Start = _window.Pointer;
        Length = Math.Min(maxBytes, Connect.MalformedPolicy.MaxText);
        return LineKind.TooLong;
    }
}
