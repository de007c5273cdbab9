namespace Typed.Operators;

/// <summary>
/// What one key keeps in one field that varies in size: bytes in a piece of native memory. All zero bits is an absent one. 16 bytes.
/// </summary>
public unsafe struct StateCell
{
    internal byte* Pointer;
    internal int Length;
    internal int SizeClass;

    /// <summary>Whether nothing is kept.</summary>
    public readonly bool IsEmpty => Pointer == null;

    internal readonly ReadOnlySpan<byte> Span => new(Pointer, Length);

    internal readonly int Capacity => Pointer == null ? 0 : 1 << SizeClass;

    /// <summary>Makes room for so many bytes; what is there stays.</summary>
    internal void Reserve(int bytes, StateHeap heap)
    {
        if (bytes <= Capacity)
            return;
        int sizeClass = StateHeap.ClassOf(bytes);
        byte* larger = heap.Allocate(sizeClass);
        if (Pointer != null)
        {
            Span.CopyTo(new Span<byte>(larger, Length));
            heap.Free(Pointer, SizeClass);
        }

        Pointer = larger;
        SizeClass = sizeClass;
    }

    /// <summary>Replaces what is kept.</summary>
    internal void Set(ReadOnlySpan<byte> bytes, StateHeap heap)
    {
        // A piece that would be less than a quarter full is given back.
        if (Pointer != null && StateHeap.ClassOf(bytes.Length) + 2 <= SizeClass)
            Free(heap);
        Length = 0;
        Reserve(Math.Max(bytes.Length, 1), heap);
        bytes.CopyTo(new Span<byte>(Pointer, bytes.Length));
        Length = bytes.Length;
    }

    /// <summary>Gives the memory back: nothing is kept.</summary>
    internal void Free(StateHeap heap)
    {
        if (Pointer != null)
            heap.Free(Pointer, SizeClass);
        this = default;
    }
}
