using Typed.Operators;
using Typed.State;

namespace Typed.Execution;

/// <summary>
/// Holds the state of a query within the memory it was given: after each push of rows and after each batch it adds up what the operators and their
/// spill areas use, and asks the largest ones to spill. Asking costs a look at all that is in memory, so it then goes down to three quarters.
/// In between, rows that one operator emits may be many times those that were pushed: where memory is well above what there is, the operator that took such rows
/// spills by itself, since no other one is at rest then.
/// </summary>
/// <remarks>
/// Between two pushes no worker does anything, and what there is is added up over all. In between, each worker adds up its own operators only, and may use what they used after
/// the last push and its part of what was left then.
/// </remarks>
internal sealed class StateBudget : IDisposable
{
    // Of a fruitless attempt the next push would be another one; the operator has to grow by an eighth first.
    private const int Patience = 8;

    // An area has buffers of its own; what all areas together may use of the budget for that.
    private const int AreaShare = 8;
    private const double Target = 0.75;

    // Above the budget by so much an operator spills in the midst of a push; by less, the largest does after it.
    private const int Excess = 8;

    // What waits for the next snapshot: few parts of it, and little of the budget.
    private const int EarlyShare = 8;
    private const long LeastEarly = 1 << 20;
    private const int ExpectedEntryBytes = 128;
    private readonly StatefulOperator[] _operators;
    private readonly long[] _notBefore;
    private readonly SpillPlace _place;
    private readonly Action<string> _warn;
    private readonly bool[] _warned;
    private readonly long[] _mayUse;

    private StateBudget(StatefulOperator[] operators, long bytes, SpillPlace place, Action<string> warn)
    {
        (_operators, Bytes, _place, _warn) = (operators, bytes, place, warn);
        _mayUse = new long[operators.Max(one => one.Worker.Of)];
        MostEarly = Math.Clamp(bytes / EarlyShare / _mayUse.Length, LeastEarly, StateChanges.PartBytes);
        _notBefore = new long[operators.Length];
        _warned = new bool[operators.Length];
        for (int i = 0; i < operators.Length; i++)
        {
            int index = i;
            operators[i].SpillArea = place.NewArea(operators[i].Name, bytes / AreaShare / operators.Length);
            operators[i].WhenTaken = () => KeepTaken(index);
        }

        Divide();
    }

    /// <summary>Called for an operator whose records for the next snapshot have become more than <see cref="MostEarly"/>, on the thread that runs it. Set once.</summary>
    internal Action<StatefulOperator>? IsMuchEarly { get; set; }

    /// <summary>What may wait for the next snapshot of one operator, in bytes; what is more is to be written ahead of it, since spilling does not help against that.</summary>
    internal long MostEarly { get; }

    /// <summary>The same where the disk is behind: beyond that it is waited for, since memory is bounded.</summary>
    internal long MostEarlyBehind => 2 * MostEarly;

    /// <summary>What state may use.</summary>
    internal long Bytes { get; }

    /// <summary>The budget of a store for some operators; null if it has none, or there is nothing to keep.</summary>
    /// <exception cref="IOException">The place to spill to cannot be made.</exception>
    internal static StateBudget? Of(StateStore store, IReadOnlyList<StatefulOperator> operators, string? folder, Action<string> warn)
    {
        if (operators.Count == 0 || store.MemoryBytes is not long bytes || store.OpenSpill(folder) is not { } place)
            return null;
        foreach (StatefulOperator one in operators)
            one.IsStored = folder is not null;
        return new StateBudget([.. operators], bytes, place, warn);
    }

    /// <summary>What the operators and their areas use now.</summary>
    internal long MemoryBytes
    {
        get
        {
            long bytes = 0;
            foreach (StatefulOperator one in _operators)
                bytes += one.MemoryBytes + one.SpillArea!.MemoryBytes;
            return bytes;
        }
    }

    private long EarlyBytes
    {
        get
        {
            long bytes = 0;
            foreach (StatefulOperator one in _operators)
                bytes += one.EarlyBytes;
            return bytes;
        }
    }

    /// <summary>For how many stored entries an operator may make room before they come; small ones take less than is reckoned with.</summary>
    internal long MostExpected => Bytes / ExpectedEntryBytes / _operators.Length;

