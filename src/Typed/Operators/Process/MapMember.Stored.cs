using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <content>
/// Each entry of a map is stored apart from the others, so that what is written follows what has changed.
/// <code>
/// entry: key of the group | length of the key (int32) | key | → | expiry (int64), where there is a lifetime | order (int64) | length of the value (int32) | value |
/// </code>
/// </content>
internal sealed unsafe partial class MapMember<TKey, TValue, TKeyCodec, TValueCodec>
{
    private protected override void SaveChanges(ref StateCell cell, StateChanges changes, bool isStored)
    {
        if (cell.IsEmpty)
            return;
        for (MapEntry* entry = MapCell.TakeChanged(cell); entry != null; entry = MapCell.TakeChanged(cell))
        {
            if (entry->ValueLength == MapEntry.Removed)
                continue;
            BeginPut(changes);
            SaveKey(entry, changes.Writer);
            changes.BeginValue();
            SaveValue(entry, changes.Writer);
            changes.End();
        }
    }

    private protected override void LoadEntry(ref StateCell cell, StateReader key, StateReader value) => Add(ref cell, key, value);

    private protected override void Arrange(ref StateCell cell) => MapCell.Arrange(ref cell, State.Heap);

    private protected override void Save(ref StateCell cell, StateWriter writer)
    {
        writer.Write(MapCell.CountOf(cell));
        for (MapEntry* entry = MapCell.First(cell); entry != null; entry = MapCell.Next(cell, entry))
        {
            if (entry->ValueLength == MapEntry.Removed)
                continue;
            writer.Write((byte)entry->Flags);
            SaveKey(entry, writer);
            SaveValue(entry, writer);
        }
    }

    private protected override void Load(ref StateCell cell, StateReader reader)
    {
        int count = reader.ReadCount(2 * sizeof(int));
        for (int i = 0; i < count; i++)
        {
            MapEntryFlags flags = (MapEntryFlags)reader.Read<byte>();
            MapEntry* entry = Add(ref cell, reader, reader);
            entry->Flags = flags & MapEntryFlags.Stored;
            if ((flags & MapEntryFlags.Changed) != 0)
                MapCell.NoteChanged(cell, entry);
        }
    }

    private static void SaveKey(MapEntry* entry, StateWriter writer) => writer.Write(new Utf8(MapEntry.KeyOf(entry), entry->KeyLength));

    private void SaveValue(MapEntry* entry, StateWriter writer)
    {
        if (HasTtl)
            writer.Write(entry->Expiry);
        writer.Write(entry->Sequence);
        writer.Write(new Utf8(MapEntry.ValueOf(entry), entry->ValueLength));
    }

    /// <summary>Adds an entry that is stored.</summary>
    private MapEntry* Add(ref StateCell cell, StateReader keys, StateReader values)
    {
        ReadOnlySpan<byte> key = keys.ReadRaw(keys.Read<int>());
        long expiry = HasTtl ? values.Read<long>() : 0;
        long sequence = values.Read<long>();
        ReadOnlySpan<byte> value = values.ReadRaw(values.Read<int>());
        fixed (byte* bytes = key)
        {
            uint hash = Hash(bytes, key.Length);
            if (MapCell.Find(cell, bytes, key.Length, hash) != null)
                throw Damaged("an entry twice");
            MapEntry* entry = MapCell.Add(ref cell, bytes, key.Length, hash, value, expiry, State.Heap);
            MapCell.Restore(cell, entry, sequence);
            return entry;
        }
    }

    private void RemoveEntry(ref StateCell cell, MapEntry* entry)
    {
        NoteRemoved(entry);
        MapCell.Remove(ref cell, entry, State.Heap);
    }

    private void NoteRemoved(MapEntry* entry)
    {
        if ((entry->Flags & MapEntryFlags.Stored) == 0)
            return;
        StateChanges early = BeginRemove();
        SaveKey(entry, early.Writer);
        early.End();
    }
}
