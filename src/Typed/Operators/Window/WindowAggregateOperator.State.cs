using System.Globalization;
using Typed.State;

namespace Typed.Operators;

/// <content>
/// What is stored, and groups that are not in memory.
/// <code>
/// head     sequence (greatest), held rows (sum) | first unclosed window (greatest) | groups (sum) | for each slice with an open window: its rows as slice N (sum)
/// table 0  time = number of the slice, or of the window where windows have tables | the fields of the key → those of the accumulator
/// floor    the first slice, or window, that is still needed: what is closed goes without a record
/// </code>
/// What is made from slices (stacks, sums) is not stored: it is made again when a window closes.
/// </content>
public abstract unsafe partial class WindowAggregateOperator<TKey, TAcc, TOps>
{
    private const string RowsOfSlice = "slice ";

    /// <summary>The rows of slices; only where windows close.</summary>
    private readonly SliceRows _rows = new();

    /// <summary>The keys of rows of a batch that are looked for in the spill area, each once.</summary>
    private readonly GroupTable<TKey, TAcc, TOps> _wanted = new();

    /// <summary>Whether a micro-batch is under way, so that what it has touched is needed at its end.</summary>
    private protected bool InBatch { get; private set; }

    /// <summary>Whether groups may be in the spill area. A window without a key is one group, which stays.</summary>
    private protected bool MaySpill => SpillArea is not null && typeof(TKey) != typeof(NoKey);

    /// <summary>Whether groups that rows may need are in the spill area.</summary>
    private protected abstract bool RowsMayBeAway { get; }

    /// <inheritdoc/>
    private protected sealed override bool SaveEntries(StateChanges changes, CaptureSlice slice) => SaveGroups(changes, slice);

    /// <inheritdoc/>
    internal sealed override void SaveHead(StateHead head)
    {
        SaveCounts(head);
        head.SetMax("first unclosed window", FirstUnclosed);
        head.SetSum("groups", State.Total);
        for (int i = 0; i < _rows.Count; i++)
            head.SetSum(string.Create(CultureInfo.InvariantCulture, $"{RowsOfSlice}{_rows[i].Slice}"), _rows[i].Rows);
        head.SetFloor(0, FirstUnclosed == long.MinValue ? long.MinValue : FloorFor(FirstUnclosed));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">It is that of another operator, or damaged.</exception>
    private protected sealed override void BeginLoad(StateHead head)
    {
        LoadCounts(head);
        FirstUnclosed = head.Get("first unclosed window");
        State.Total = head.Get("groups");
        _rows.Clear();
        foreach ((string name, (_, long rows)) in head.Numbers)
        {
            if (!name.StartsWith(RowsOfSlice, StringComparison.Ordinal))
                continue;
            if (!long.TryParse(name.AsSpan(RowsOfSlice.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long slice))
                throw new InvalidDataException($"State of {Name} is damaged: '{name}' names no slice.");
            _rows.Add(slice, rows);
        }

        ForgetGroups();
    }

    /// <inheritdoc/>
    internal sealed override void LoadEntry(in StateEntry entry)
    {
        if (entry.Table != 0)
            throw new InvalidDataException($"State of {Name} is damaged: there is no table {entry.Table}.");
        TableToLoad(entry.Time).AddStored(entry.Key, entry.Value);
    }

    /// <summary>Writes some of the groups that have changed (<see cref="StatefulOperator.SaveSome"/>).</summary>
    private protected abstract bool SaveGroups(StateChanges changes, CaptureSlice slice);

    /// <summary>Forgets all groups.</summary>
    private protected abstract void ForgetGroups();

    /// <summary>The table for groups of a stored time.</summary>
    private protected abstract GroupTable<TKey, TAcc, TOps> TableToLoad(long time);

    /// <summary>The first stored time that is needed when a window is the first one that is not closed.</summary>
    private protected abstract long FloorFor(long window);

    /// <summary>Notes which of some keys, each of them there once, are to be taken from the spill area for rows of a slice.</summary>
    private protected abstract void Want(long slice, GroupTable<TKey, TAcc, TOps> keys);

    /// <summary>Takes what was noted.</summary>
    private protected abstract void FetchWanted();

    /// <summary>Writes some of the groups of tables that have changed.</summary>
    private protected static bool SaveGroups(SliceTables<TKey, TAcc, TOps> tables, StateChanges changes, CaptureSlice slice)
    {
        for (int i = 0; i < tables.Count; i++)
        {
            (long number, GroupTable<TKey, TAcc, TOps> table) = tables[i];
            GroupTable<TKey, TAcc, TOps>.ChangedSlice changed = table.TakeChanged(slice);
            while (changed.MoveNext())
            {
                table.BeginPut(changed.Current, 0, number, changes);
                changes.End();
            }

            if (!changed.LeftNothing)
                return false;
        }

        return true;
    }

    /// <summary>Emits all groups of a window, those that are away included.</summary>
    /// <param name="window">The window.</param>
    /// <param name="away">What is away.</param>
    /// <param name="keep">Whether it is needed afterwards.</param>
    private protected void EmitWindow(SliceTables<TKey, TAcc, TOps>.Entry window, SliceSpill<TKey, TAcc, TOps>? away, bool keep)
    {
        long start = Grid.WindowStart(window.Number);
        long end = Grid.WindowEnd(window.Number);
        EmitAll(window.Table, start, end);
        if (away is null || away.CountOf(window.Number) == 0)
            return;
        for (int range = 0; range < SpillRange.Count; range++)
        {
            if (away.Part(window.Number, range, keep) is { } part)
                EmitAll(part, start, end);
        }
    }

    /// <summary>Brings the groups of all rows into memory that are not there: the rows of a batch, which are in one slice.</summary>
    private void Fetch(long slice, int count)
    {
        if (!RowsMayBeAway)
            return;
        Want(slice, new RowRange(0), count);
        FetchWanted();
    }

    private void Fetch(SliceSplitter splitter)
    {
        if (!RowsMayBeAway)
            return;
        foreach (SliceSplitter.Part part in splitter.Parts)
        {
            if (splitter.InRuns)
                Want(part.Slice, new RowRange(part.Start), part.Count);
            else
                Want(part.Slice, new RowPicks(splitter.Picks + part.Start), part.Count);
        }

        FetchWanted();
    }

    private void Want<TRows>(long slice, TRows rows, int count)
        where TRows : struct, IRowSelection
    {
        if (Grid.LastWindow(slice) < FirstOpen)
            return;
        for (int i = 0; i < count; i++)
        {
            Ops.LoadKey(rows[i], out TKey key);
            _wanted.FindOrAdd(key, default, ownKey: false, out _);
        }

        Want(slice, _wanted);
        _wanted.Clear();
    }
}
