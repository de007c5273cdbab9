namespace Typed.Operators;

/// <summary>Pairs of rows with equal keys.</summary>
public readonly unsafe struct JoinPairs
{
    private readonly int* _left;
    private readonly int* _right;

    internal JoinPairs(int* left, int* right, int count)
    {
        _left = left;
        _right = right;
        Count = count;
    }

    /// <summary>The number of pairs.</summary>
    public int Count { get; }

    /// <summary>The row of the left side; of the stream in a join with a table.</summary>
    public int Left(int pair) => _left[pair];

    /// <summary>The row of the right side; of the table in a join with a table.</summary>
    public int Right(int pair) => _right[pair];

    /// <summary>Writes a pair to an earlier place.</summary>
    public void Move(int to, int from)
    {
        _left[to] = _left[from];
        _right[to] = _right[from];
    }
}
