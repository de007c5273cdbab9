using Typed.State;

namespace Typed.Testing;

/// <summary>State in memory, each version a copy of the one before with what has changed: what other backends are compared with. It is there as long as the object.</summary>
public sealed class MemoryStateBackend : IStateBackend
{
    private readonly SortedDictionary<long, Version> _versions = [];
    private readonly List<(int Number, StateRecord Record)> _parts = [];

    /// <inheritdoc/>
    public string Description => "state in memory";

    /// <inheritdoc/>
    public IReadOnlyList<long> Versions => [.. _versions.Keys];

    /// <inheritdoc/>
    public bool WantsCompaction => false;

    /// <inheritdoc/>
    public void Save(StateVersion version)
    {
        Version? parent = version.Parent is long before ? _versions[before] : null;
        List<StoredOperator> operators = [];
        List<Dictionary<Id, Entry>> entries = [];
        for (int i = 0; i < version.Operators.Count; i++)
        {
            OperatorChanges one = version.Operators[i];
            Dictionary<Id, Entry> held = parent is null ? [] : new Dictionary<Id, Entry>(parent.Entries[i]);
            foreach (StateRecord record in _parts.Where(part => part.Number == i).Select(part => part.Record).Concat(StateRecord.In(one.Changes)))
            {
                Id id = new(record.Table, record.Time, Convert.ToHexString(record.Key.Span));
                if (record.IsRemoval)
                    held.Remove(id);
                else
                    held[id] = new Entry(record.Shard, record.Key.ToArray(), record.Value.ToArray());
            }

            foreach (Id id in held.Keys.Where(id => id.Time < one.Head.FloorOf(id.Table)).ToList())
                held.Remove(id);
            entries.Add(held);
            operators.Add(new StoredOperator(one.Name, one.Kind, one.Schema, one.Head, held.Count) { Layout = one.Layout, IsNamed = one.IsNamed });
        }

        _parts.Clear();
        foreach (long other in Versions.Where(other => other > (version.Parent ?? -1)))
            _versions.Remove(other);
        _versions[version.BatchId] = new Version(version.BatchId, version.Note.ToArray(), operators, entries);
    }

    /// <inheritdoc/>
    public void SavePart(int number, StateChanges changes)
    {
        foreach (StateRecord record in StateRecord.In(changes))
            _parts.Add((number, record with { Key = record.Key.ToArray(), Value = record.Value.ToArray() }));
    }

    /// <inheritdoc/>
    public StoredVersion Open(long batchId) =>
        _versions.TryGetValue(batchId, out Version? version) ? version : throw new StateDamagedException(Description, $"version {batchId} is missing");

    /// <inheritdoc/>
    public void Forget(long below)
    {
        foreach (long version in Versions.Where(version => version < below))
            _versions.Remove(version);
    }

    /// <summary>There is nothing to put together: each version is whole.</summary>
    public void Compact(CancellationToken cancellation)
    {
    }

    /// <summary>Parts of a version that was not saved go; what is opened again is the object itself.</summary>
    public void Dispose() => _parts.Clear();

    private readonly record struct Id(int Table, long Time, string Key);

    private sealed record Entry(byte Shard, byte[] Key, byte[] Value);

    private sealed class Version(long batchId, byte[] note, IReadOnlyList<StoredOperator> operators, List<Dictionary<Id, Entry>> entries) : StoredVersion
    {
        public override long BatchId => batchId;

        public override ReadOnlyMemory<byte> Note => note;

        public override IReadOnlyList<StoredOperator> Operators => operators;

        internal List<Dictionary<Id, Entry>> Entries => entries;

        public override void Verify()
        {
        }

        public override void Read(int number, byte shard, IStateTarget target)
        {
            foreach ((Id id, Entry entry) in entries[number])
            {
                if (entry.Shard == shard)
                    target.Take(new StateEntry(id.Table, id.Time, shard, new StateReader(entry.Key), new StateReader(entry.Value)));
            }
        }

        public override void Dispose()
        {
        }
    }
}
