using Typed.Columns;

namespace Typed.Operators;

/// <summary>Groups by the time at which they are due, the earliest first: a binary heap in native memory.</summary>
internal sealed unsafe class TimeHeap : IDisposable
{
    private NativeBuffer? _buffer;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes in use.</summary>
    public long MemoryBytes => _buffer?.Capacity ?? 0;

    /// <summary>The earliest time; only if there is one.</summary>
    public long FirstTime => Entries[0].Time;

    private Entry* Entries => (Entry*)_buffer!.Pointer;

    /// <summary>Adds a group.</summary>
    public void Push(long time, int group)
    {
        if (_buffer is null || (Count + 1L) * sizeof(Entry) > _buffer.Capacity)
        {
            NativeBuffer larger = NativeBuffer.Rent(checked((nint)Math.Max(1024, Count * 2L * sizeof(Entry))));
            if (_buffer is not null)
            {
                Buffer.MemoryCopy(_buffer.Pointer, larger.Pointer, larger.Capacity, (long)Count * sizeof(Entry));
                _buffer.Release();
            }

            _buffer = larger;
        }

        Entry* entries = Entries;
        int at = Count++;
        while (at > 0 && entries[(at - 1) >> 1].Time > time)
        {
            entries[at] = entries[(at - 1) >> 1];
            at = (at - 1) >> 1;
        }

        entries[at] = new Entry { Time = time, Group = group };
    }

    /// <summary>Takes the earliest group out.</summary>
    public (long Time, int Group) Pop()
    {
        Entry* entries = Entries;
        Entry first = entries[0];
        Entry last = entries[--Count];
        int at = 0;
        while (true)
        {
            int child = (at * 2) + 1;
            if (child >= Count)
                break;
            if (child + 1 < Count && entries[child + 1].Time < entries[child].Time)
                child++;
            if (entries[child].Time >= last.Time)
                break;
            entries[at] = entries[child];
            at = child;
        }

        entries[at] = last;
        return (first.Time, first.Group);
    }

    /// <summary>Takes all out.</summary>
    public void Clear() => Count = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffer?.Release();
        _buffer = null;
        Count = 0;
    }

    private struct Entry
    {
        public long Time;
        public int Group;
    }
}
