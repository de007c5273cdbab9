using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>An aggregation by tumbling windows, in every output mode: a slice is a window, so its table is the result.</summary>
/// <typeparam name="TKey">The key beside the window.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
public sealed class TumblingAggregateOperator<TKey, TAcc, TOps> : WindowAggregateOperator<TKey, TAcc, TOps>
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>
{
    private readonly SliceTables<TKey, TAcc, TOps> _windows = new();
    private readonly List<SliceTables<TKey, TAcc, TOps>.Entry> _touched = [];
    private SliceSpill<TKey, TAcc, TOps>? _away;

    /// <summary>An aggregation.</summary>
    /// <param name="name">The name of the operator.</param>
    /// <param name="output">The window, the keys, the results.</param>
    /// <param name="mode">What is written.</param>
    /// <param name="schema">The text for <see cref="StatefulOperator.StateSchema"/>.</param>
    /// <param name="window">The windows; size and slide are equal.</param>
    /// <param name="aggregation">The keys and aggregates.</param>
    public TumblingAggregateOperator(
        string name, RowSchema output, OutputMode mode, string schema, in WindowSettings window, TOps aggregation)
        : base(name, output, mode, schema, window, aggregation)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(window.SlideMicros, window.SizeMicros, nameof(window));
    }

    /// <inheritdoc/>
    internal override long? NextRelease() =>
        IsWatermarked && Mode == OutputMode.Append && _windows.Count > 0 ? Grid.WindowEnd(_windows[0].Number) : null;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _windows.Dispose();
        _away?.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        foreach ((long number, GroupTable<TKey, TAcc, TOps> table) in _touched)
        {
            State.Updated += table.TouchedCount + table.TouchedAway;
            State.Total += table.Top - table.TopBefore;
            if (Mode == OutputMode.Update)
                EmitTouched(number, table);
        }

        _touched.Clear();
        if (Mode == OutputMode.Complete)
        {
            for (int i = 0; i < _windows.Count; i++)
                EmitWindow(_windows[i], _away, keep: true);
        }

        long open = FirstOpenAfter();
        int closed = 0;
        for (; closed < _windows.Count && _windows[closed].Number < open; closed++)
        {
            (long number, GroupTable<TKey, TAcc, TOps> table) = _windows[closed];
            if (Mode == OutputMode.Append)
                EmitWindow(_windows[closed], _away, keep: false);
            long groups = table.Top + (_away?.CountOf(number) ?? 0);
            _away?.Drop(number);
            State.Removed += groups;
            State.Total -= groups;
        }

        FlushOutput();
        _windows.RemoveFirst(closed);
        Finish(open);
    }

    /// <summary>
    /// Groups leave one by one, the coldest first, also those that the present micro-batch has touched. In update mode these are shown from where they are at its end, for
    /// which all of their windows that is away is read.
    /// </summary>
    private protected override void SpillTo(SpillArea area, long keepBytes)
    {
        if (!MaySpill)
            return;
        _away ??= new(area, 0, _windows);
        _away.Spill(keepBytes, Epoch, Early);
    }

    private protected override bool RowsMayBeAway => _away is { IsEmpty: false };

    /// <inheritdoc/>
    private protected override long HotBytes => _windows.MemoryBytes + (_away?.MemoryBytes ?? 0);

    private protected override GroupTable<TKey, TAcc, TOps> TableOf(long slice)
    {
        GroupTable<TKey, TAcc, TOps> table = _windows.GetOrAdd(slice);
        if (table.BeginEpoch(Epoch))
            _touched.Add(new(slice, table));
        return table;
    }

    private protected override void Want(long slice, GroupTable<TKey, TAcc, TOps> keys) => _away!.Want(slice, keys);

    private protected override void FetchWanted() => _away!.Fetch(Epoch);

    private protected override bool SaveGroups(StateChanges changes, CaptureSlice slice) => SaveGroups(_windows, changes, slice);

    private protected override void ForgetGroups()
    {
        _windows.Clear();
        _away?.Clear();
    }

    private protected override GroupTable<TKey, TAcc, TOps> TableToLoad(long time) => _windows.GetOrAdd(time);

    private protected override long FloorFor(long window) => window;

    /// <inheritdoc/>
    internal override void LoadEnd() => State.Total = _windows.Groups() + (_away?.Count() ?? 0);

    private void EmitTouched(long window, GroupTable<TKey, TAcc, TOps> table)
    {
        long start = Grid.WindowStart(window);
        long end = Grid.WindowEnd(window);
        EmitTouched(table, start, end);
        for (int range = 0; table.TouchedAway > 0 && range < SpillRange.Count; range++)
        {
            if (_away!.Part(window, range, keep: true, touchedIn: Epoch) is { } part)
                EmitAll(part, start, end);
        }
    }
}
