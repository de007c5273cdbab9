namespace Typed.Operators;

/// <summary>A stored row as the index sees it; its columns lie in the batch of the bucket.</summary>
internal struct JoinEntry<TKey>
    where TKey : unmanaged
{
    /// <summary>The row has left the state.</summary>
    public const int Dead = 1;

    /// <summary>A match has been found.</summary>
    public const int Matched = 2;

    public TKey Key;

    /// <summary>The time that puts the row into its bucket, µs; 0 in the bucket of rows without one.</summary>
    public long Time;

    /// <summary>The row before with the same key; −1 for none.</summary>
    public int Next;

    /// <summary>One more than the number of the row before in the same slice; 0 for none.</summary>
    public int NextInSlice;

    public int Flags;
}
