using System.Runtime.InteropServices;

namespace Typed.Columns;

/// <summary>
/// A reference-counted piece of native memory: 64-byte aligned, as Arrow asks for, a power of two long and pooled by
/// size. The content is not cleared. The holder of the last reference gives it back with <see cref="Release"/>.
/// </summary>
public sealed unsafe class NativeBuffer
{
    private int _references;

    internal NativeBuffer(int sizeClass)
    {
        SizeClass = sizeClass;
        Capacity = (nint)1 << sizeClass;
        Pointer = (byte*)NativeMemory.AlignedAlloc((nuint)Capacity, 64);
    }

    /// <summary>The first byte.</summary>
    public byte* Pointer { get; }

    /// <summary>The number of bytes.</summary>
    public nint Capacity { get; }

    internal int SizeClass { get; }

    /// <summary>The next one in the pool, while it is there.</summary>
    internal NativeBuffer? NextFree { get; set; }

    /// <summary>A buffer of at least <paramref name="bytes"/> bytes with one reference.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is negative or above 2³⁶.</exception>
    public static NativeBuffer Rent(nint bytes) => BufferPool.Rent(bytes);

    /// <summary>Takes one more reference.</summary>
    public NativeBuffer AddReference()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    /// <summary>Gives one reference back; the last one returns the memory to the pool.</summary>
    /// <exception cref="InvalidOperationException">The buffer was given back already.</exception>
    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        if (left == 0)
            BufferPool.Return(this);
        else if (left < 0)
            throw new InvalidOperationException("A native buffer was released more often than it was referenced.");
    }

    internal void Revive() => _references = 1;

    internal void Free() => NativeMemory.AlignedFree(Pointer);
}
