using Typed.Columns;

namespace Typed.Operators;

/// <summary>A <see cref="KeyedProcessor{TKey, TIn, TOut}"/> at run time (transformWithState, semantics 10).</summary>
/// <typeparam name="TCell">The key as it is stored.</typeparam>
/// <typeparam name="TKey">The key as handlers see it.</typeparam>
/// <typeparam name="TIn">The rows that come in.</typeparam>
/// <typeparam name="TOut">The rows that go out.</typeparam>
/// <typeparam name="TState">What is kept for a key.</typeparam>
/// <typeparam name="TRows">How rows and keys are read and written.</typeparam>
/// <typeparam name="TMembers">The state fields.</typeparam>
public sealed unsafe class KeyedProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers> : ProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers>
    where TCell : unmanaged
    where TState : unmanaged
    where TRows : struct, IProcessRows<TCell, TKey, TIn, TOut>
    where TMembers : struct, IProcessMembers<TState>
{
    private readonly KeyedProcessor<TKey, TIn, TOut> _processor;
    private readonly InitialRows<TCell, Context<TKey, TOut>>? _initial;
    private readonly Call _call;
    private readonly List<(long Time, int Key)> _fired = [];

    /// <summary>An operator.</summary>
    /// <param name="settings">What is fixed.</param>
    /// <param name="processor">The one object of the user's class.</param>
    /// <param name="members">Its state fields.</param>
    /// <param name="rows">How rows and keys are read and written.</param>
    /// <param name="initial">The initial state, if there is one.</param>
    public KeyedProcessOperator(
        ProcessSettings settings, KeyedProcessor<TKey, TIn, TOut> processor, TMembers members, TRows rows, InitialRows<TCell, Context<TKey, TOut>>? initial = null)
        : base(settings, members, rows)
    {
        _processor = processor;
        _initial = initial;
        _call = new Call(this);
    }

    /// <inheritdoc/>
    public override string Kind => "transformWithStateExec";

    /// <inheritdoc/>
    public override bool OutputHasWatermark => Settings.Time != TimeMode.ProcessingTime;

    /// <inheritdoc/>
    public override bool WantsBatch(long newWatermark) => Settings.Time != TimeMode.ProcessingTime && base.WantsBatch(newWatermark);

    internal override long NextTimer => FollowsClock ? FirstTimer : long.MaxValue;

    private protected override void Handle()
    {
        _call.Now = Context.Now;
        TakeInitial(_initial, _call);
        foreach (int key in Keys.Touched)
            HandleRows(key);
        if (Settings.Time != TimeMode.None)
            FireTimers();
    }

    private protected override void EnterInitial(int key) => _call.Begin();

    private protected override void LeaveInitial(int key) => Leave(key);

    private void HandleRows(int key)
    {
        ref KeySlot<TState> slot = ref Enter(key);
        _call.Begin();
        try
        {
            _processor.OnRows(TakeRows(ref slot), _call);
        }
        catch (Exception e)
        {
            throw Failure(e, key, "");
        }

        LeaveRows();
        Leave(key);
    }

    /// <summary>
    /// Calls the timers that are due, the earliest first over all keys. They are taken from the heap first: one that a handler registers now, due
    /// or not, is for a later batch; so entries of timers that were deleted are left out here, lest one that is registered again revives them.
    /// </summary>
    private void FireTimers()
    {
        while (Due.Count > 0 && Due.FirstTime <= Clock)
        {
            (long time, int key) = Due.Pop();
            if (IsDue(time, key))
                _fired.Add((time, key));
        }

        SortDue(_fired);
        foreach ((long time, int key) in _fired)
        {
            // Void where it was deleted by a handler that was called just now.
            if (!IsDue(time, key))
                continue;
            Enter(key);
            _call.Begin();
            try
            {
                _processor.OnTimer(Instant.FromMicros(time), _call);
            }
            catch (Exception e)
            {
                throw Failure(e, key, $" at its timer of {Instant.FromMicros(time):O}");
            }

            _call.Delete(time);
            Leave(key);
        }

        _fired.Clear();
    }

    /// <summary>What handlers are given; the key is the one of the present call.</summary>
    private sealed class Call(KeyedProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers> owner) : Context<TKey, TOut>
    {
        private long[] _copies = [];
        private int _copied;
        private TKey _key = default!;
        private bool _hasKey;

        public override TKey Key
        {
            get
            {
                if (!_hasKey)
                    (_key, _hasKey) = (owner.KeyOfCall(), true);
                return _key;
            }
        }

        public override DateTimeOffset Watermark => owner.WatermarkOfCall();

        public override TimerList Timers
        {
            get
            {
                ref KeyTimers timers = ref TimersOfKey();
                int count = timers.Count;
                if (_copied + count > _copies.Length)
                    (_copies, _copied) = (new long[Math.Max(16, (count + _copies.Length) * 2)], 0);
                Span<long> copy = _copies.AsSpan(_copied, count);
                timers.CopyTo(copy);
                _copied += count;
                return new TimerList(copy);
            }
        }

        public void Begin()
        {
            _hasKey = false;
            _copied = 0;
        }

        public override void Emit(TOut row) => owner.EmitRow(row);

        public override void Clear() => owner.ClearKey();

        public override void TimerAt(DateTimeOffset time)
        {
            long micros = Instant.ToMicros(time);
            if (!TimersOfKey().Add(micros, owner.Memory.Heap))
                return;
            owner.AddTimer(micros, owner.Memory.Group);
            owner.TimersChanged = true;
        }

        public override void DeleteTimer(DateTimeOffset time) => Delete(Instant.ToMicros(time));

        public void Delete(long time)
        {
            if (!TimersOfKey().Remove(time, owner.Memory.Heap))
                return;
            owner.Due.Live--;
            owner.TimersChanged = true;
        }

        private ref KeyTimers TimersOfKey()
        {
            if (owner.Settings.Time == TimeMode.None)
            {
                throw new StreamingQueryException(
                    "tws-timer-without-time-mode",
                    $"{owner.Memory.Processor} uses timers, but its time mode is none (semantics 10.2). Mark the class with [Processor(Time = TimeMode.ProcessingTime)] or EventTime.");
            }

            return ref owner.SlotOfCall().Timers;
        }
    }
}
