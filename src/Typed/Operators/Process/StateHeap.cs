using System.Numerics;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>
/// Native memory for what varies in size: pieces of 16, 32, 64, … bytes. A piece that is given back is used again for one of its size; a
/// large one goes back to the pool of the process.
/// </summary>
internal sealed unsafe class StateHeap : IDisposable
{
    private const int SmallestClass = 4;
    private const int LargestInArena = 16;
    private const int Classes = 31;
    private readonly Arena _arena = new();
    private readonly byte*[] _free = new byte*[LargestInArena + 1];
    private readonly Dictionary<nint, NativeBuffer> _large = [];
    private long _largeBytes;

    /// <summary>Bytes in use or kept for pieces to come.</summary>
    public long MemoryBytes => _arena.CapacityBytes + _largeBytes;

    /// <summary>The class of the smallest piece that holds so many bytes; a piece of class c has 2 to the c bytes.</summary>
    public static int ClassOf(int bytes) => Math.Max(SmallestClass, bytes <= 1 ? 0 : BitOperations.Log2((uint)bytes - 1) + 1);

    /// <summary>A piece, not cleared.</summary>
    /// <exception cref="InvalidOperationException">It would have more than 1 GiB.</exception>
    public byte* Allocate(int sizeClass)
    {
        if (sizeClass >= Classes)
            throw new InvalidOperationException("One state field of one key would exceed 1 GiB. Keep less for a key: give the field a lifetime, or remove what is old.");
        if (sizeClass > LargestInArena)
        {
            NativeBuffer buffer = NativeBuffer.Rent((nint)1 << sizeClass);
            _large[(nint)buffer.Pointer] = buffer;
            _largeBytes += buffer.Capacity;
            return buffer.Pointer;
        }

        byte* piece = _free[sizeClass];
        if (piece == null)
            return _arena.Allocate(1 << sizeClass);
        _free[sizeClass] = *(byte**)piece;
        return piece;
    }

    /// <summary>Gives a piece back.</summary>
    public void Free(byte* piece, int sizeClass)
    {
        if (sizeClass > LargestInArena)
        {
            _large.Remove((nint)piece, out NativeBuffer? buffer);
            _largeBytes -= buffer!.Capacity;
            buffer.Release();
            return;
        }

        *(byte**)piece = _free[sizeClass];
        _free[sizeClass] = piece;
    }

    /// <summary>Takes all pieces back.</summary>
    public void Clear()
    {
        foreach (NativeBuffer buffer in _large.Values)
            buffer.Release();
        _large.Clear();
        _largeBytes = 0;
        Array.Clear(_free);
        _arena.Reset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        _arena.Dispose();
    }
}
