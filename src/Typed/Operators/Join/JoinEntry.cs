namespace Typed.Operators;

/// <summary>A stored row as the index sees it; its columns lie in the batch of the bucket.</summary>
internal struct JoinEntry<TKey>
    where TKey : unmanaged
{
    /// <summary>The row has left the state.</summary>
    public const int Dead = 1;

    /// <summary>A match has been found.</summary>
    public const int Matched = 2;

    /// <summary>The row is stored.</summary>
    public const int Stored = 4;

    /// <summary>The match was found after the row was stored, and is not stored yet.</summary>
    public const int MatchedSince = 8;

    /// <summary>A part of its key is null, so that it is not in the index: it never finds a match.</summary>
    public const int Unkeyed = 16;

    /// <summary>The flags take so many bits; above them is when the row was last needed, in the terms of the operator.</summary>
    public const int FlagBits = 8;

    public TKey Key;

    /// <summary>The time that puts the row into its bucket, µs; 0 in the bucket of rows without one.</summary>
    public long Time;

    /// <summary>The row before with the same key; −1 for none.</summary>
    public int Next;

    /// <summary>One more than the number of the row before in the same slice; 0 for none.</summary>
    public int NextInSlice;

    public int Flags;

    /// <summary>What its number is more than the first one of the bucket: it takes the room that alignment would leave empty.</summary>
    public int Number;
}
