namespace Typed.Operators;

/// <summary>
/// Which part of a spill area a key goes to: keys that expire near each other lie in one part, which is dropped unread once the watermark has
/// passed all of it.
/// </summary>
/// <remarks>
/// <code>
/// watermark ──┬── part 4 ──┬── part 5 ──┬─ ··· ─┬── part 9 ──┬── ··· ── never: a part of its own
/// </code>
/// A key whose time is not in it may be in any part, so each costs a look-up: parts are few. They are as wide as an eighth or so of the time that the
/// keys in memory still have; where there would be too many, that before is made wider. A key spilled later goes to the part that its time is in.
/// </remarks>
internal sealed class ExpiryParts
{
    /// <summary>The part of keys that never expire.</summary>
    private const long Never = long.MaxValue;

    private const int Most = 12;
    private const int PartsAhead = 6;
    private readonly List<Range> _ranges = [];
    private bool _hasNever;
    private long _width = 1;
    private long _next;

    /// <summary>How many parts there are.</summary>
    public int Count => _ranges.Count + (_hasNever ? 1 : 0);

    /// <summary>A part.</summary>
    public long this[int index] => index < _ranges.Count ? _ranges[index].Part : Never;

    /// <summary>Says how long from the first to the last key expires, but for a few: what new parts are cut by, µs.</summary>
    public void Expect(long span) => _width = (span / PartsAhead) + 1;

    /// <summary>The part for a key that expires at a time.</summary>
    public long For(long expiry)
    {
        if (expiry == Never)
        {
            _hasNever = true;
            return Never;
        }

        int at = IndexOf(expiry);
        if (at >= 0 && expiry < _ranges[at].End)
            return _ranges[at].Part;
        if (_ranges.Count < Most)
        {
            long from = expiry - (expiry % _width);
            if (from > expiry)
                from = from < long.MinValue + _width ? long.MinValue : from - _width;
            long end = from > Never - _width ? Never : from + _width;
            from = at >= 0 ? Math.Max(from, _ranges[at].End) : from;
            end = at + 1 < _ranges.Count ? Math.Min(end, _ranges[at + 1].From) : end;
            _ranges.Insert(++at, new Range(_next++, from, end));
        }
        else if (at >= 0)
        {
            _ranges[at] = _ranges[at] with { End = expiry + 1 };
        }
        else
        {
            _ranges[++at] = _ranges[0] with { From = expiry };
        }

        return _ranges[at].Part;
    }

    /// <summary>The part in which a key that expires at a time would be.</summary>
    public bool TryFind(long expiry, out long part)
    {
        part = Never;
        if (expiry == Never)
            return _hasNever;
        int at = IndexOf(expiry);
        if (at < 0 || expiry >= _ranges[at].End)
            return false;
        part = _ranges[at].Part;
        return true;
    }

    /// <summary>Takes the first part out if the watermark has passed all of it.</summary>
    public bool TryDrop(long watermark, out long part)
    {
        part = _ranges.Count > 0 ? _ranges[0].Part : Never;
        if (_ranges.Count == 0 || _ranges[0].End - 1 > watermark)
            return false;
        _ranges.RemoveAt(0);
        return true;
    }

    /// <summary>Forgets all parts.</summary>
    public void Clear()
    {
        _ranges.Clear();
        _hasNever = false;
    }

    /// <summary>The last part that begins at or before a time; −1 if there is none.</summary>
    private int IndexOf(long expiry)
    {
        int at = _ranges.Count - 1;
        while (at >= 0 && _ranges[at].From > expiry)
            at--;
        return at;
    }

    private readonly record struct Range(long Part, long From, long End);
}
