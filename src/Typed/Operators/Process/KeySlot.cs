namespace Typed.Operators;

/// <summary>What is in the table for a key, beside the key.</summary>
/// <typeparam name="TState">The state fields.</typeparam>
internal struct KeySlot<TState>
    where TState : unmanaged
{
    /// <summary>A key that has come just now: no rows, no timers, no state.</summary>
    public static KeySlot<TState> Empty => new() { First = -1, Timers = KeyTimers.None };

    /// <summary>The first row of the key in the running micro-batch; −1 for none. The next ones follow in a list of their own.</summary>
    public int First;

    /// <summary>The last row of the key in the running micro-batch.</summary>
    public int Last;

    /// <summary>How many rows the key has in the running micro-batch.</summary>
    public int Rows;

    /// <summary>The micro-batch in which the key was last counted as updated.</summary>
    public uint Updated;

    /// <summary>What has changed since it was stored: the bits of members, and one for the timers.</summary>
    public uint Changes;

    /// <summary>Of what there are stored entries that go when the key goes.</summary>
    public uint Stored;

    /// <summary>The greater, the later the key began to wait for something; kept until it does so again.</summary>
    public long Order;

    /// <summary>Whether the key was kept after a call: one that was not leaves nothing when it goes.</summary>
    public bool IsKept;

    /// <summary>Whether the initial state has had a row for the key.</summary>
    public bool HasInitial;

    /// <summary>What it waits for.</summary>
    public KeyTimers Timers;

    /// <summary>The state fields.</summary>
    public TState State;
}

/// <summary>The times that a key waits for, the earliest first. The first is here; when there are more they are in a piece of memory. 16 bytes.</summary>
internal unsafe struct KeyTimers
{
    /// <summary>The earliest time, if there is one.</summary>
    private long _first;
    private Piece* _rest;

    /// <summary>No times.</summary>
    public static KeyTimers None => new() { _first = long.MaxValue };

    /// <summary>Whether there is a time.</summary>
    public readonly bool Any => _first != long.MaxValue;

    /// <summary>How many times there are.</summary>
    public readonly int Count => Any ? 1 + (_rest == null ? 0 : _rest->Count) : 0;

    /// <summary>The earliest time; <see cref="long.MaxValue"/> if there is none.</summary>
    public readonly long First => _first;

    /// <summary>Copies all times.</summary>
    public readonly void CopyTo(Span<long> times)
    {
        if (!Any)
            return;
        times[0] = _first;
        for (int i = 0; i < Count - 1; i++)
            times[i + 1] = Times(_rest)[i];
    }

    /// <summary>Whether there is this time.</summary>
    public readonly bool Contains(long time) =>
        Any && (time == _first || (_rest != null && new ReadOnlySpan<long>(Times(_rest), _rest->Count).BinarySearch(time) >= 0));

    /// <summary>Adds a time.</summary>
    /// <returns>Whether it was not there.</returns>
    public bool Add(long time, StateHeap heap)
    {
        if (Contains(time))
            return false;
        if (!Any)
        {
            _first = time;
            return true;
        }

        if (time < _first)
            (_first, time) = (time, _first);
        int count = _rest == null ? 0 : _rest->Count;
        if (_rest == null || sizeof(Piece) + ((count + 1) * sizeof(long)) > 1 << _rest->SizeClass)
            Grow(count, heap);
        int at = ~new ReadOnlySpan<long>(Times(_rest), count).BinarySearch(time);
        new ReadOnlySpan<long>(Times(_rest) + at, count - at).CopyTo(new Span<long>(Times(_rest) + at + 1, count - at));
        Times(_rest)[at] = time;
        _rest->Count++;
        return true;
    }

    /// <summary>Takes a time out.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(long time, StateHeap heap)
    {
        if (!Contains(time))
            return false;
        if (_rest == null)
        {
            _first = long.MaxValue;
            return true;
        }

        int at = time == _first ? 0 : new ReadOnlySpan<long>(Times(_rest), _rest->Count).BinarySearch(time);
        if (time == _first)
            _first = Times(_rest)[0];
        int behind = --_rest->Count - at;
        new ReadOnlySpan<long>(Times(_rest) + at + 1, behind).CopyTo(new Span<long>(Times(_rest) + at, behind));
        if (_rest->Count == 0)
        {
            heap.Free((byte*)_rest, _rest->SizeClass);
            _rest = null;
        }

        return true;
    }

    private void Grow(int count, StateHeap heap)
    {
        int sizeClass = StateHeap.ClassOf(checked(sizeof(Piece) + ((count + 1) * sizeof(long))));
        Piece* larger = (Piece*)heap.Allocate(sizeClass);
        *larger = new Piece { Count = count, SizeClass = sizeClass };
        if (_rest != null)
        {
            new ReadOnlySpan<long>(Times(_rest), count).CopyTo(new Span<long>(Times(larger), count));
            heap.Free((byte*)_rest, _rest->SizeClass);
        }

        _rest = larger;
    }

    private static long* Times(Piece* piece) => (long*)(piece + 1);

    private struct Piece
    {
        public int Count;
        public int SizeClass;
    }
}
