namespace Typed.State;

/// <summary>A spill area in memory: what others are compared with, and what tests use.</summary>
internal sealed class MemorySpillArea : SpillArea
{
    private readonly Dictionary<(int Table, long Part), Dictionary<string, Entry>> _parts = [];

    public override long Count => _parts.Values.Sum(part => (long)part.Count);

    public override long MemoryBytes => 0;

    public override long DiskBytes => 0;

    public override long CountOf(int table, long part) => _parts.TryGetValue((table, part), out Dictionary<string, Entry>? entries) ? entries.Count : 0;

    public override IReadOnlyList<long> PartsOf(int table) => [.. _parts.Keys.Where(key => key.Table == table).Select(key => key.Part).Order()];

    public override void Put(SpillBatch entries)
    {
        foreach (SpillBatch.Item item in entries.Items)
        {
            Counts.EntriesPut++;
            Counts.BytesPut += item.KeyLength + item.ValueLength;
            if (!_parts.TryGetValue((item.Table, item.Part), out Dictionary<string, Entry>? part))
                _parts[(item.Table, item.Part)] = part = [];
            Entry entry = new(item.Due, entries.KeyOf(item).ToArray(), entries.ValueOf(item).ToArray());
            if (!part.TryAdd(Text(entry.Key), entry))
                throw new InvalidOperationException($"An entry of table {item.Table}, part {item.Part}, was put where it is already.");
        }
    }

    public override void Take(SpillBatch keys, ISpillTarget target)
    {
        Counts.KeysAsked += keys.Count;
        foreach (SpillBatch.Item item in keys.Items)
        {
            if (_parts.TryGetValue((item.Table, item.Part), out Dictionary<string, Entry>? part) && part.Remove(Text(keys.KeyOf(item).Span), out Entry? entry))
            {
                Counts.EntriesTaken++;
                Give(item.Table, item.Part, entry, target);
            }

            RemoveIfEmpty(item.Table, item.Part);
        }
    }

    public override void TakePart(int table, long part, ISpillTarget target)
    {
        if (!_parts.Remove((table, part), out Dictionary<string, Entry>? entries))
            return;
        Counts.EntriesTaken += entries.Count;
        foreach (Entry entry in entries.Values)
            Give(table, part, entry, target);
    }

    public override void TakeDue(int table, long time, ISpillTarget target)
    {
        foreach (long part in PartsOf(table))
        {
            Dictionary<string, Entry> entries = _parts[(table, part)];
            foreach ((string key, Entry entry) in entries.Where(one => one.Value.Due <= time).ToList())
            {
                entries.Remove(key);
                Counts.EntriesTaken++;
                Give(table, part, entry, target);
            }

            RemoveIfEmpty(table, part);
        }
    }

    public override void Visit(int table, long part, ISpillTarget target)
    {
        if (!_parts.TryGetValue((table, part), out Dictionary<string, Entry>? entries))
            return;
        foreach (Entry entry in entries.Values)
            Give(table, part, entry, target);
    }

    public override void DropPart(int table, long part) => _parts.Remove((table, part));

    public override void Clear() => _parts.Clear();

    public override void Dispose() => Clear();

    public override string ToString() => "a spill area in memory";

    private static string Text(ReadOnlySpan<byte> key) => Convert.ToHexString(key);

    private static void Give(int table, long part, Entry entry, ISpillTarget target) => target.Take(table, part, new StateReader(entry.Key), new StateReader(entry.Value));

    private void RemoveIfEmpty(int table, long part)
    {
        if (_parts.TryGetValue((table, part), out Dictionary<string, Entry>? entries) && entries.Count == 0)
            _parts.Remove((table, part));
    }

    private sealed record Entry(long Due, byte[] Key, byte[] Value);
}
