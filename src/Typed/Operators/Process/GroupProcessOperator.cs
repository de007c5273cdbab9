using Typed.Columns;
using Typed.Time;

namespace Typed.Operators;

/// <summary>A <see cref="GroupProcessor{TKey, TIn, TOut}"/> at run time (mapGroupsWithState and flatMapGroupsWithState, semantics 9).</summary>
/// <typeparam name="TCell">The key as it is stored.</typeparam>
/// <typeparam name="TKey">The key as handlers see it.</typeparam>
/// <typeparam name="TIn">The rows that come in.</typeparam>
/// <typeparam name="TOut">The rows that go out.</typeparam>
/// <typeparam name="TState">What is kept for a key.</typeparam>
/// <typeparam name="TRows">How rows and keys are read and written.</typeparam>
/// <typeparam name="TMembers">The state fields.</typeparam>
public sealed unsafe class GroupProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers> : ProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers>
    where TCell : unmanaged
    where TState : unmanaged
    where TRows : struct, IProcessRows<TCell, TKey, TIn, TOut>
    where TMembers : struct, IProcessMembers<TState>
{
    private readonly GroupProcessor<TKey, TIn, TOut> _processor;
    private readonly InitialRows<TCell, GroupContext<TKey, TOut>>? _initial;
    private readonly Call _call;
    private readonly List<(long Time, int Key)> _expired = [];

    /// <summary>An operator.</summary>
    /// <param name="settings">What is fixed.</param>
    /// <param name="processor">The one object of the user's class.</param>
    /// <param name="members">Its state fields.</param>
    /// <param name="rows">How rows and keys are read and written.</param>
    /// <param name="initial">The initial state, if there is one.</param>
    public GroupProcessOperator(
        ProcessSettings settings, GroupProcessor<TKey, TIn, TOut> processor, TMembers members, TRows rows, InitialRows<TCell, GroupContext<TKey, TOut>>? initial = null)
        : base(settings, members, rows)
    {
        _processor = processor;
        _initial = initial;
        _call = new Call(this);
    }

    /// <inheritdoc/>
    public override string Kind => "flatMapGroupsWithState";

    /// <inheritdoc/>
    public override bool OutputHasWatermark => false;

    /// <inheritdoc/>
    public override bool WantsBatch(long newWatermark) => Settings.Time == TimeMode.EventTime && base.WantsBatch(newWatermark);

    // A time-out has expired when the clock is past it, not at it (semantics 9.4).
    internal override long NextTimer => FollowsClock && FirstTimer is not long.MaxValue and var time ? time + 1 : long.MaxValue;

    // The watermark has to be behind the time-out (semantics 9.5), and is a whole number of milliseconds.
    internal override long? NextRelease() => base.NextRelease() is long time ? ((time / 1000) + 1) * 1000 : null;

    private protected override void Handle()
    {
        _call.Now = Context.Now;
        TakeInitial(_initial, _call);

        // Which keys have expired is decided first: a key with rows has not, since its call clears the time-out (semantics 9.2, 9.3).
        foreach (int key in Keys.Touched)
            HandleRows(key);
        if (Settings.Time != TimeMode.None)
            HandleTimeouts();
    }

    private protected override void EnterInitial(int key)
    {
        ref KeySlot<TState> slot = ref Keys.Records[key].Acc;
        if (slot.HasInitial)
        {
            throw new StreamingQueryException(
                "duplicate-initial-state-key",
                $"The initial state of {Memory.Processor} has two rows for the key '{KeyText(key)}' (semantics 9.9). Give it one row for each key.");
        }

        slot.HasInitial = true;
    }

    // Kept, and the key with it, until the call for its rows, which comes in this batch also if there are none.
    private protected override void LeaveInitial(int key)
    {
        MarkChanged(key, Members.Store(ref Keys.Records[key].Acc.State, Memory) | Memory.Changes);
        Memory.Group = -1;
        Keys.Touch(key);
    }

    private void HandleRows(int key)
    {
        ref KeySlot<TState> slot = ref EnterCall(key);
        long emitted = EmittedRows;
        try
        {
            _processor.OnRows(TakeRows(ref slot), _call);
            CheckEmitted(emitted);
        }
        catch (Exception e)
        {
            throw Failure(e, key, "");
        }

        LeaveRows();
        LeaveCall(key);
    }

    private void HandleTimeouts()
    {
        while (Due.Count > 0 && Due.FirstTime < Clock)
        {
            (long time, int key) = Due.Pop();
            if (IsDue(time, key))
                _expired.Add((time, key));
        }

        SortDue(_expired);
        foreach ((long time, int key) in _expired)
        {
            if (!IsDue(time, key))
                continue;
            EnterCall(key);
            long emitted = EmittedRows;
            try
            {
                _processor.OnTimeout(_call);
                CheckEmitted(emitted);
            }
            catch (Exception e)
            {
                throw Failure(e, key, " at its time-out");
            }

            LeaveCall(key);
        }

        _expired.Clear();
    }

    private ref KeySlot<TState> EnterCall(int key)
    {
        ref KeySlot<TState> slot = ref Enter(key);
        _call.Begin();
        return ref slot;
    }

    /// <summary>Replaces the time-out by the one that the call has set, if it has.</summary>
    private void LeaveCall(int key)
    {
        ref KeyTimers timers = ref Keys.Records[key].Acc.Timers;
        long before = timers.First;
        long after = _call.Timeout;
        if (before != after)
        {
            if (timers.Remove(before, Memory.Heap))
                Due.Live--;
            if (after != long.MaxValue)
            {
                timers.Add(after, Memory.Heap);
                AddTimer(after, key);
            }

            TimersChanged = true;
        }

        Leave(key);
    }

    private void CheckEmitted(long before)
    {
        if (Settings.OneRowPerCall && EmittedRows - before != 1)
        {
            throw new InvalidOperationException(
                $"A call of a processor with OneRowPerCall emits exactly one row (semantics 9.1), and this one emitted {EmittedRows - before}. Emit one, or leave OneRowPerCall out.");
        }
    }

    /// <summary>What handlers are given; the key is the one of the present call.</summary>
    private sealed class Call(GroupProcessOperator<TCell, TKey, TIn, TOut, TState, TRows, TMembers> owner) : GroupContext<TKey, TOut>
    {
        private TKey _key = default!;
        private bool _hasKey;
        private string _text = "";
        private long _textMicros;

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

        /// <summary>The time-out that the present call has set; <see cref="long.MaxValue"/> for none.</summary>
        public long Timeout { get; private set; } = long.MaxValue;

        public void Begin()
        {
            _hasKey = false;
            Timeout = long.MaxValue;
        }

        public override void Emit(TOut row) => owner.EmitRow(row);

        public override void Clear()
        {
            // A removed state also loses its time-out, unless that is set again (semantics 9.3).
            owner.ClearKey();
            Timeout = long.MaxValue;
        }

        public override void TimeoutAfter(TimeSpan duration) => After(Instant.ToMicros(duration), duration.ToString());

        public override void TimeoutAfter(string duration)
        {
            if (!ReferenceEquals(duration, _text) && duration != _text)
            {
                if (!DurationText.TryParse(duration, out _textMicros, out int months) || months != 0)
                    throw new StreamingQueryException("timeout-duration-not-positive", $"TimeoutAfter was given '{duration}', which is no duration such as \"10 minutes\".");
                _text = duration;
            }

            After(_textMicros, duration);
        }

        public override void TimeoutAt(DateTimeOffset time)
        {
            CheckMode(TimeMode.EventTime, "TimeoutAt");
            long micros = Instant.ToMicros(time);
            if (micros <= 0 || micros < owner.EvictionWatermark)
            {
                throw new StreamingQueryException(
                    "timeout-before-watermark",
                    $"TimeoutAt was given {time:O}, but a time-out is after 1970 and not before the watermark, which is {Instant.FromMicros(owner.EvictionWatermark):O} (semantics 9.5).");
            }

            Timeout = micros;
        }

        private void After(long micros, string text)
        {
            CheckMode(TimeMode.ProcessingTime, "TimeoutAfter");
            if (micros <= 0)
                throw new StreamingQueryException("timeout-duration-not-positive", $"TimeoutAfter was given '{text}'; a time-out is after more than nothing (semantics 9.4).");
            Timeout = Instant.After(owner.Context.TimestampMicros, micros);
        }

        private void CheckMode(TimeMode needed, string call)
        {
            owner.SlotOfCall();
            if (owner.Settings.Time != needed)
            {
                throw new StreamingQueryException(
                    "timeout-mode-mismatch",
                    $"{call} needs the time-out mode {needed}, but {owner.Memory.Processor} has {owner.Settings.Time} (semantics 9.4, 9.5). Mark the class with [GroupProcessor(Timeout = TimeMode.{needed})].");
            }
        }
    }
}
