namespace Typed.Operators;

/// <summary>How much of one side of a join is in the spill area, by bucket.</summary>
internal sealed class JoinSpilled
{
    private readonly SortedList<long, Part> _parts = [];

    /// <summary>Whether nothing is there.</summary>
    public bool IsEmpty => _parts.Count == 0;

    /// <summary>The numbers of the buckets of which something is there, ascending.</summary>
    public IList<long> Numbers => _parts.Keys;

    /// <summary>Whether something of a bucket is there.</summary>
    public bool Has(long number) => _parts.ContainsKey(number);

    /// <summary>How many rows of a bucket are there, and how many of them have found a match.</summary>
    public (long Rows, long Matched) Of(long number) => _parts.TryGetValue(number, out Part? part) ? (part.Rows, part.Matched) : default;

    /// <summary>Counts rows that go there, or, as numbers below 0, that come back.</summary>
    public void Add(long number, long rows, long matched)
    {
        if (!_parts.TryGetValue(number, out Part? part))
            _parts.Add(number, part = new Part());
        part.Rows += rows;
        part.Matched += matched;
        if (part.Rows == 0)
            _parts.Remove(number);
    }

    /// <summary>The place of the first bucket whose number is not below <paramref name="number"/>.</summary>
    public int FirstFrom(long number)
    {
        int low = 0;
        int high = _parts.Count;
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (_parts.Keys[middle] < number)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>Forgets a bucket.</summary>
    public void Remove(long number) => _parts.Remove(number);

    /// <summary>Forgets all.</summary>
    public void Clear() => _parts.Clear();

    private sealed class Part
    {
        public long Rows;
        public long Matched;
    }
}
