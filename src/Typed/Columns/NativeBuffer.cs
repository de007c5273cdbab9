using System.Runtime.InteropServices;

namespace Typed.Columns;

/// <summary>
/// A reference-counted piece of native memory: 64-byte aligned, as Arrow asks for, a power of two long and pooled by
/// size. The content is not cleared. The holder of the last reference gives it back with <see cref="Release"/>.
/// </summary>
public sealed unsafe class NativeBuffer
{
    // A hash table of millions of keys is read at places far apart: with pages of 2 MiB few of these places miss the processor's page cache.
    private const nuint HugePage = 2 << 20;
    private const nint HugeBytes = 4 << 20;
    private const int AdviceHugePages = 14;
    private const int AdviceNotNeeded = 4;
    private static readonly delegate* unmanaged<void*, nuint, int, int> s_advise = FindAdvise();

    private int _references;

    internal NativeBuffer(int sizeClass)
    {
        SizeClass = sizeClass;
        Capacity = (nint)1 << sizeClass;
        bool isHuge = s_advise != null && Capacity >= HugeBytes;
        Pointer = (byte*)NativeMemory.AlignedAlloc((nuint)Capacity, isHuge ? HugePage : 64);

        // An advice only: where it is not taken, memory is as it would be without.
        if (isHuge)
            _ = s_advise(Pointer, (nuint)Capacity, AdviceHugePages);
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

    /// <summary>Gives one reference back; the last one frees the memory: for what is too large to be kept for others.</summary>
    internal void Discard()
    {
        int left = Interlocked.Decrement(ref _references);
        if (left == 0)
            BufferPool.Discard(this);
        else if (left < 0)
            throw new InvalidOperationException("A native buffer was released more often than it was referenced.");
    }

    /// <summary>
    /// Gives memory back to the system while the addresses stay: what was there is lost, and memory is there again once it is written. Where the system
    /// cannot, nothing happens; nor to a small buffer, which shares its pages.
    /// </summary>
    internal void GiveBackPages(nint from, nint bytes)
    {
        if (s_advise == null || Capacity < HugeBytes)
            return;
        nuint first = ((nuint)from + HugePage - 1) & ~(HugePage - 1);
        nuint end = (nuint)Math.Min(Capacity, from + bytes) & ~(HugePage - 1);
        if (end > first)
            _ = s_advise(Pointer + first, end - first, AdviceNotNeeded);
    }

    internal void Revive() => _references = 1;

    internal void Free() => NativeMemory.AlignedFree(Pointer);

    // Taken from the process itself, which has the C library of its platform, whatever the file of that is called.
    private static delegate* unmanaged<void*, nuint, int, int> FindAdvise() =>
        OperatingSystem.IsLinux() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "madvise", out nint function)
            ? (delegate* unmanaged<void*, nuint, int, int>)function
            : null;
}
