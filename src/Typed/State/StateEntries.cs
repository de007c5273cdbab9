namespace Typed.State;

/// <summary>
/// Entries of stored state on their way into an operator, many at once: it can fetch ahead what it needs for them, and a thread that reads is handed to one
/// that loads a thousand at a time. Bytes of keys and values lie one after the other, key before value.
/// </summary>
internal sealed class StateEntries
{
    private const int Most = 1024;
    private const int FewBytes = 64 << 10;
    private readonly Place[] _places = new Place[Most];
    private readonly StateReader _key = new(default);
    private readonly StateReader _value = new(default);
    private byte[] _bytes = GC.AllocateUninitializedArray<byte>(FewBytes);
    private int _end;

    /// <summary>How many there are.</summary>
    internal int Count { get; private set; }

    /// <summary>Whether an entry fits; one that is larger than all room goes alone.</summary>
    internal bool HasRoomFor(int bytes) => Count == 0 || (Count < Most && bytes <= _bytes.Length - _end);

    /// <summary>Adds one.</summary>
    /// <param name="table">Its table.</param>
    /// <param name="time">Its time.</param>
    /// <param name="shard">Its shard.</param>
    /// <param name="bytes">Its key and its value.</param>
    /// <param name="keyLength">How long the key is.</param>
    internal void Add(int table, long time, byte shard, ReadOnlySpan<byte> bytes, int keyLength)
    {
        if (bytes.Length > _bytes.Length - _end)
            _bytes = Count == 0 ? GC.AllocateUninitializedArray<byte>(bytes.Length) : throw new InvalidOperationException("There is no room for the entry.");
        bytes.CopyTo(_bytes.AsSpan(_end));
        _places[Count++] = new Place { Time = time, Start = _end, KeyLength = keyLength, ValueLength = bytes.Length - keyLength, Table = (byte)table, Shard = shard };
        _end += bytes.Length;
    }

    /// <summary>Starts again.</summary>
    internal void Clear()
    {
        (Count, _end) = (0, 0);
        if (_bytes.Length > FewBytes)
            _bytes = GC.AllocateUninitializedArray<byte>(FewBytes);
    }

    /// <summary>The shard of an entry.</summary>
    internal byte ShardOf(int index) => _places[index].Shard;

    /// <summary>One of them; valid until the next one is asked for.</summary>
    internal StateEntry this[int index]
    {
        get
        {
            ref Place place = ref _places[index];
            return new StateEntry(place.Table, place.Time, place.Shard, Key(index), Value(index));
        }
    }

    /// <summary>Reads the key of an entry; valid until the next one is asked for.</summary>
    internal StateReader Key(int index)
    {
        ref Place place = ref _places[index];
        _key.Reset(_bytes, place.Start, place.KeyLength);
        return _key;
    }

    /// <summary>Reads the value of an entry; valid until the next one is asked for.</summary>
    internal StateReader Value(int index)
    {
        ref Place place = ref _places[index];
        _value.Reset(_bytes, place.Start + place.KeyLength, place.ValueLength);
        return _value;
    }

    private struct Place
    {
        internal long Time;
        internal int Start;
        internal int KeyLength;
        internal int ValueLength;
        internal byte Table;
        internal byte Shard;
    }
}

/// <summary>Takes entries of stored state as the bytes that they are.</summary>
internal interface IStateBytesTarget : IStateTarget
{
    /// <summary>Takes one.</summary>
    /// <param name="table">Its table.</param>
    /// <param name="time">Its time.</param>
    /// <param name="shard">Its shard.</param>
    /// <param name="bytes">Its key and its value.</param>
    /// <param name="keyLength">How long the key is.</param>
    void Take(int table, long time, byte shard, ReadOnlySpan<byte> bytes, int keyLength);

    // For those who have entries as readers only; what comes from files comes as bytes.
    void IStateTarget.Take(in StateEntry entry)
    {
        int keyLength = entry.Key.Left;
        ReadOnlySpan<byte> key = entry.Key.ReadRaw(keyLength);
        ReadOnlySpan<byte> value = entry.Value.ReadRaw(entry.Value.Left);
        Take(entry.Table, entry.Time, entry.Shard, [.. key, .. value], keyLength);
    }
}
