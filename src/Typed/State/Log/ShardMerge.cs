using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Typed.State;

/// <summary>
/// What the files of a version add up to in one shard of one operator. Changes are put into a hash table, older ones first, so that of an entry the
/// newest counts; a base, whose entries are each there once, passes by and leaves out what the table knows. So it needs memory for the changes of
/// one shard and one section of the base. Used again for the next shard.
/// </summary>
internal sealed class ShardMerge
{
    private static readonly ulong s_seed = (ulong)Random.Shared.NextInt64();
    private readonly List<byte[]> _sections = [];
    private readonly StateReader _key = new(default);
    private readonly StateReader _value = new(default);
    private byte[] _base = [];
    private Change[] _changes = new Change[64];
    private int[] _slots = new int[128];
    private int _count;
    private int _used;

    /// <summary>Gives each entry of a shard once.</summary>
    /// <param name="files">The files of the version, the newest first; the last one may be a base.</param>
    /// <param name="number">The operator.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="head">The head of the operator in the newest one, which knows the floors.</param>
    /// <param name="target">Gets the entries.</param>
    /// <exception cref="StateDamagedException">A file is damaged.</exception>
    internal void Read(IReadOnlyList<VersionFileReader> files, int number, byte shard, StateHead head, IStateTarget target)
    {
        _used = 0;
        _count = 0;
        Array.Clear(_slots);
        VersionFileReader? whole = files[^1].Header.IsBase ? files[^1] : null;
        for (int i = files.Count - (whole is null ? 1 : 2); i >= 0; i--)
            AddChanges(files[i], number, shard);
        GiveChanges(shard, head, target);
        if (whole is not null)
            GiveBase(whole, number, shard, head, target);
    }

    private void AddChanges(VersionFileReader file, int number, byte shard)
    {
        OperatorIndex index = file.Index.Operators[number];
        foreach (int one in index.Of(shard))
        {
            Section section = index.Sections[one];
            if (_used == _sections.Count)
                _sections.Add([]);
            byte[] bytes = _sections[_used];
            file.Read(section, ref bytes);
            _sections[_used] = bytes;
            RecordDecoder record = new(bytes, section.Length);
            int records = 0;
            for (; Next(ref record, file, section); records++)
            {
                uint hash = Hash(bytes.AsSpan(record.KeyStart, record.KeyLength), record.Table, record.Time);
                ref int slot = ref Find(bytes, record, hash);
                if (slot == 0)
                {
                    slot = ++_count;
                    if (_count > _changes.Length)
                        Array.Resize(ref _changes, 2 * _count);
                }

                _changes[slot - 1] = new Change
                {
                    Time = record.Time,
                    Section = _used,
                    KeyStart = record.KeyStart,
                    KeyLength = record.KeyLength,
                    ValueLength = record.ValueLength,
                    Hash = hash,
                    Table = (byte)record.Table,
                    IsRemoved = record.IsRemoved,
                };
                if (2 * _count > _slots.Length)
                    Grow();
            }

            Check(records, section, file);
            _used++;
        }
    }

    private void GiveChanges(byte shard, StateHead head, IStateTarget target)
    {
        Floors floors = new(head);
        foreach (ref readonly Change change in _changes.AsSpan(0, _count))
        {
            if (!change.IsRemoved && change.Time >= floors.Of(change.Table))
                Give(shard, _sections[change.Section], change.Table, change.Time, change.KeyStart, change.KeyLength, change.ValueLength, target);
        }
    }

    private void GiveBase(VersionFileReader file, int number, byte shard, StateHead head, IStateTarget target)
    {
        Floors floors = new(head);
        OperatorIndex index = file.Index.Operators[number];
        foreach (int one in index.Of(shard))
        {
            Section section = index.Sections[one];
            file.Read(section, ref _base);
            RecordDecoder record = new(_base, section.Length);
            int records = 0;
            for (; Next(ref record, file, section); records++)
            {
                if (record.IsRemoved)
                    throw new StateDamagedException(file.Path, "it is a base and has removed entries");
                if (record.Time < floors.Of(record.Table))
                    continue;
                if (_count == 0 || Find(_base, record, Hash(_base.AsSpan(record.KeyStart, record.KeyLength), record.Table, record.Time)) == 0)
                    Give(shard, _base, record.Table, record.Time, record.KeyStart, record.KeyLength, record.ValueLength, target);
            }

            Check(records, section, file);
        }
    }

