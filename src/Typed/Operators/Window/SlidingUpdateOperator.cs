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

    /// <summary>How many rows each slice with an open window has had.</summary>
    private readonly SortedList<long, long> _rows = [];

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
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override void End()
    {
        for (int i = 0; i < _slices.Count; i++)
        {
            (long slice, GroupTable<TKey, TAcc, TOps> groups) = _slices[i];
            _rows[slice] = _rows.GetValueOrDefault(slice) + groups.Rows;
            AddToWindows(slice, groups);
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
                EmitAll(_windows[i].Table, Grid.WindowStart(_windows[i].Number), Grid.WindowEnd(_windows[i].Number));
        }

        FlushOutput();
        long open = FirstOpenAfter();
        int closed = 0;
        for (; closed < _windows.Count && _windows[closed].Number < open; closed++)
        {
            State.Removed += _windows[closed].Table.Top;
            State.Total -= _windows[closed].Table.Top;
        }

        _windows.RemoveFirst(closed);
        CloseUpTo(open);
        while (_rows.Count > 0 && Grid.LastWindow(_rows.GetKeyAtIndex(0)) < open)
        {
            CloseRows(_rows.GetValueAtIndex(0));
            _rows.RemoveAt(0);
        }

        State.MemoryBytes = _windows.MemoryBytes + _slices.MemoryBytes;
    }

    private protected override GroupTable<TKey, TAcc, TOps> TableOf(long slice)
    {
        GroupTable<TKey, TAcc, TOps> table = _slices.GetOrAdd(slice);
        table.BeginEpoch(Epoch);
        return table;
    }

    private protected override void SaveTables(StateWriter writer)
    {
        SaveTables(_windows, writer);
        writer.Write(_rows.Count);
        foreach ((long slice, long rows) in _rows)
        {
            writer.Write(slice);
            writer.Write(rows);
        }
    }

    private protected override void LoadTables(StateReader reader)
    {
        _slices.Clear();
        LoadTables(_windows, reader);
        _rows.Clear();
        for (int count = reader.ReadCount(2 * sizeof(long)); count > 0; count--)
        {
            long slice = reader.Read<long>();
            if (!_rows.TryAdd(slice, reader.Read<long>()))
                throw new InvalidDataException("State is damaged: a slice appears twice.");
        }

        State.MemoryBytes = _windows.MemoryBytes;
    }

    private void AddToWindows(long slice, GroupTable<TKey, TAcc, TOps> groups)
    {
        long last = Grid.LastWindow(slice);
        for (long number = Math.Max(Grid.FirstWindow(slice), FirstOpen); number <= last; number++)
        {
            GroupTable<TKey, TAcc, TOps> window = _windows.GetOrAdd(number);
            if (window.BeginEpoch(Epoch))
                _touched.Add(new(number, window));
            window.Merge(ref Ops, groups, ownKeys: true);
        }
    }
}
