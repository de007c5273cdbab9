using Typed.Columns;
using Typed.Operators;
using Typed.State;

namespace Typed.Tests.Execution.Workers;

/// <summary>
/// Passes each reading on with how many of its key came before, as its value: <c>key * 1000 + count</c>. At the end of a batch it may repeat the last one of each key. The key is
/// the value modulo a number.
/// </summary>
internal sealed class KeyedReadings(string name, long keys, bool repeatsAtEnd = false, Action<long>? onRow = null, Action<long>? onEmit = null) : StatefulOperator(name, Reading.Schema)
{
    private const int MostRows = 1000;
    private readonly Dictionary<long, (long Count, long Time)> _counts = [];
    private readonly HashSet<long> _changed = [];

    public override string Kind => "keyed";

    public override string StateSchema => "key -> count, time";

    public override bool HoldsRows => false;

    internal override bool SplitsByKey => true;

    public override bool WantsBatch(long newWatermark) => false;

    internal override void HashRows(ColumnBatch batch, int input, Span<uint> hashes)
    {
        for (int i = 0; i < hashes.Length; i++)
            hashes[i] = GroupHash.Of(((FixedColumn<long>)batch[0])[i] % keys);
    }

    public override void Process(ColumnBatch batch)
    {
        Counts.In += batch.Length;
        ColumnBatch output = Pool.Rent();
        try
        {
            for (int i = 0; i < batch.Length; i++)
            {
                Reading row = Reading.Read(batch, i);
                onRow?.Invoke(row.Value);
                long key = row.Value % keys;
                (long count, _) = _counts.GetValueOrDefault(key);
                _counts[key] = (count + 1, Instant.ToMicros(row.Time!.Value));
                _changed.Add(key);
                Reading.Append(row with { Value = (key * 1000) + count }, output);
                output.Length++;
            }
        }
        catch
        {
            output.Release();
            throw;
        }

        Emit(output);
    }

    internal override StateLayout Layout => StateLayout.Of("keys", StateTimeKind.None, "Key int64", "Count int64, Time timestamp");

    private protected override long HotBytes => 0;

    private protected override bool SaveEntries(StateChanges changes, CaptureSlice slice)
    {
        foreach (long key in _changed)
        {
            changes.BeginPut(0, StateEntry.NoTime, GroupHash.Of(key));
            changes.Writer.Write(key);
            changes.BeginValue();
            changes.Writer.Write(_counts[key].Count);
            changes.Writer.Write(_counts[key].Time);
            changes.End();
        }

        _changed.Clear();
        return true;
    }

    internal override void SaveHead(StateHead head) => head.SetSum("keys", _counts.Count);

    private protected override void BeginLoad(StateHead head) => _counts.Clear();

    internal override void LoadEntry(in StateEntry entry)
    {
        _counts[entry.Key.Read<long>()] = (entry.Value.Read<long>(), entry.Value.Read<long>());
        State.Total = _counts.Count;
    }

    protected override void End()
    {
        State.Total = _counts.Count;
        if (!repeatsAtEnd)
            return;
        foreach ((long Key, (long Count, long Time))[] some in _counts.OrderBy(entry => entry.Key).Select(entry => (entry.Key, entry.Value)).Chunk(MostRows))
        {
            ColumnBatch output = Pool.Rent();
            try
            {
                foreach ((long key, (long count, long time)) in some)
                {
                    onEmit?.Invoke(key);
                    Reading.Append(new Reading((key * 1000) + count, Instant.FromMicros(time)), output);
                    output.Length++;
                }
            }
            catch
            {
                output.Release();
                throw;
            }

            Counts.FannedOut += output.Length;
            Emit(output);
        }
    }
}
