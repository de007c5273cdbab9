namespace Typed.Operators;

/// <summary>The stored rows of one side while they come back, in any order: by bucket, until all are there and can be put in order.</summary>
internal sealed class JoinLoading(JoinSide side) : IDisposable
{
    private readonly SortedDictionary<long, List<JoinArrivals>> _buckets = [];
    private readonly List<long> _matched = [];

    /// <summary>Takes the rows of a bucket.</summary>
    public JoinArrivals Bucket(long number)
    {
        if (!_buckets.TryGetValue(number, out List<JoinArrivals>? parts))
            _buckets[number] = parts = [];
        if (parts.Count == 0 || parts[^1].IsFull)
            parts.Add(new JoinArrivals(side));
        return parts[^1];
    }

    /// <summary>Says of a row, which may come later, that it has found a match.</summary>
    public void Match(long id) => _matched.Add(id);

    /// <summary>Says it to the rows.</summary>
    /// <returns>Whether all of them are there.</returns>
    public bool ApplyMatches(int flag)
    {
        if (_matched.Count == 0)
            return true;
        _matched.Sort();
        int found = 0;
        foreach (JoinArrivals part in _buckets.Values.SelectMany(parts => parts))
        {
            foreach (ref JoinArrival row in part.Rows)
            {
                if (_matched.BinarySearch(row.Id) < 0)
                    continue;
                row.Flags |= flag;
                found++;
            }
        }

        bool isAll = found == _matched.Count;
        _matched.Clear();
        return isAll;
    }

    /// <summary>Gives the rows of each bucket away, the earliest first.</summary>
    public IEnumerable<List<JoinArrivals>> TakeBuckets()
    {
        foreach (List<JoinArrivals> parts in _buckets.Values)
        {
            yield return parts;
            parts.ForEach(part => part.Dispose());
            parts.Clear();
        }

        _buckets.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (JoinArrivals part in _buckets.Values.SelectMany(parts => parts))
            part.Dispose();
        _buckets.Clear();
    }
}
