namespace Typed.Operators;

/// <summary>How many rows each slice has had that has an open window, in ascending order.</summary>
internal sealed class SliceRows
{
    private readonly List<(long Slice, long Rows)> _rows = [];

    /// <summary>How many slices there are.</summary>
    public int Count => _rows.Count;

    /// <summary>A slice and its rows.</summary>
    public (long Slice, long Rows) this[int index] => _rows[index];

    /// <summary>Adds rows of a slice.</summary>
    public void Add(long slice, long rows)
    {
        // Nearly always the newest one.
        int index = _rows.Count > 0 && _rows[^1].Slice == slice ? _rows.Count - 1 : Search(slice);
        if (index < _rows.Count && _rows[index].Slice == slice)
            _rows[index] = (slice, _rows[index].Rows + rows);
        else
            _rows.Insert(index, (slice, rows));
    }

    /// <summary>Takes out the slices before one.</summary>
    /// <returns>How many rows they had.</returns>
    public long RemoveBefore(long slice)
    {
        int count = Search(slice);
        long rows = 0;
        for (int i = 0; i < count; i++)
            rows += _rows[i].Rows;
        _rows.RemoveRange(0, count);
        return rows;
    }

    /// <summary>Takes all out.</summary>
    public void Clear() => _rows.Clear();

    private int Search(long slice)
    {
        int low = 0;
        int high = _rows.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_rows[middle].Slice < slice)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
