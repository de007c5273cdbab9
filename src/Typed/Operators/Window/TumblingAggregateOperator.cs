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
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void End()
    {
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
                EmitAll(_windows[i].Table, Grid.WindowStart(_windows[i].Number), Grid.WindowEnd(_windows[i].Number));
        }

        long open = FirstOpenAfter();
        int closed = 0;
        for (; closed < _windows.Count && _windows[closed].Number < open; closed++)
        {
            (long number, GroupTable<TKey, TAcc, TOps> table) = _windows[closed];
            if (Mode == OutputMode.Append)
                EmitAll(table, Grid.WindowStart(number), Grid.WindowEnd(number));
            State.Removed += table.Top;
            State.Total -= table.Top;
            CloseRows(table.Rows);
        }

        FlushOutput();
        _windows.RemoveFirst(closed);
        CloseUpTo(open);
        State.MemoryBytes = _windows.MemoryBytes;
    }

    private protected override GroupTable<TKey, TAcc, TOps> TableOf(long slice)
    {
        GroupTable<TKey, TAcc, TOps> table = _windows.GetOrAdd(slice);
        if (table.BeginEpoch(Epoch))
            _touched.Add(new(slice, table));
        return table;
    }

    private protected override void SaveTables(StateWriter writer) => SaveTables(_windows, writer);

    private protected override void LoadTables(StateReader reader)
    {
        LoadTables(_windows, reader);
        State.MemoryBytes = _windows.MemoryBytes;
    }
}
