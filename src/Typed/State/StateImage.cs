namespace Typed.State;

/// <summary>
/// The state of an operator as entries in memory: what its changes add up to. Slow and simple: what other ways to keep state are compared with.
/// </summary>
internal sealed class StateImage
{
    private readonly Dictionary<(int Table, long Time, string Key), Entry> _entries = [];

    /// <summary>The numbers beside the entries.</summary>
    public StateHead Head { get; private set; } = new();

    /// <summary>How many entries there are.</summary>
    public int Count => _entries.Count;

    /// <summary>Takes what has changed in an operator.</summary>
    public void Take(Operators.StatefulOperator from) => Take(new Operators.StatefulInstances(from));

    /// <summary>Takes what has changed in an operator, whichever worker did it.</summary>
    public void Take(Operators.StatefulInstances from)
    {
        StateChanges changes = new();
        from.SaveChanges(changes);
        StateHead head = new();
        from.SaveHead(head);
        StateLayout.Check(from.First, changes);
        Apply(changes, head);
    }

    /// <summary>Applies changes.</summary>
    public void Apply(StateChanges changes, StateHead head)
    {
        Head = head;
        foreach (StateRecord record in StateRecord.In(changes))
        {
            (int, long, string) id = (record.Table, record.Time, Convert.ToHexString(record.Key.Span));
            if (record.IsRemoval)
                _entries.Remove(id);
            else
                _entries[id] = new Entry(record.Shard, record.Key.ToArray(), record.Value.ToArray());
        }

        foreach ((int Table, long Time, string Key) id in _entries.Keys.Where(id => id.Time < head.FloorOf(id.Table)).ToList())
            _entries.Remove(id);
    }

    /// <summary>Gives an operator this state in place of its own.</summary>
    /// <exception cref="InvalidDataException">It does not fit the operator.</exception>
    public void Give(Operators.StatefulOperator to) => Give(new Operators.StatefulInstances(to));

    /// <summary>Gives an operator this state in place of its own, each worker its part.</summary>
    /// <param name="to">The operator.</param>
    /// <param name="afterShard">Called after the entries of each shard, when the operator may be asked to spill.</param>
    /// <exception cref="InvalidDataException">It does not fit the operator.</exception>
    public void Give(Operators.StatefulInstances to, Action? afterShard = null)
    {
        to.LoadHead(Head);
        foreach (IGrouping<byte, KeyValuePair<(int Table, long Time, string Key), Entry>> shard in _entries.GroupBy(one => one.Value.Shard))
        {
            StateEntries entries = new();
            foreach (((int table, long time, _), Entry entry) in shard)
            {
                if (!entries.HasRoomFor(entry.Key.Length + entry.Value.Length))
                {
                    to.LoadEntries(entries);
                    entries.Clear();
                }

                entries.Add(table, time, entry.Shard, [.. entry.Key, .. entry.Value], entry.Key.Length);
            }

            to.LoadEntries(entries);
            to.LoadShardEnd(shard.Key);
            afterShard?.Invoke();
        }

        to.LoadEnd();
    }

    /// <summary>Writes it.</summary>
    public void Save(StateWriter writer)
    {
        Head.Save(writer);
        writer.Write(_entries.Count);
        foreach (((int table, long time, _), Entry entry) in _entries)
        {
            writer.Write(table);
            writer.Write(time);
            writer.Write(entry.Shard);
            writer.Write(entry.Key.Length);
            writer.WriteRaw(entry.Key);
            writer.Write(entry.Value.Length);
            writer.WriteRaw(entry.Value);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static StateImage Load(StateReader reader)
    {
        StateImage image = new() { Head = StateHead.Load(reader) };
        int count = reader.ReadCount((3 * sizeof(int)) + sizeof(long) + 1);
        for (int i = 0; i < count; i++)
        {
            int table = reader.Read<int>();
            long time = reader.Read<long>();
            byte shard = reader.Read<byte>();
            byte[] key = reader.ReadRaw(reader.Read<int>()).ToArray();
            byte[] value = reader.ReadRaw(reader.Read<int>()).ToArray();
            image._entries[(table, time, Convert.ToHexString(key))] = new Entry(shard, key, value);
        }

        return image;
    }

    /// <summary>This state, again and again, each time with one byte less of the key or the value of one entry, down to none.</summary>
    public IEnumerable<StateImage> CutShort()
    {
        foreach (((int Table, long Time, string Key) id, Entry entry) in _entries.ToList())
        {
            for (int length = 0; length < entry.Key.Length; length++)
                yield return With(id, entry with { Key = entry.Key[..length] });
            for (int length = 0; length < entry.Value.Length; length++)
                yield return With(id, entry with { Value = entry.Value[..length] });
        }
    }

    private StateImage With((int Table, long Time, string Key) id, Entry entry)
    {
        StateImage other = new() { Head = Head };
        foreach (((int, long, string) each, Entry one) in _entries)
            other._entries[each] = one;
        other._entries[id] = entry;
        return other;
    }

    private sealed record Entry(byte Shard, byte[] Key, byte[] Value);
}
