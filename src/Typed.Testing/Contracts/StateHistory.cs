using System.Text;
using Typed.State;

namespace Typed.Testing;

/// <summary>Saves versions into a backend and knows what each of them should be.</summary>
internal sealed class StateHistory
{
    private readonly Dictionary<long, StateModel> _models = [];

    /// <summary>The hash of a key.</summary>
    internal Func<byte[], uint> Hash { get; init; } = key =>
    {
        uint hash = 17;
        foreach (byte one in key)
            hash = (hash * 31) + one;
        return hash;
    };

    /// <summary>The newest version.</summary>
    internal long Newest => _models.Keys.Max();

    /// <summary>Gives up what came after a version.</summary>
    internal void GoBackTo(long version)
    {
        foreach (long other in _models.Keys.Where(other => other > version).ToList())
            _models.Remove(other);
    }

    /// <summary>Saves a version.</summary>
    internal StateVersion Save(IStateBackend backend, long batch, long? parent, Action<Change> change)
    {
        StateVersion version = new() { BatchId = batch, Parent = parent, Note = Encoding.UTF8.GetBytes($"note {batch}") };
        version.Operators.Add(new OperatorChanges("first", "kind 1", "schema\n1"));
        version.Operators.Add(new OperatorChanges("second", "kind 2", ""));
        StateModel model = parent is long before ? _models[before].Copy() : new StateModel();
        change(new Change(version, Hash)
        {
            HandOver = () =>
            {
                model.Apply(version);
                for (int i = 0; i < version.Operators.Count; i++)
                {
                    backend.SavePart(i, version.Operators[i].Changes);
                    version.Operators[i].Changes.Clear();
                }
            },
        });
        model.Apply(version);
        backend.Save(version);
        foreach (long other in _models.Keys.Where(other => other > (parent ?? -1)).ToList())
            _models.Remove(other);
        _models[batch] = model;
        return version;
    }

    /// <summary>Compares all versions that the backend has with what they should be.</summary>
    internal void Verify(IStateBackend backend)
    {
        if (backend.Versions is not [.., long newest] || newest != _models.Keys.Max())
            throw new ContractException($"Version {_models.Keys.Max()} was saved, and there are ({string.Join(", ", backend.Versions)}).");
        foreach (long version in backend.Versions)
        {
            if (!_models.TryGetValue(version, out StateModel? model))
                throw new ContractException($"Version {version} was never saved, or is of a life that was given up.");
            using StoredVersion stored = backend.Open(version);
            stored.Verify();
            if (model.DiffersFrom(stored) is { } difference)
                throw new ContractException($"Version {version}: {difference}.");
        }
    }

    /// <summary>What changes from one version to the next.</summary>
    internal sealed class Change(StateVersion version, Func<byte[], uint> hash)
    {
        internal required Action HandOver { get; init; }

        /// <summary>Gives what has changed so far to the backend, ahead of the rest.</summary>
        internal Change Part()
        {
            HandOver();
            return this;
        }

        internal Change Put(int table, string key, long value, long time = StateEntry.NoTime) =>
            Put(table, Encoding.UTF8.GetBytes(key), BitConverter.GetBytes(value), time);

        internal Change Put(int table, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long time = StateEntry.NoTime)
        {
            byte[] bytes = key.ToArray();
            StateChanges changes = version.Operators[table & 1].Changes;
            changes.BeginPut(table, time, hash(bytes));
            changes.Writer.WriteRaw(key);
            changes.BeginValue();
            changes.Writer.WriteRaw(value);
            changes.End();
            return this;
        }

        internal Change PutMany(int first, int count)
        {
            for (int i = first; i < first + count; i++)
                Put(0, BitConverter.GetBytes(i), BitConverter.GetBytes((long)i + count));
            return this;
        }

        internal Change Remove(int table, string key, long time = StateEntry.NoTime)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(key);
            StateChanges changes = version.Operators[table & 1].Changes;
            changes.BeginRemove(table, time, hash(bytes));
            changes.Writer.WriteRaw(bytes);
            changes.End();
            return this;
        }

        internal Change Floor(int table, long time)
        {
            StateHead head = version.Operators[table & 1].Head;
            head.SetFloor(table, time);
            return this;
        }

        internal Change Head(string name, long value)
        {
            version.Operators[0].Head.SetMax(name, value);
            return this;
        }

        internal void Random(Random random)
        {
            Head("steps", random.Next());
            for (int i = random.Next(4) * random.Next(40); i > 0; i--)
            {
                int table = random.Next(4);
                string key = new('k', random.Next(3));
                key += random.Next(30);
                long time = table < 2 ? StateEntry.NoTime : version.BatchId + random.Next(5);
                if (random.Next(3) == 0)
                    Remove(table, key, time);
                else
                    Put(table, Encoding.UTF8.GetBytes(key), new byte[random.Next(12)], time);
            }

            Floor(2, version.BatchId - 2).Floor(3, version.BatchId);
        }
    }
}
