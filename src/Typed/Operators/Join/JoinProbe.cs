namespace Typed.Operators;

/// <summary>The rows of a batch that look for a match: keys, hashes and times by row, and which rows.</summary>
internal readonly unsafe struct JoinProbe<TKey>(TKey* keys, uint* hashes, long* times, int* found, int* rows, int count, long least, long greatest)
    where TKey : unmanaged
{
    public readonly TKey* Keys = keys;
    public readonly uint* Hashes = hashes;
    public readonly long* Times = times;
    public readonly int* Found = found;
    public readonly int* Rows = rows;
    public readonly int Count = count;

    /// <summary>Stored time − time of the row, µs: the least and the greatest that are of interest.</summary>
    public readonly long Least = least;
    public readonly long Greatest = greatest;

    /// <summary>Some of the rows.</summary>
    public JoinProbe<TKey> Part(int start, int length) => new(Keys, Hashes, Times, Found, Rows + start, length, Least, Greatest);
}

/// <summary>How far a search has come: it stops when the room for pairs is full.</summary>
internal struct JoinCursor()
{
    public int Position = 0;
    public int Fetched = 0;
    public int Row = 0;
    public int Chain = -1;
    public int Before = -1;
}
