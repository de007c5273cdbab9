using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <summary>Keys that are in the spill area, each with its groups of all slices.</summary>
/// <remarks>
/// <code>
/// area table   range of the hash, one of 64, so that what is due comes back in pieces
/// due          end of the first window that has the key, µs
/// key, value   fields of the key | count (int32), for each slice, ascending: number (int64), micro-batch that changed it last (uint32), accumulator
/// </code>
/// To tell which keys are cold, the groups of each key are chained through all slices, for as long as that takes.
/// </remarks>
/// <param name="area">The area.</param>
/// <param name="grid">How time is cut.</param>
/// <param name="slices">The tables of the slices.</param>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
internal sealed unsafe class KeySpill<TKey, TAcc, TOps>(SpillArea area, SliceGrid grid, SliceTables<TKey, TAcc, TOps> slices) : ISpillTarget
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>
{
    private readonly SpillBatch _batch = new();
    private readonly StateWriter _back = new();
    private readonly ColdGroups _cold = new();
    private readonly List<Group> _groups = [];
    private TKey _key;
    private int _next;
    private long _keys;

    /// <summary>Whether nothing is away.</summary>
    public bool IsEmpty => _keys == 0;

    /// <summary>No key that is away is due before, µs.</summary>
    public long Due { get; set; } = long.MaxValue;

    /// <summary>The key that came back.</summary>
    public TKey Key => _key;

    /// <summary>Its groups; what they point to is in the arena that <see cref="Next"/> was given.</summary>
    public IReadOnlyList<Group> Groups => _groups;

    /// <summary>Notes keys, but for those that have a group in a table: they are not away.</summary>
    public void Want(GroupTable<TKey, TAcc, TOps> keys, GroupTable<TKey, TAcc, TOps>? here)
    {
        for (int i = 0; i < keys.Top; i++)
        {
            if (here is not null && here.Find(keys.Records[i].Key) >= 0)
                continue;
            uint hash = TOps.Hash(keys.Records[i].Key);
            _batch.Begin(SpillRange.Of(hash), 0, hash);
            TOps.SaveKey(keys.Records[i].Key, _batch.Writer);
            _batch.End();
        }
    }

    /// <summary>Takes the keys that were noted; <see cref="Next"/> gives them.</summary>
    public void Fetch() => _batch.TakeFrom(area, this);

    /// <summary>Takes the keys of a range that are due; <see cref="Next"/> gives them.</summary>
    public void TakeDue(int range, long time) => area.TakeDue(range, time, this);

    /// <summary>Reads the next key that was taken.</summary>
    public bool Next(Arena arena)
    {
        if (_next == _back.Length)
        {
            _back.Clear();
            _next = 0;
            return false;
        }

        ReadOnlyMemory<byte> bytes = _back.Written[_next..];
        StateReader lengths = new(bytes);
        int keyLength = lengths.Read<int>();
        int valueLength = lengths.Read<int>();
        TOps.LoadKey(new StateReader(bytes.Slice(2 * sizeof(int), keyLength)), arena, out TKey key);
        _key = key;
        StateReader value = new(bytes.Slice((2 * sizeof(int)) + keyLength, valueLength));
        _groups.Clear();
        for (int count = value.ReadCount(sizeof(long) + sizeof(uint)); count > 0; count--)
        {
            long slice = value.Read<long>();
            uint epoch = value.Read<uint>();
            TOps.LoadAcc(value, arena, out TAcc acc);
            _groups.Add(new Group(slice, epoch, acc));
        }

        _next += (2 * sizeof(int)) + keyLength + valueLength;
        return true;
    }

    /// <summary>Puts the present key back, with its groups from one on. <see cref="Put"/> is to be called after the last one.</summary>
    /// <param name="first">The first group that is needed.</param>
    /// <param name="firstWindow">The first window that is not closed.</param>
    public void PutBack(int first, long firstWindow)
    {
        // Keys may hold their text themselves, and what looks at it does not expect it to move.
        TKey key = _key;
        Begin(key, _groups[first].Slice, firstWindow, _groups.Count - first);
        for (int i = first; i < _groups.Count; i++)
            Write(_groups[i].Slice, _groups[i].Epoch, _groups[i].Acc);
        End();
    }

    /// <summary>Puts keys into the area, those first that were not touched for the longest time, until the others take no more than so many bytes.</summary>
    /// <param name="keepBytes">The bytes.</param>
    /// <param name="epoch">The present micro-batch.</param>
    /// <param name="firstWindow">The first window that is not closed.</param>
    /// <param name="changes">Takes the groups that have changed since they were stored, for they are stored now; null if none are.</param>
    /// <returns>How many pairs of window and key this micro-batch has touched, of the keys that left.</returns>
    public long Spill(long keepBytes, uint epoch, long firstWindow, StateChanges? changes)
    {
        slices.DropSpare();
        long bytes = slices.MemoryBytes;
        if (bytes <= keepBytes)
            return 0;
        using SliceChains<TKey, TOps> chains = new();
        _cold.Begin(epoch);
        for (int i = 0; i < slices.Count; i++)
        {
            GroupTable<TKey, TAcc, TOps> table = slices[i].Table;
            for (int group = 0; group < table.Top; group++)
                chains.Add(table.Records[group].Key, i, group, table.Records[group].Epoch);
        }

        for (int key = 0; key < chains.Top; key++)
            _cold.Count(chains.Records[key].Acc.Epoch, chains.Records[key].Acc.Count);
        _cold.Decide((long)(slices.Groups() * ((double)keepBytes / bytes)));
        long touched = 0;
        bool[] shrinks = new bool[slices.Count];
        for (int key = 0; key < chains.Top; key++)
        {
            SliceChain chain = chains.Records[key].Acc;
            if (!_cold.Takes(chain.Epoch, chain.Count))
                continue;
            Begin(chains.Records[key].Key, slices[chains[chain.First].Table].Number, firstWindow, chain.Count);
            long from = firstWindow;
            for (int link = chain.First; link >= 0; link = chains[link].Next)
            {
                (long slice, GroupTable<TKey, TAcc, TOps> table) = slices[chains[link].Table];
                int group = chains[link].Group;
                GroupRecord<TKey, TAcc>* record = table.Records + group;
                if (changes is not null && table.IsChanged(group))
                {
                    table.BeginPut(group, 0, slice, changes);
                    changes.End();
                }

                if (record->Epoch == epoch)
                    touched += grid.CountWindows(slice, ref from);
                Write(slice, record->Epoch, record->Acc);
                table.Leave(group);
                shrinks[chains[link].Table] = true;
            }

            End();
        }

        Put();
        for (int i = 0; i < shrinks.Length; i++)
        {
            if (shrinks[i])
                slices[i].Table.Compact();
        }

        return touched;
    }

    /// <summary>Ends putting keys into the area.</summary>
    public void Put() => _batch.PutInto(area);

    /// <summary>Forgets all keys, when the area has.</summary>
    public void Clear()
    {
        _keys = 0;
        Due = long.MaxValue;
    }

    /// <inheritdoc/>
    void ISpillTarget.Take(int table, long part, StateReader key, StateReader value)
    {
        _back.Write(key.Left);
        _back.Write(value.Left);
        _back.WriteRaw(key.ReadRaw(key.Left));
        _back.WriteRaw(value.ReadRaw(value.Left));
        _keys--;
    }

    private void Begin(in TKey key, long firstSlice, long firstWindow, int groups)
    {
        uint hash = TOps.Hash(key);
        long due = grid.WindowEnd(Math.Max(grid.FirstWindow(firstSlice), firstWindow));
        Due = Math.Min(Due, due);
        _keys++;
        _batch.Begin(SpillRange.Of(hash), 0, hash, due);
        TOps.SaveKey(key, _batch.Writer);
        _batch.BeginValue();
        _batch.Writer.Write(groups);
    }

    private void Write(long slice, uint epoch, in TAcc acc)
    {
        _batch.Writer.Write(slice);
        _batch.Writer.Write(epoch);
        TOps.SaveAcc(acc, _batch.Writer);
    }

    private void End()
    {
        _batch.End();
        if (_batch.IsLarge)
            Put();
    }

    /// <summary>A group of the key that came back.</summary>
    internal readonly record struct Group(long Slice, uint Epoch, TAcc Acc);
}
