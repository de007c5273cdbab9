using Typed.State;
using Held = System.Collections.Generic.KeyValuePair<(int Table, long Part, string Key), (byte[] Value, long Due)>;

namespace Typed.Testing;

/// <summary>What a spill area should hold: entries in a dictionary, and all that came back compared with them.</summary>
internal sealed class SpillModel(SpillArea area) : ISpillTarget
{
    private readonly Dictionary<(int Table, long Part, string Key), (byte[] Value, long Due)> _entries = [];
    private readonly Dictionary<(int Table, long Part, string Key), byte[]> _came = [];
    private readonly SpillBatch _batch = new();

    public long Count => _entries.Count;

    public IEnumerable<(int Table, long Part, string Key)> Keys => _entries.Keys;

    /// <summary>Adds an entry to what is put next.</summary>
    public void Add(int table, long part, byte[] key, byte[] value, long due = SpillArea.NeverDue, uint hash = 0)
    {
        _entries.Add((table, part, Text(key)), (value, due));
        _batch.Begin(table, part, hash, due);
        _batch.Writer.WriteRaw(key);
        _batch.BeginValue();
        _batch.Writer.WriteRaw(value);
        _batch.End();
    }

    public bool Has(int table, long part, byte[] key) => _entries.ContainsKey((table, part, Text(key)));

    public void Put()
    {
        area.Put(_batch);
        _batch.Clear();
        CheckCounts();
    }

    /// <summary>Takes some keys back, which may be there or not.</summary>
    public void Take(IEnumerable<(int Table, long Part, byte[] Key)> keys, uint hash = 0)
    {
        HashSet<(int, long, string)> asked = [];
        foreach ((int table, long part, byte[] key) in keys)
        {
            asked.Add((table, part, Text(key)));
            _batch.Begin(table, part, hash);
            _batch.Writer.WriteRaw(key);
            _batch.End();
        }

        area.Take(_batch, this);
        _batch.Clear();
        Leave("Keys were taken", one => asked.Contains(one.Key), _ => false);
    }

    public void TakePart(int table, long part)
    {
        area.TakePart(table, part, this);
        Leave("A part was taken", one => one.Key.Table == table && one.Key.Part == part, _ => false);
    }

    public void TakeDue(int table, long time)
    {
        area.TakeDue(table, time, this);

        // Some that are due a little later may come along, of the same table.
        Leave("What is due was taken", one => one.Key.Table == table && one.Value.Due <= time, one => one.Key.Table == table && one.Value.Due - 2_000_000 <= time);
    }

    public void Drop(int table, long part)
    {
        area.DropPart(table, part);
        foreach ((int, long, string) key in _entries.Keys.Where(key => key.Table == table && key.Part == part).ToList())
            _entries.Remove(key);
        CheckCounts();
    }

    public void Visit(int table, long part)
    {
        area.Visit(table, part, this);
        Compare("A part was shown", _entries.Where(one => one.Key.Table == table && one.Key.Part == part), _ => false);
        _came.Clear();
        CheckCounts();
    }

    public void Clear()
    {
        area.Clear();
        _entries.Clear();
        CheckCounts();
    }

    public void CheckCounts()
    {
        Expect($"{_entries.Count} entries should be there, and {area.Count} are said to be", area.Count == _entries.Count);
        foreach (IGrouping<int, (int Table, long Part)> table in _entries.Keys.Select(key => (key.Table, key.Part)).Distinct().GroupBy(one => one.Table))
        {
            long[] parts = [.. table.Select(one => one.Part).Order()];
            Expect($"Table {table.Key} has the parts {string.Join(", ", parts)}, and ({string.Join(", ", area.PartsOf(table.Key))}) are said to be there", area.PartsOf(table.Key).SequenceEqual(parts));
        }
    }

    void ISpillTarget.Take(int table, long part, StateReader key, StateReader value)
    {
        string name = Text(key.ReadRaw(key.Left));
        Expect($"An entry of table {table}, part {part} came twice in one call", _came.TryAdd((table, part, name), value.ReadRaw(value.Left).ToArray()));
    }

    internal static void Expect(string what, bool holds)
    {
        if (!holds)
            throw new ContractException($"{what}.");
    }

    private static string Text(ReadOnlySpan<byte> key) => Convert.ToHexString(key);

    private void Leave(string when, Func<Held, bool> has, Func<Held, bool> may)
    {
        Compare(when, _entries.Where(has), may);
        foreach ((int, long, string) key in _came.Keys)
            _entries.Remove(key);
        _came.Clear();
        Expect($"{when}: {_entries.Count} entries should be left, and {area.Count} are said to be", area.Count == _entries.Count);
    }

    private void Compare(string when, IEnumerable<Held> expected, Func<Held, bool> may)
    {
        HashSet<(int, long, string)> meant = [];
        foreach (Held one in expected)
        {
            Expect($"{when}: the entry {one.Key} did not come", _came.ContainsKey(one.Key));
            meant.Add(one.Key);
        }

        foreach (((int, long, string) key, byte[] value) in _came)
        {
            Expect($"{when}: {key} came, which is not there", _entries.TryGetValue(key, out (byte[] Value, long Due) entry));
            Expect($"{when}: the entry {key} came with another value", value.AsSpan().SequenceEqual(entry.Value));
            Expect($"{when}: the entry {key} came, which was not asked for", meant.Contains(key) || may(KeyValuePair.Create(key, entry)));
        }
    }
}
