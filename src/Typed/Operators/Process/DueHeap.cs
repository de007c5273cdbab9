using Typed.Columns;

namespace Typed.Operators;

/// <summary>
/// Times at which a key is to be looked at, the earliest first and of equal ones the key with the lower number: a binary heap in native memory. An
/// entry is not taken out when it becomes void; whoever pops one checks it, and <see cref="Compact"/> removes void ones at a constant cost for each.
/// </summary>
internal sealed unsafe class DueHeap : IDisposable
{
    private NativeBuffer? _buffer;

    /// <summary>How many entries there are, void ones included.</summary>
    public int Count { get; private set; }

    /// <summary>How many of them count: kept by who uses the heap, since only that knows which are void.</summary>
    public int Live { get; set; }

    /// <summary>Bytes in use.</summary>
    public long MemoryBytes => _buffer?.Capacity ?? 0;

    /// <summary>The earliest time; only if there is one.</summary>
    public long FirstTime => Entries[0].Time;

    /// <summary>The earliest entry; only if there is one.</summary>
    public (long Time, int Key) First => (Entries[0].Time, Entries[0].Group);

    private Entry* Entries => (Entry*)_buffer!.Pointer;

    /// <summary>Adds an entry.</summary>
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

    /// <summary>Takes the earliest entry out.</summary>
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

    /// <summary>Whether most entries are void.</summary>
    public bool IsWasteful => Count > 1024 + (2L * Live);

    /// <summary>Removes entries for which <paramref name="counts"/> is false, and all but one of equal ones.</summary>
    public void Compact(Func<long, int, bool> counts)
    {
        Span<Entry> all = new(Entries, Count);
        all.Sort(static (a, b) => a.IsBefore(b) ? -1 : b.IsBefore(a) ? 1 : 0);
        int kept = 0;
        foreach (Entry entry in all)
        {
            bool repeats = kept > 0 && all[kept - 1].Time == entry.Time && all[kept - 1].Group == entry.Group;
            if (!repeats && counts(entry.Time, entry.Group))
                all[kept++] = entry;
        }

        Count = kept;
        Live = kept;
    }

    /// <summary>Takes all out.</summary>
    public void Clear() => (Count, Live) = (0, 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffer?.Release();
        _buffer = null;
        Clear();
    }

    private struct Entry
    {
        public long Time;
        public int Group;

        public readonly bool IsBefore(in Entry other) => Time != other.Time ? Time < other.Time : Group < other.Group;
    }
}
