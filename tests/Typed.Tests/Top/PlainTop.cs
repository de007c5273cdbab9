namespace Typed.Tests.Top;

/// <summary>
/// The first rows of groups as the documentation has them, word by word: all rows of all groups, sorted anew in each batch.
/// </summary>
/// <param name="mode">The output mode.</param>
/// <param name="count">How many rows of a group.</param>
/// <param name="latestFirst">Whether of equal rows the last to arrive is the first.</param>
/// <param name="key">The group of a row; those of equal text are equal.</param>
/// <param name="order">What rows are ordered by; null for rows that are left out.</param>
/// <param name="time">The time by which the group of a row is closed, µs; null for none.</param>
/// <param name="ttl">After how many batches a group without rows is forgotten; null for never.</param>
internal sealed class PlainTop(
    OutputMode mode, int count, bool latestFirst, Func<Bid, string> key, Func<Bid, IComparable?> order, Func<Bid, long?> time, int? ttl = null)
{
    private readonly List<Group> _groups = [];
    private int _batch = -1;

    public long Late { get; private set; }

    public long Removed { get; private set; }

    public long Updated { get; private set; }

    public int Held => _groups.Count;

    public long HeldRows => _groups.Sum(group => Math.Min(count, group.Rows.Count));

    /// <summary>Runs a batch.</summary>
    /// <returns>For each group that is written, its rows in order.</returns>
    public List<List<Bid>> Batch(IEnumerable<Bid> rows, long late, long eviction)
    {
        _batch++;
        Late = 0;
        Removed = _groups.RemoveAll(group => group.Seen + ttl <= _batch);
        bool closes = mode != OutputMode.Complete;
        Dictionary<Group, List<Bid>> before = _groups.ToDictionary(group => group, First);
        foreach (Bid row in rows)
        {
            if (closes && time(row) <= late)
            {
                Late++;
                continue;
            }

            if (order(row) is null)
                continue;
            Group? group = _groups.Find(one => one.Key == key(row));
            if (group is null)
                _groups.Add(group = new Group(key(row), time(row)));
            group.Rows.Add(row);
            group.Seen = _batch;
        }

        // Each row of the tests has a list of its own, so that rows that look alike are told apart.
        List<Group> changed = [.. _groups.Where(group => !First(group).Select(row => row.Tags).SequenceEqual(before.GetValueOrDefault(group, []).Select(row => row.Tags)))];
        List<Group> closed = [.. _groups.Where(group => closes && group.Time <= eviction)];
        Updated = changed.Count;
        Removed += closed.Count;
        List<List<Bid>> written = [.. (mode switch { OutputMode.Append => closed, OutputMode.Update => changed, _ => _groups }).Select(First)];
        _groups.RemoveAll(closed.Contains);
        return written;
    }

    private List<Bid> First(Group group)
    {
        IEnumerable<Bid> rows = latestFirst ? group.Rows.AsEnumerable().Reverse() : group.Rows;
        return [.. rows.OrderByDescending(order).Take(count)];
    }

    private sealed class Group(string key, long? time)
    {
        public string Key { get; } = key;

        public long? Time { get; } = time;

        public List<Bid> Rows { get; } = [];

        public int Seen { get; set; }
    }
}