    private void Give(byte shard, byte[] bytes, int table, long time, int keyStart, int keyLength, int valueLength, IStateTarget target)
    {
        if (target is IStateBytesTarget raw)
        {
            raw.Take(table, time, shard, bytes.AsSpan(keyStart, keyLength + valueLength), keyLength);
            return;
        }

        _key.Reset(bytes, keyStart, keyLength);
        _value.Reset(bytes, keyStart + keyLength, valueLength);
        target.Take(new StateEntry(table, time, shard, _key, _value));
    }

    /// <summary>The slot of an entry; 0 is in it if the entry is not known.</summary>
    private ref int Find(byte[] bytes, in RecordDecoder record, uint hash)
    {
        ReadOnlySpan<byte> key = bytes.AsSpan(record.KeyStart, record.KeyLength);
        int mask = _slots.Length - 1;
        for (int at = (int)hash & mask; ; at = (at + 1) & mask)
        {
            ref int slot = ref _slots[at];
            if (slot == 0)
                return ref slot;
            ref Change change = ref _changes[slot - 1];
            if (change.Hash == hash && change.Time == record.Time && change.Table == record.Table
                && _sections[change.Section].AsSpan(change.KeyStart, change.KeyLength).SequenceEqual(key))
                return ref slot;
        }
    }

    private void Grow()
    {
        _slots = new int[2 * _slots.Length];
        int mask = _slots.Length - 1;
        for (int i = 0; i < _count; i++)
        {
            int at = (int)_changes[i].Hash & mask;
            while (_slots[at] != 0)
                at = (at + 1) & mask;
            _slots[at] = i + 1;
        }
    }

    private static bool Next(ref RecordDecoder record, VersionFileReader file, in Section section)
    {
        try
        {
            return record.Next();
        }
        catch (InvalidDataException e)
        {
            throw new StateDamagedException(file.Path, $"in its section at {section.Offset} {e.Message}", innerException: e);
        }
    }

    private static void Check(int records, in Section section, VersionFileReader file)
    {
        if (records != section.Records)
            throw new StateDamagedException(file.Path, $"its section at {section.Offset} has {records} records instead of {section.Records}");
    }

    // With a seed of its own for each process, so that nobody can choose keys that fall into one slot.
    private static uint Hash(ReadOnlySpan<byte> key, int table, long time)
    {
        ulong hash = Mix(s_seed ^ (uint)key.Length, (ulong)time ^ ((ulong)table << 56));
        while (key.Length >= sizeof(ulong))
        {
            hash = Mix(hash, MemoryMarshal.Read<ulong>(key));
            key = key[sizeof(ulong)..];
        }

        ulong rest = 0;
        for (int i = 0; i < key.Length; i++)
            rest |= (ulong)key[i] << (8 * i);
        hash = Mix(hash, rest ^ 0xA0761D6478BD642F);
        return (uint)(hash ^ (hash >> 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a ^ 0x9E3779B97F4A7C15, b ^ 0xE7037ED1A0B428DB, out ulong low);
        return high ^ low;
    }

    /// <summary>The floors of the tables, looked up once and not for each entry.</summary>
    private ref struct Floors
    {
        private readonly StateHead _head;
        private int _table;
        private long _floor;

        internal Floors(StateHead head)
        {
            _head = head;
            _table = 0;
            _floor = head.FloorOf(0);
        }

        internal long Of(int table)
        {
            if (table != _table)
                (_table, _floor) = (table, _head.FloorOf(table));
            return _floor;
        }
    }

    private struct Change
    {
        internal long Time;
        internal int Section;
        internal int KeyStart;
        internal int KeyLength;
        internal int ValueLength;
        internal uint Hash;
        internal byte Table;
        internal bool IsRemoved;
    }
}
