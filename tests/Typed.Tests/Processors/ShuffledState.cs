using Typed.Operators;
using Typed.State;

namespace Typed.Tests.Processors;

/// <summary>Stored state that comes back in any order, to an operator that may have to spill meanwhile.</summary>
internal sealed class ShuffledState(int seed)
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<(int Table, long Time, string Key), StateRecord> _entries = [];
    private StateHead _head = new();

    /// <summary>How many entries are stored.</summary>
    public int Count => _entries.Count;

    /// <summary>Takes what has changed.</summary>
    /// <returns>How many records that are.</returns>
    public long Take(StatefulOperator from)
    {
        StateChanges changes = new();
        from.SaveChanges(changes);
        _head = new StateHead();
        from.SaveHead(_head);
        foreach (StateRecord record in StateRecord.In(changes))
        {
            (int, long, string) id = (record.Table, record.Time, Convert.ToHexString(record.Key.Span));
            if (record.IsRemoval)
                Assert.True(_entries.Remove(id), "What is removed was stored.");
            else
                _entries[id] = record with { Key = record.Key.ToArray(), Value = record.Value.ToArray() };
        }

        foreach ((int Table, long Time, string Key) id in _entries.Keys.Where(id => id.Time < _head.FloorOf(id.Table)).ToList())
            _entries.Remove(id);
        return changes.Count;
    }

    /// <summary>Gives an operator what is stored; asks it to spill now and then, if it has a place to.</summary>
    public void Give(StatefulOperator to)
    {
        StateRecord[] records = [.. _entries.Values];
        _random.Shuffle(records);
        to.LoadHead(_head);
        foreach (StateRecord record in records)
        {
            StateReader key = new(record.Key);
            StateReader value = new(record.Value);
            to.LoadEntry(new StateEntry(record.Table, record.Time, record.Shard, key, value));
            Assert.Equal(0, key.Left + value.Left);
            if (_random.Next(20) == 0)
                to.Spill(_random.Next(2) * 20_000);
        }

        to.LoadEnd();
    }

    /// <summary>Gives an operator what is stored, one shard after the other, of each first what was written last; after each shard all that may go has to.</summary>
    /// <returns>How many bytes the operator has used at most.</returns>
    public long GiveNewestFirst(StatefulOperator to)
    {
        long most = 0;
        HashSet<string> keys = [];
        to.LoadHead(_head);
        foreach (IGrouping<byte, StateRecord> shard in _entries.Values.Reverse().GroupBy(record => record.Shard))
        {
            foreach (StateRecord record in shard)
            {
                StateReader key = new(record.Key);
                StateReader value = new(record.Value);
                keys.Add(new StateReader(record.Key).ReadString()!);
                to.LoadEntry(new StateEntry(record.Table, record.Time, record.Shard, key, value));
            }

            to.LoadShardEnd();
            most = Math.Max(most, to.MemoryBytes);
            to.Spill(0);
            Assert.Equal(keys.Count, to.SpillArea!.Count);
        }

        to.LoadEnd();
        return most;
    }
}
