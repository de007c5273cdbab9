using Typed.State;

namespace Typed.Testing;

/// <summary>What the state of some operators should be, in the simplest way: a dictionary for each.</summary>
internal sealed class StateModel
{
    private readonly List<SortedDictionary<(int Table, long Time, string Key), string>> _entries = [];
    private readonly List<StateHead> _heads = [];

    /// <summary>How many entries there are.</summary>
    internal int Count => _entries.Sum(one => one.Count);

    internal StateModel Copy()
    {
        StateModel copy = new();
        foreach (SortedDictionary<(int, long, string), string> one in _entries)
            copy._entries.Add(new(one));
        copy._heads.AddRange(_heads);
        return copy;
    }

    internal void Apply(StateVersion version)
    {
        for (int i = 0; i < version.Operators.Count; i++)
        {
            if (_entries.Count == i)
            {
                _entries.Add([]);
                _heads.Add(new StateHead());
            }

            foreach (StateRecord record in StateRecord.In(version.Operators[i].Changes))
            {
                (int, long, string) id = (record.Table, record.Time, Convert.ToHexString(record.Key.Span));
                if (record.IsRemoval)
                    _entries[i].Remove(id);
                else
                    _entries[i][id] = $"{record.Shard}: {Convert.ToHexString(record.Value.Span)}";
            }

            _heads[i] = version.Operators[i].Head;
            foreach ((int Table, long Time, string Key) id in _entries[i].Keys.Where(id => id.Time < _heads[i].FloorOf(id.Table)).ToList())
                _entries[i].Remove(id);
        }
    }

    /// <summary>What a stored version has that this has not, or the other way round; null if they are the same.</summary>
    internal string? DiffersFrom(StoredVersion stored)
    {
        if (stored.Operators.Count != _entries.Count)
            return $"{stored.Operators.Count} operators instead of {_entries.Count}";
        for (int i = 0; i < _entries.Count; i++)
        {
            Reading reading = new();
            for (int shard = 0; shard < Shard.Count; shard++)
            {
                reading.Shard = (byte)shard;
                stored.Read(i, (byte)shard, reading);
            }

            if (reading.Fault is { } fault)
                return fault;
            if (reading.Entries.Count > stored.Operators[i].EntriesAtMost)
                return $"{reading.Entries.Count} entries where there are {stored.Operators[i].EntriesAtMost} at most";
            foreach (((int, long, string) id, string value) in _entries[i])
            {
                if (!reading.Entries.Remove(id, out string? found))
                    return $"operator {i}: entry {id} is missing";
                if (found != value)
                    return $"operator {i}: entry {id} is '{found}' instead of '{value}'";
            }

            if (reading.Entries.Count > 0)
                return $"operator {i}: entry {reading.Entries.First().Key} is there and should not be";
            if (Text(stored.Operators[i].Head) is var head && head != Text(_heads[i]))
                return $"operator {i}: the head is ({head}) instead of ({Text(_heads[i])})";
        }

        return null;
    }

    private static string Text(StateHead head) =>
        string.Join(", ", head.Numbers.Select(one => $"{one.Key} {one.Value}").Concat(head.Floors.Select(one => $"floor of {one.Key}: {one.Value}")));

    private sealed class Reading : IStateTarget
    {
        internal Dictionary<(int, long, string), string> Entries { get; } = [];

        internal byte Shard { get; set; }

        internal string? Fault { get; private set; }

        public void Take(in StateEntry entry)
        {
            string key = Convert.ToHexString(entry.Key.ReadRaw(entry.Key.Left));
            string value = $"{entry.Shard}: {Convert.ToHexString(entry.Value.ReadRaw(entry.Value.Left))}";
            if (entry.Shard != Shard)
                Fault ??= $"entry {key} of shard {entry.Shard} came with shard {Shard}";
            if (!Entries.TryAdd((entry.Table, entry.Time, key), value))
                Fault ??= $"entry {key} came twice";
        }
    }
}
