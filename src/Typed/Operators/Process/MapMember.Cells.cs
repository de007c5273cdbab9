using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Typed.Operators;

/// <summary>The map as bytes.</summary>
internal sealed unsafe partial class MapMember<TKey, TValue, TKeyCodec, TValueCodec>(ProcessState state, string name, int number, DueHeap? heap, long ttlMicros)
    : MapMember<TKey, TValue>(state, name, number, heap, ttlMicros)
    where TKey : notnull
    where TValue : notnull
    where TKeyCodec : struct, IStateCodec<TKey>
    where TValueCodec : struct, IStateCodec<TValue>
{
    // Read once, as tables do: entries keep their hash.
    private readonly bool _hasConstantHash = GroupHash.Constant;

    public override int Count
    {
        get
        {
            ref StateCell cell = ref Cell;
            if (!HasTtl)
                return MapCell.CountOf(cell);
            int visible = 0;
            for (MapEntry* entry = MapCell.First(cell); entry != null; entry = MapCell.Next(cell, entry))
                visible += IsThere(entry) ? 1 : 0;
            return visible;
        }
    }

    public override bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        MapEntry* entry = Find(ref Cell, key);
        if (entry == null || !IsVisible(entry->Expiry))
        {
            value = default;
            return false;
        }

        value = ValueOf(entry);
        return true;
    }

    public override void Set(TKey key, TValue value)
    {
        ref StateCell cell = ref Cell;
        MapEntry* entry = Find(ref cell, key);
        if (value is null)
            throw Null("a value");

        // Find has left the key in the buffer; the value goes behind it.
        StateBytes bytes = State.Bytes;
        int keyLength = bytes.Length;
        TValueCodec.Write(value, bytes);
        ReadOnlySpan<byte> valueBytes = bytes.Span[keyLength..];
        long expiry = Expiry;
        if (entry != null && !HasTtl && entry->ValueLength == valueBytes.Length)
        {
            valueBytes.CopyTo(new Span<byte>(MapEntry.ValueOf(entry), valueBytes.Length));
        }
        else
        {
            uint hash = Hash(bytes.Pointer, keyLength);
            MapEntryFlags stored = entry == null ? MapEntryFlags.None : entry->Flags & MapEntryFlags.Stored;
            if (entry != null)
                MapCell.Remove(ref cell, entry, State.Heap);
            entry = MapCell.Add(ref cell, bytes.Pointer, keyLength, hash, valueBytes, expiry, State.Heap);
            entry->Flags = stored;
        }

        MapCell.NoteChanged(cell, entry);
        Written(expiry);
    }

    public override bool Remove(TKey key)
    {
        ref StateCell cell = ref Cell;
        MapEntry* entry = Find(ref cell, key);
        if (entry == null)
            return false;
        bool wasVisible = IsVisible(entry->Expiry);
        RemoveEntry(ref cell, entry);
        Changed();
        return wasVisible;
    }

    public override DateTimeOffset? ExpiresAt(TKey key)
    {
        MapEntry* entry = Find(ref Cell, key);
        return entry == null || !IsVisible(entry->Expiry) ? null : InstantOf(entry->Expiry);
    }

    public override StateEnumerator<KeyValuePair<TKey, TValue>> Snapshot()
    {
        ref StateCell cell = ref Cell;
        if (cell.IsEmpty)
            return new StateEnumerator<KeyValuePair<TKey, TValue>>([], 0);
        KeyValuePair<TKey, TValue>[] entries = ArrayPool<KeyValuePair<TKey, TValue>>.Shared.Rent(MapCell.CountOf(cell));
        int count = 0;
        for (MapEntry* entry = MapCell.First(cell); entry != null; entry = MapCell.Next(cell, entry))
        {
            if (!IsThere(entry))
                continue;
            StateView key = new(MapEntry.KeyOf(entry), entry->KeyLength);
            entries[count++] = new(TKeyCodec.Read(ref key, State.Texts), ValueOf(entry));
        }

        return new StateEnumerator<KeyValuePair<TKey, TValue>>(entries, count);
    }

    private protected override void Free(ref StateCell cell)
    {
        for (MapEntry* entry = MapCell.First(cell); entry != null; entry = MapCell.Next(cell, entry))
        {
            if (entry->ValueLength != MapEntry.Removed)
                NoteRemoved(entry);
        }

        MapCell.Free(ref cell, State.Heap);
    }

    private protected override long FirstExpiry(in StateCell cell)
    {
        MapCell.SkipRemoved(cell);
        return MapCell.First(cell)->Expiry;
    }

    private protected override void RemoveExpired(ref StateCell cell, out long next)
    {
        next = 0;
        MapEntry* entry = MapCell.First(cell);
        while (entry != null && !IsThere(entry))
        {
            MapEntry* following = MapCell.Next(cell, entry);
            if (entry->ValueLength != MapEntry.Removed)
                RemoveEntry(ref cell, entry);
            if (cell.IsEmpty)
                return;
            entry = following;
        }

        next = FirstExpiry(cell);
    }

    /// <summary>The entry of a key, expired or not, and the key as bytes in the buffer.</summary>
    private MapEntry* Find(ref StateCell cell, TKey key)
    {
        if (key is null)
            throw Null("a key");
        StateBytes bytes = State.Bytes;
        bytes.Clear();
        TKeyCodec.Write(key, bytes);
        return MapCell.Find(cell, bytes.Pointer, bytes.Length, Hash(bytes.Pointer, bytes.Length));
    }

    private uint Hash(byte* key, int length) => _hasConstantHash ? 0 : GroupHash.Of(key, length);

    private TValue ValueOf(MapEntry* entry)
    {
        StateView view = new(MapEntry.ValueOf(entry), entry->ValueLength);
        return TValueCodec.Read(ref view, State.Texts);
    }

    private bool IsThere(MapEntry* entry) => entry->ValueLength != MapEntry.Removed && IsVisible(entry->Expiry);
}
