using Typed.Columns;
using Typed.Operators;
using Typed.State;

namespace Typed.Tests.Execution;

/// <summary>
/// The least that is a stateful operator: counts rows by window in append mode, the windows in a sorted dictionary. The time is a
/// nullable timestamp column, or the end of a window less one microsecond (semantics 1.7).
/// </summary>
internal sealed class TumblingCount(string name, int column, long sizeSeconds, bool ofWindow = false) : StatefulOperator(name, WindowCount.Schema)
{
    private readonly SortedDictionary<long, (long Count, long Rows)> _windows = [];
    private readonly HashSet<long> _changed = [];

    public override string Kind => "stateStoreSave";

    public override string StateSchema => $"window {sizeSeconds}s -> count";

    /// <summary>Called for each row; a test lets user code fail there.</summary>
    internal Action<long>? OnRow { get; set; }

    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        FixedColumn<long> times = (FixedColumn<long>)batch[column];
        FixedColumn<long>? counts = ofWindow ? (FixedColumn<long>)batch[1] : null;
        long size = sizeSeconds * 1_000_000;
        for (int i = 0; i < batch.Length; i++)
        {
            if (times.IsNull(i))
            {
                Counts.NullTime++;
                continue;
            }

            long time = ofWindow ? times[i] - 1 : times[i];
            OnRow?.Invoke(time);
            long end = (Math.DivRem(time, size).Quotient * size) + size;
            if (end <= LateWatermark)
            {
                Counts.Late++;
                State.DroppedByWatermark++;
                LateRows?.Take(Name, batch.Origin ?? batch, [i], [end], LateWatermark);
                continue;
            }

            Counts.Grouped++;
            State.Updated++;
            Counts.Held++;
            (long count, long rows) = _windows.GetValueOrDefault(end);
            _windows[end] = (count + (counts?[i] ?? 1), rows + 1);
            _changed.Add(end);
        }
    }

    protected override void End()
    {
        ColumnBatch closed = Pool.Rent();
        foreach ((long end, (long count, long rows)) in _windows.Where(window => window.Key <= EvictionWatermark).ToList())
        {
            ((FixedColumn<long>)closed[0]).Append(end);
            ((FixedColumn<long>)closed[1]).Append(count);
            closed.Length++;
            _windows.Remove(end);
            _changed.Add(end);
            State.Removed++;
            Counts.Closed += rows;
            Counts.Held -= rows;
        }

        State.Total = _windows.Count;
        Emit(closed);
    }

    internal override StateLayout Layout => StateLayout.Of("windows", StateTimeKind.None, "End int64", "Count int64, Rows int64");

    private protected override long HotBytes => 0;

    private protected override bool SaveEntries(StateChanges changes, CaptureSlice slice)
    {
        foreach (long end in _changed)
        {
            bool isThere = _windows.TryGetValue(end, out (long Count, long Rows) window);
            if (isThere)
                changes.BeginPut(0, StateEntry.NoTime, (uint)end);
            else
                changes.BeginRemove(0, StateEntry.NoTime, (uint)end);
            changes.Writer.Write(end);
            if (isThere)
            {
                changes.BeginValue();
                changes.Writer.Write(window.Count);
                changes.Writer.Write(window.Rows);
            }

            changes.End();
        }

        _changed.Clear();
        return true;
    }

    internal override void SaveHead(StateHead head)
    {
    }

    private protected override void BeginLoad(StateHead head)
    {
        _windows.Clear();
        _changed.Clear();
    }

    internal override void LoadEntry(in StateEntry entry) => _windows[entry.Key.Read<long>()] = (entry.Value.Read<long>(), entry.Value.Read<long>());

    internal override void LoadEnd()
    {
        State.Total = _windows.Count;
        Counts.Held = _windows.Values.Sum(window => window.Rows);
    }
}
