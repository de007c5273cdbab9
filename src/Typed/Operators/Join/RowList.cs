using Typed.Columns;

namespace Typed.Operators;

/// <summary>Numbers of rows in native memory: as many as there are.</summary>
internal sealed unsafe class RowList : IDisposable
{
    private NativeBuffer? _buffer;
    private int _capacity;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The first one.</summary>
    public int* Pointer { get; private set; }

    /// <summary>All of them.</summary>
    public ReadOnlySpan<int> Span => new(Pointer, Count);

    /// <summary>Appends a row.</summary>
    public void Add(int row)
    {
        if (Count == _capacity)
            Grow();
        Pointer[Count++] = row;
    }

    /// <summary>Takes some of the last ones out; they can be read until the next one is added.</summary>
    public ReadOnlySpan<int> TakeLast(int most)
    {
        int count = Math.Min(most, Count);
        Count -= count;
        return new(Pointer + Count, count);
    }

    /// <summary>Takes all out.</summary>
    public void Clear() => Count = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffer?.Release();
        _buffer = null;
        Pointer = null;
        (Count, _capacity) = (0, 0);
    }

    private void Grow()
    {
        NativeBuffer larger = NativeBuffer.Rent(checked((nint)Math.Max(1024, _capacity * 2L) * sizeof(int)));
        if (_buffer is not null)
        {
            Buffer.MemoryCopy(_buffer.Pointer, larger.Pointer, larger.Capacity, (long)Count * sizeof(int));
            _buffer.Release();
        }

        _buffer = larger;
        Pointer = (int*)larger.Pointer;
        _capacity = (int)Math.Min(larger.Capacity / sizeof(int), int.MaxValue);
    }
}
