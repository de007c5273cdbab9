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
            State.Removed++;
            Counts.Closed += rows;
            Counts.Held -= rows;
        }

        State.Total = _windows.Count;
        Emit(closed);
    }

    public override void Save(StateWriter writer)
    {
        writer.Write(_windows.Count);
        foreach ((long end, (long count, long rows)) in _windows)
        {
            writer.Write(end);
            writer.Write(count);
            writer.Write(rows);
        }
    }

    public override void Load(StateReader reader)
    {
        _windows.Clear();
        int count = reader.ReadCount(24);
        for (int i = 0; i < count; i++)
            _windows[reader.Read<long>()] = (reader.Read<long>(), reader.Read<long>());
        State.Total = _windows.Count;
        Counts.Held = _windows.Values.Sum(window => window.Rows);
    }
}
