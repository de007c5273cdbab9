using Typed.Columns;

namespace Typed.Operators;

/// <summary>
/// What a join works on: a block of rows of a batch, by its place in the block, and room for pairs. One piece of memory, made once.
/// </summary>
internal sealed unsafe class JoinMemory<TKey> : IDisposable
    where TKey : unmanaged
{
    /// <summary>Batches are taken in blocks of so many rows, which stay in the cache.</summary>
    public const int BlockRows = 4096;

    /// <summary>Pairs go out in parts of so many.</summary>
    public const int PairRoom = 8192;

    private readonly NativeBuffer _buffer;

    public JoinMemory()
    {
        const int PerRow = sizeof(uint) + (2 * sizeof(long)) + (7 * sizeof(int)) + sizeof(byte);
        _buffer = NativeBuffer.Rent((BlockRows * (sizeof(TKey) + PerRow)) + (PairRoom * 2 * sizeof(int)) + (64 * 18));
        byte* next = _buffer.Pointer;
        Keys = (TKey*)Piece(ref next, BlockRows * sizeof(TKey));
        Times = (long*)Piece(ref next, BlockRows * sizeof(long));
        Hashes = (uint*)Piece(ref next, BlockRows * sizeof(uint));
        Found = (int*)Piece(ref next, BlockRows * sizeof(int));
        Rows = (int*)Piece(ref next, BlockRows * sizeof(int));
        Grouped = (int*)Piece(ref next, BlockRows * sizeof(int));
        GroupOf = (int*)Piece(ref next, BlockRows * sizeof(int));
        Picks = (int*)Piece(ref next, BlockRows * sizeof(int));
        Near = (int*)Piece(ref next, BlockRows * sizeof(int));
        Matched = Piece(ref next, BlockRows);
        Numbers = (long*)Piece(ref next, BlockRows * sizeof(long));
        Flags = (int*)Piece(ref next, BlockRows * sizeof(int));
        PairRows = (int*)Piece(ref next, PairRoom * sizeof(int));
        PairStored = (int*)Piece(ref next, PairRoom * sizeof(int));
    }

    public TKey* Keys { get; }

    /// <summary>By row: what puts it into a bucket, µs; 0 where there is nothing.</summary>
    public long* Times { get; }

    public uint* Hashes { get; }

    /// <summary>By row: −1 where a key is null.</summary>
    public int* Found { get; }

    /// <summary>The rows of the block that take part.</summary>
    public int* Rows { get; }

    /// <summary>The same rows, those of one bucket after the other.</summary>
    public int* Grouped { get; }

    public int* GroupOf { get; }

    public int* Picks { get; }

    /// <summary>The rows of a group that a bucket may have matches for.</summary>
    public int* Near { get; }

    /// <summary>By row: 1 where a match was found.</summary>
    public byte* Matched { get; }

    /// <summary>By row, where rows have been here before: their numbers.</summary>
    public long* Numbers { get; }

    /// <summary>By row, where rows have been here before: their flags.</summary>
    public int* Flags { get; }

    public int* PairRows { get; }

    public int* PairStored { get; }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Release();

    private static byte* Piece(ref byte* next, int bytes)
    {
        byte* piece = next;
        next += (bytes + 63) & ~63;
        return piece;
    }
}
