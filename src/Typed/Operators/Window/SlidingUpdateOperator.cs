using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// An aggregation by sliding windows in update and complete mode. The rows of a micro-batch are aggregated by slice first; then
/// each changed group is added once to each of its windows, which have tables of their own: those changes are the output anyway.
/// </summary>
/// <typeparam name="TKey">The key beside the window.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
public sealed class SlidingUpdateOperator<TKey, TAcc, TOps> : WindowAggregateOperator<TKey, TAcc, TOps>
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>
{
    private readonly SliceTables<TKey, TAcc, TOps> _windows = new();
    private readonly SliceTables<TKey, TAcc, TOps> _slices = new();
    private readonly List<SliceTables<TKey, TAcc, TOps>.Entry> _touched = [];
    private SliceSpill<TKey, TAcc, TOps>? _windowsAway;
    private SliceSpill<TKey, TAcc, TOps>? _slicesAway;

    /// <summary>An aggregation.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The window, the keys, the results.</param>
    /// <param name="mode">Update or complete.</param>
    /// <param name="schema">The text for <see cref="StatefulOperator.StateSchema"/>.</param>
    /// <param name="window">The windows.</param>
    /// <param name="aggregation">The keys and aggregates.</param>
    public SlidingUpdateOperator(
        string name, RowSchema output, OutputMode mode, string schema, in WindowSettings window, TOps aggregation)
        : base(name, output, mode, schema, window, aggregation)
    {
        if (mode == OutputMode.Append)
            throw new ArgumentException("In append mode windows are kept as slices; use SlidingAppendOperator.", nameof(mode));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _windows.Dispose();
        _slices.Dispose();
        _windowsAway?.Dispose();
        _slicesAway?.Dispose();
        base.Dispose();
    }

    /// <summary>
    /// Groups of windows leave one by one, the coldest first: between rows of a micro-batch no window is touched yet. So do those of its slices, which go
    /// to tables of the area of their own. At the end of a micro-batch the groups of windows that it changes are in memory.
    /// </summary>
    private protected override void SpillTo(SpillArea area, long keepBytes)
    {
        if (!MaySpill)
            return;
        _windowsAway ??= new(area, 0, _windows);
        _slicesAway ??= new(area, SpillRange.Count, _slices);
        _windowsAway.Spill(keepBytes, Epoch, Early);
        _slicesAway.Spill(Math.Max(0, keepBytes - _windows.MemoryBytes), Epoch, changes: null);
    }

    /// <inheritdoc/>
    protected override void End()
    {
        for (int i = 0; i < _slices.Count; i++)
        {
            (long slice, GroupTable<TKey, TAcc, TOps> groups) = _slices[i];
            AddToWindows(slice, groups);
            if (_slicesAway is null || _slicesAway.CountOf(slice) == 0)
                continue;
            for (int range = 0; range < SpillRange.Count; range++)
            {
                if (_slicesAway.Part(slice, range, keep: false) is { } part)
                    AddToWindows(slice, part);
            }

            _slicesAway.Drop(slice);
        }

        _slices.Clear();
        foreach ((long number, GroupTable<TKey, TAcc, TOps> table) in _touched)
        {
            State.Updated += table.TouchedCount;
            State.Total += table.Top - table.TopBefore;
            if (Mode == OutputMode.Update)
                EmitTouched(table, Grid.WindowStart(number), Grid.WindowEnd(number));
        }

        _touched.Clear();
        if (Mode == OutputMode.Complete)
        {
            for (int i = 0; i < _windows.Count; i++)
                EmitWindow(_windows[i], _windowsAway, keep: true);
        }

        FlushOutput();
        long open = FirstOpenAfter();
        int closed = 0;
        for (; closed < _windows.Count && _windows[closed].Number < open; closed++)
        {
            long groups = _windows[closed].Table.Top + (_windowsAway?.CountOf(_windows[closed].Number) ?? 0);
            _windowsAway?.Drop(_windows[closed].Number);
            State.Removed += groups;
            State.Total -= groups;
        }

        _windows.RemoveFirst(closed);
        Finish(open);
    }

    /// <inheritdoc/>
    private protected override long HotBytes => _windows.MemoryBytes + _slices.MemoryBytes + (_windowsAway?.MemoryBytes ?? 0) + (_slicesAway?.MemoryBytes ?? 0);

    private protected override bool RowsMayBeAway => _slicesAway is { IsEmpty: false };

    private protected override GroupTable<TKey, TAcc, TOps> TableOf(long slice)
    {
        GroupTable<TKey, TAcc, TOps> table = _slices.GetOrAdd(slice);
        table.BeginEpoch(Epoch);
        return table;
    }

    private protected override void Want(long slice, GroupTable<TKey, TAcc, TOps> keys) => _slicesAway!.Want(slice, keys);

    private protected override void FetchWanted() => _slicesAway!.Fetch(Epoch);

    private protected override bool SaveGroups(StateChanges changes, CaptureSlice slice) => SaveGroups(_windows, changes, slice);

    private protected override void ForgetGroups()
    {
        _slices.Clear();
        _windows.Clear();
        _slicesAway?.Clear();
        _windowsAway?.Clear();
    }

    private protected override GroupTable<TKey, TAcc, TOps> TableToLoad(long time) => _windows.GetOrAdd(time);

    private protected override long FloorFor(long window) => window;

    /// <inheritdoc/>
    internal override void LoadEnd() => State.Total = _windows.Groups() + (_windowsAway?.Count() ?? 0);

    private void AddToWindows(long slice, GroupTable<TKey, TAcc, TOps> groups)
    {
        long first = Math.Max(Grid.FirstWindow(slice), FirstOpen);
        long last = Grid.LastWindow(slice);
        if (_windowsAway is { IsEmpty: false } away)
        {
            for (long number = first; number <= last; number++)
                away.Want(number, groups);
            away.Fetch(Epoch);
        }

        for (long number = first; number <= last; number++)
        {
            GroupTable<TKey, TAcc, TOps> window = _windows.GetOrAdd(number);
            if (window.BeginEpoch(Epoch))
                _touched.Add(new(number, window));
            window.Merge(ref Ops, groups, ownKeys: true);
        }
    }
}
