namespace Typed.Operators;

/// <summary>Puts the rows of a block in the order of their buckets. Most blocks have rows of one bucket, or of two.</summary>
internal sealed unsafe class JoinGroups
{
    private readonly Dictionary<long, int> _known = [];
    private long[] _numbers = new long[64];
    private int[] _counts = new int[64];
    private int[] _starts = new int[64];

    /// <summary>The number of the bucket of a group.</summary>
    public long Number(int group) => _numbers[group];

    /// <summary>Where the rows of a group begin.</summary>
    public int Start(int group) => _starts[group];

    /// <summary>How many rows a group has.</summary>
    public int Count(int group) => _counts[group];

    /// <summary>Finds the groups; if there is only one, the rows stay where they are.</summary>
    /// <param name="times">By row, µs; the least number for none.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="count">How many rows there are.</param>
    /// <param name="shift">A bucket is two to this many µs long.</param>
    /// <param name="groupOf">Room for a number for each row.</param>
    /// <param name="grouped">The rows, those of one group after the other.</param>
    /// <returns>How many groups there are.</returns>
    public int Split(long* times, int* rows, int count, int shift, int* groupOf, int* grouped)
    {
        int groups = 0;
        int current = -1;
        long number = 0;
        bool isNew = true;
        for (int i = 0; i < count; i++)
        {
            long time = times[rows[i]];
            long next = time == long.MinValue ? long.MinValue : time >> shift;
            if (next != number || isNew)
            {
                (number, isNew) = (next, false);
                if (!_known.TryGetValue(number, out current))
                    current = Add(number, groups++);
            }

            groupOf[i] = current;
            _counts[current]++;
        }

        _known.Clear();
        if (groups == 1)
            return 1;
        for (int group = 0, at = 0; group < groups; group++)
        {
            _starts[group] = at;
            at += _counts[group];
        }

        for (int i = 0; i < count; i++)
            grouped[_starts[groupOf[i]]++] = rows[i];
        for (int group = 0; group < groups; group++)
            _starts[group] -= _counts[group];
        return groups;
    }

    private int Add(long number, int group)
    {
        if (group == _numbers.Length)
        {
            Array.Resize(ref _numbers, group * 2);
            Array.Resize(ref _counts, group * 2);
            Array.Resize(ref _starts, group * 2);
        }

        _known.Add(number, group);
        _numbers[group] = number;
        _counts[group] = 0;
        return group;
    }
}