    /// <summary>Spills if too much memory is in use. Called between two pushes of rows, and between two shards of stored state.</summary>
    internal void Keep()
    {
        if (Bytes == 0)
        {
            for (int i = 0; i < _operators.Length; i++)
                Spill(i, 0);
        }
        else if (MemoryBytes > Bytes)
        {
            SpillToGoal();
        }

        foreach (StatefulOperator one in _operators)
            HandOver(one);
        Divide();
        Warn();
    }

    /// <summary>Begins a micro-batch: what could not go in the one before may go in this one.</summary>
    internal void Begin() => Array.Clear(_notBefore);

    public void Dispose()
    {
        Disposal.Of([.. _operators.Select(one => one.SpillArea)]);
        foreach (StatefulOperator one in _operators)
            (one.SpillArea, one.WhenTaken) = (null, null);
        _place.Dispose();
    }

    private void SpillToGoal()
    {
        long goal = (long)(Bytes * Target);
        long before = long.MaxValue;
        for (long now = MemoryBytes, canLeave = now - EarlyBytes; now > goal && canLeave < before; now = MemoryBytes, canLeave = now - EarlyBytes)
        {
            before = canLeave;
            SpillLargest(now - goal);
        }
    }

    // An operator took rows of another one, in the midst of a push or at the end of a micro-batch. The others of this worker are not at rest, those of other workers are at work.
    private void KeepTaken(int index)
    {
        StatefulOperator one = _operators[index];
        int worker = one.Worker.Number;
        long excess = MemoryOf(worker) - _mayUse[worker];
        if ((Bytes == 0 || excess > Bytes / Excess / _mayUse.Length) && CanLeave(one) >= _notBefore[index])
            Spill(index, Bytes == 0 ? 0 : Math.Max(0, one.MemoryBytes - excess - (long)(Bytes * (1 - Target) / _mayUse.Length)));
        HandOver(one);
    }

    private void HandOver(StatefulOperator one)
    {
        if (one.EarlyBytes >= MostEarly)
            IsMuchEarly?.Invoke(one);
    }

    private void Divide()
    {
        long left = Math.Max(0, Bytes - MemoryBytes) / _mayUse.Length;
        for (int worker = 0; worker < _mayUse.Length; worker++)
            _mayUse[worker] = MemoryOf(worker) + left;
    }

    private long MemoryOf(int worker)
    {
        long bytes = 0;
        foreach (StatefulOperator one in _operators)
        {
            if (one.Worker.Number == worker)
                bytes += one.MemoryBytes + one.SpillArea!.MemoryBytes;
        }

        return bytes;
    }

    private void SpillLargest(long excess)
    {
        int largest = -1;
        for (int i = 0; i < _operators.Length; i++)
        {
            if (CanLeave(_operators[i]) >= _notBefore[i] && (largest < 0 || CanLeave(_operators[i]) > CanLeave(_operators[largest])))
                largest = i;
        }

        if (largest >= 0)
            Spill(largest, Math.Max(0, _operators[largest].MemoryBytes - excess));
    }

    // What waits for the next snapshot leaves with it, not with spilling.
    private static long CanLeave(StatefulOperator one) => one.MemoryBytes - one.EarlyBytes;

    private void Spill(int index, long keepBytes)
    {
        StatefulOperator one = _operators[index];
        long before = CanLeave(one);
        one.Spill(keepBytes);
        if (CanLeave(one) >= before)
            _notBefore[index] = before + (before / Patience) + 1;
    }

    // Said for an operator once, not for each worker, and by the thread of the query.
    private void Warn()
    {
        for (int i = 0; i < _operators.Length; i++)
        {
            StatefulOperator one = _operators[i];
            if (_warned[i] || one.SpillArea!.Counts.EntriesPut == 0)
                continue;
            for (int other = 0; other < _operators.Length; other++)
                _warned[other] |= _operators[other].Name == one.Name;
            _warn($"The state of {one.Name} has no room in the {MemorySize.Text(Bytes)} of memory that the query has for state, so what was not needed for the longest time goes to {one.SpillArea} from now on. Results stay the same, and it is slower. Give the query more memory (StateStore.Faster(memory: ...)), or let state go sooner (a shorter delay or bound, a TTL).");
        }
    }
}
