using Typed.Columns;

namespace Typed.Operators;

/// <summary>The sessions of all keys.</summary>
/// <remarks>
/// <code>
/// group:    | key | latest session: start, end, born, next, accumulator | due | epoch |     by group number
/// earlier:  | start, end, born, next, accumulator |                                         by place; free ones are a list as well
/// wheel:    group numbers by the time at which the first session of the key ends, or ended when that was looked at last
/// </code>
/// A session that grows is not moved in the wheel: when the time comes, the key is put back for the end that its first session has by then.
/// </remarks>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
internal sealed unsafe partial class SessionTable<TKey, TAcc, TOps> : KeyTable<TKey, KeySessions<TAcc>, TOps>
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>
{
    private static readonly KeySessions<TAcc> NoSessions = new()
    {
        Latest = new() { Start = long.MaxValue, End = Session<TAcc>.NotOpen },
        Due = long.MaxValue,
    };

    private readonly TimingWheel? _wheel;
    private NativeBuffer? _earlierBuffer;
    private Session<TAcc>* _earlier;
    private int _earlierTop;
    private int _earlierFree;
    private nint[] _inOrder = new nint[8];

    /// <summary>Sessions.</summary>
    /// <param name="close">Whether sessions are closed when time has passed them.</param>
    public SessionTable(bool close)
    {
        if (close)
            _wheel = new TimingWheel();
    }

    /// <summary>The number of sessions.</summary>
    public long Sessions { get; private set; }

    /// <summary>Sessions of earlier micro-batches whose start is no start any more, because they were merged (semantics 4.7).</summary>
    public long Merged { get; private set; }

    /// <inheritdoc/>
    public override long MemoryBytes => base.MemoryBytes + (_earlierBuffer?.Capacity ?? 0) + (_wheel?.MemoryBytes ?? 0);

    /// <inheritdoc/>
    private protected override bool HasCells => TOps.HasCells;

    /// <summary>The sessions of a key, the latest first.</summary>
    public SessionList SessionsOf(int group) => new(_earlier, &_records[group].Acc.Latest);

    /// <summary>How many sessions the keys have that this micro-batch has changed.</summary>
    public long CountTouched()
    {
        long count = 0;
        foreach (int group in Touched)
            count += CountOf(group);
        return count;
    }

    /// <summary>Starts to count for a micro-batch.</summary>
    public void Begin(uint epoch)
    {
        BeginEpoch(epoch);
        Merged = 0;
    }

    /// <inheritdoc/>
    public override void Clear()
    {
        base.Clear();
        _wheel?.Clear();
        (_earlierTop, _earlierFree, Sessions, Merged) = (0, 0, 0, 0);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _wheel?.Dispose();
        _earlierBuffer?.Release();
        _earlierBuffer = null;
        base.Dispose();
    }

    /// <inheritdoc/>
    private protected override void OwnCells(ref KeySessions<TAcc> acc)
    {
        TOps.OwnCells(ref acc.Latest.Acc, Arena);
        for (int place = acc.Latest.Next; place != 0; place = _earlier[place - 1].Next)
            TOps.OwnCells(ref _earlier[place - 1].Acc, Arena);
    }

    private void Arm(int group, long time)
    {
        if (_wheel is null)
            return;
        _records[group].Acc.Due = time;
        _wheel.Add(time, group);
    }

    /// <summary>Makes the latest session of a key one of the earlier ones; the place beside the key is free then.</summary>
    private void PushBack(int group)
    {
        int place = TakePlace();
        Session<TAcc>* latest = &_records[group].Acc.Latest;
        _earlier[place - 1] = *latest;
        latest->Next = place;
    }

    private int TakePlace()
    {
        if (_earlierFree != 0)
        {
            int place = _earlierFree;
            _earlierFree = _earlier[place - 1].Next;
            return place;
        }

        int size = sizeof(Session<TAcc>);
        _earlierBuffer = Enlarge(_earlierBuffer, Math.Max(1024, (_earlierTop + 1L) * size), (long)_earlierTop * size);
        _earlier = (Session<TAcc>*)_earlierBuffer.Pointer;
        return ++_earlierTop;
    }

    private void GiveBack(int place)
    {
        _earlier[place - 1].Next = _earlierFree;
        _earlierFree = place;
    }

    /// <summary>The sessions of a key, the latest first.</summary>
    internal ref struct SessionList(Session<TAcc>* earlier, Session<TAcc>* latest)
    {
        private Session<TAcc>* _next = latest;

        public Session<TAcc>* Current { get; private set; }

        public readonly SessionList GetEnumerator() => this;

        public bool MoveNext()
        {
            Current = _next;
            if (Current == null)
                return false;
            _next = Current->Next == 0 ? null : earlier + (Current->Next - 1);
            return true;
        }
    }
}
