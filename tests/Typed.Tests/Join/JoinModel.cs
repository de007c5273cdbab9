using Typed.Operators;

namespace Typed.Tests.Join;

/// <summary>A row of either side: a key that may be null, a time that may be null (µs), a number, and whether it can match at all.</summary>
internal sealed record JoinRow(string? Key, long? Time, long Number, bool CanMatch = true);

/// <summary>What a test joins: the kind, the bounds of right time − left time, and what lets state go.</summary>
internal sealed record JoinCase(StreamJoinKind Kind)
{
    public bool NullSafe { get; init; }

    public long? Least { get; init; }

    public long? Greatest { get; init; }

    /// <summary>The time is part of the key, and lets state go (semantics 6.2.1).</summary>
    public bool ByKey { get; init; }

    public long? LeftDelayMillis { get; init; }

    public long? RightDelayMillis { get; init; }

    /// <summary>What the left state watermark never passes (semantics 6.2.9).</summary>
    public long? LeftCapMillis { get; init; }

    public bool HasCanMatch { get; init; }

    /// <summary>How many bytes of text a bucket takes before it gets a neighbour; null for as many as usual.</summary>
    public int? MostTextBytes { get; init; }

    /// <summary>How many rows that have left may stay in a bucket; null for as many as usual.</summary>
    public int? ThinRows { get; init; }

    public bool GivesLeftOnly => Kind is StreamJoinKind.LeftSemi or StreamJoinKind.LeftAnti;

    public bool KeepsLeft => Kind is StreamJoinKind.LeftOuter or StreamJoinKind.FullOuter or StreamJoinKind.LeftAnti;

    public bool KeepsRight => Kind is StreamJoinKind.RightOuter or StreamJoinKind.FullOuter;
}

/// <summary>A join of two streams as the semantics tell it (6.1, 6.2), with nested loops over plain lists.</summary>
internal sealed class JoinModel(JoinCase join)
{
    private readonly List<Stored> _left = [];
    private readonly List<Stored> _right = [];

    public List<(JoinRow? Left, JoinRow? Right)> Output { get; } = [];

    public long Updated { get; private set; }

    public long Removed { get; private set; }

    public long Late { get; private set; }

    /// <summary>Rows that left without a match and without being given.</summary>
    public long Expired { get; private set; }

    public int Total => _left.Count + _right.Count;

    public void Batch(IEnumerable<JoinRow> left, IEnumerable<JoinRow> right, long late, long eviction)
    {
        Output.Clear();
        (Updated, Removed, Late, Expired) = (0, 0, 0, 0);
        foreach (bool isLeft in join.GivesLeftOnly ? [false, true] : (bool[])[true, false])
        {
            foreach (JoinRow row in isLeft ? left : right)
                Take(row, isLeft, late, eviction);
        }

        Evict(_left, Bound(true, eviction), join.KeepsLeft, row => (row, null));
        Evict(_right, Bound(false, eviction), join.KeepsRight, row => (null, row));
    }

    private void Take(JoinRow row, bool isLeft, long late, long eviction)
    {
        bool isKept = isLeft ? join.KeepsLeft : join.KeepsRight;
        if (row.Time <= late)
        {
            Late++;
            return;
        }

        if (join.HasCanMatch && !row.CanMatch)
        {
            if (isKept)
                Output.Add(isLeft ? (row, null) : (null, row));
            return;
        }

        if (!join.NullSafe && (row.Key is null || (join.ByKey && row.Time is null)) && !isKept)
            return;
        List<Stored> others = isLeft ? _right : _left;
        List<Stored> matches = [.. others.Where(other => isLeft ? Fits(row, other.Row) : Fits(other.Row, row))];
        if (!join.GivesLeftOnly)
        {
            Output.AddRange(matches.Select(match => isLeft ? (row, match.Row) : ((JoinRow?)match.Row, (JoinRow?)row)));
            matches.ForEach(match => match.IsMatched = true);
        }
        else if (!isLeft)
        {
            if (join.Kind == StreamJoinKind.LeftSemi)
                Output.AddRange(matches.Select(match => ((JoinRow?)match.Row, (JoinRow?)null)));
            matches.ForEach(match => _left.Remove(match));
            Removed += matches.Count;
        }
        else if (matches.Count > 0)
        {
            matches.ForEach(match => match.IsMatched = true);
            if (join.Kind == StreamJoinKind.LeftSemi)
                Output.Add((row, null));
            return;
        }

        // Of the side that goes second, what is due already and has nothing to tell is not stored (semantics 6.1.6).
        bool isSecond = isLeft == join.GivesLeftOnly;
        if (isSecond && !join.GivesLeftOnly && row.Time <= Bound(isLeft, eviction) && !(isKept && matches.Count == 0))
        {
            Expired += matches.Count == 0 ? 1 : 0;
            return;
        }

        (isLeft ? _left : _right).Add(new Stored(row) { IsMatched = matches.Count > 0 });
        Updated++;
    }

    private void Evict(List<Stored> side, long bound, bool isKept, Func<JoinRow, (JoinRow?, JoinRow?)> alone)
    {
        foreach (Stored stored in side.Where(stored => stored.Row.Time <= bound))
        {
            Removed++;
            if (isKept && !stored.IsMatched)
                Output.Add(alone(stored.Row));
            Expired += isKept || stored.IsMatched ? 0 : 1;
        }

        side.RemoveAll(stored => stored.Row.Time <= bound);
    }

    private long Bound(bool isLeft, long eviction)
    {
        if (join.ByKey)
            return eviction;
        long? bound = eviction - ((isLeft ? join.LeftDelayMillis : join.RightDelayMillis) * 1000);
        if (isLeft && join.LeftCapMillis * 1000 is { } cap)
            bound = bound < cap ? bound : cap;
        return bound ?? long.MinValue;
    }

    private bool Fits(JoinRow left, JoinRow right)
    {
        bool same = left.Key == right.Key && (left.Key is not null || join.NullSafe);
        if (join.ByKey)
            same &= left.Time == right.Time && (left.Time is not null || join.NullSafe);
        if (join.Least is { } least)
            same &= right.Time - left.Time >= least;
        if (join.Greatest is { } greatest)
            same &= right.Time - left.Time <= greatest;
        return same && (left.Number + right.Number) % 7 != 0;
    }

    private sealed class Stored(JoinRow row)
    {
        public JoinRow Row { get; } = row;

        public bool IsMatched { get; set; }
    }
}
