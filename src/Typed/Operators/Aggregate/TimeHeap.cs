using Typed.Columns;

namespace Typed.Operators;

/// <summary>Groups by the time at which they are due, the earliest first and of equal ones the one with the lower number: a binary heap in native memory.</summary>
internal unsafe class TimeHeap : IDisposable
{
    private NativeBuffer? _buffer;

    /// <summary>How many there are.</summary>
    public int Count { get; private protected set; }

    /// <summary>Bytes in use.</summary>
    public long MemoryBytes => _buffer?.Capacity ?? 0;

    /// <summary>The earliest time; only if there is one.</summary>
    public long FirstTime => Entries[0].Time;

    /// <summary>The earliest entry; only if there is one.</summary>
    public (long Time, int Group) First => (Entries[0].Time, Entries[0].Group);

    private protected Entry* Entries => (Entry*)_buffer!.Pointer;

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

        Entry added = new() { Time = time, Group = group };
        Entry* entries = Entries;
        int at = Count++;
        while (at > 0 && added.IsBefore(entries[(at - 1) >> 1]))
        {
            entries[at] = entries[(at - 1) >> 1];
            at = (at - 1) >> 1;
        }

        entries[at] = added;
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
            if (child + 1 < Count && entries[child + 1].IsBefore(entries[child]))
                child++;
            if (!entries[child].IsBefore(last))
                break;
            entries[at] = entries[child];
            at = child;
        }

        entries[at] = last;
        return (first.Time, first.Group);
    }

    /// <summary>Takes all out.</summary>
    public virtual void Clear() => Count = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffer?.Release();
        _buffer = null;
        Clear();
    }

    private protected struct Entry
    {
        public long Time;
        public int Group;

        public readonly bool IsBefore(in Entry other) => Time != other.Time ? Time < other.Time : Group < other.Group;
    }
}
