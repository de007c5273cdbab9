using Typed.State;

namespace Typed.Operators;

/// <summary>The memory of a processor: what generated code reads and writes the fields of the present key with.</summary>
public sealed class ProcessState : IDisposable
{
    private const int NoKey = -1;
    private const int LastBit = 30;
    private readonly DueHeap?[] _due;
    private readonly StateMember?[] _members;

    internal ProcessState(string processor, int members)
    {
        Processor = processor;
        _due = new DueHeap?[members];
        _members = new StateMember?[members];
    }

    internal string Processor { get; }

    internal StateHeap Heap { get; private set; } = new();

    internal StateBytes Bytes { get; } = new();

    internal TextCache Texts { get; } = new();

    /// <summary>The clock of the batch, µs.</summary>
    internal long Now { get; set; }

    /// <summary>The number of the key of the present call; −1 between calls.</summary>
    internal int Group { get; set; } = NoKey;

    /// <summary>Which members that are not plain values were written in the present call: see <see cref="BitOf"/>.</summary>
    internal uint Changes { get; set; }

    /// <summary>How entries of a key are stored.</summary>
    internal EntryKeys Entries { get; set; } = null!;

    internal long MemoryBytes
    {
        get
        {
            long bytes = Heap.MemoryBytes;
            foreach (DueHeap? due in _due)
                bytes += due?.MemoryBytes ?? 0;
            return bytes;
        }
    }

    /// <summary>Makes a single value.</summary>
    public ValueMember<T> Value<T, TCodec>(string name, int member, long ttlMicros)
        where T : notnull
        where TCodec : struct, IStateCodec<T> => Made(member, new ValueMember<T, TCodec>(this, name, member, DueOf(member, ttlMicros), ttlMicros));

    /// <summary>Makes a list.</summary>
    public ListMember<T> List<T, TCodec>(string name, int member, long ttlMicros)
        where T : notnull
        where TCodec : struct, IStateCodec<T> => Made(member, new ListMember<T, TCodec>(this, name, member, DueOf(member, ttlMicros), ttlMicros));

    /// <summary>Makes a map.</summary>
    public MapMember<TKey, TValue> Map<TKey, TValue, TKeyCodec, TValueCodec>(string name, int member, long ttlMicros)
        where TKey : notnull
        where TValue : notnull
        where TKeyCodec : struct, IStateCodec<TKey>
        where TValueCodec : struct, IStateCodec<TValue> =>
        Made(member, new MapMember<TKey, TValue, TKeyCodec, TValueCodec>(this, name, member, DueOf(member, ttlMicros), ttlMicros));

    /// <summary>A plain value of a value type; null if it is absent.</summary>
    public unsafe T? ReadValue<T, TCodec>(in StateCell cell)
        where T : struct
        where TCodec : struct, IStateCodec<T>
    {
        if (cell.IsEmpty)
            return null;
        StateView view = new(cell.Pointer, cell.Length);
        return TCodec.Read(ref view, Texts);
    }

    /// <summary>A plain value of a reference type; null if it is absent.</summary>
    public unsafe T? ReadObject<T, TCodec>(in StateCell cell)
        where T : class
        where TCodec : struct, IStateCodec<T>
    {
        if (cell.IsEmpty)
            return null;
        StateView view = new(cell.Pointer, cell.Length);
        return TCodec.Read(ref view, Texts);
    }

    /// <summary>Keeps a plain value of a value type.</summary>
    /// <returns>Whether it changed.</returns>
    public bool WriteValue<T, TCodec>(ref StateCell cell, T? value)
        where T : struct
        where TCodec : struct, IStateCodec<T>
    {
        if (value is not { } present)
            return Remove(ref cell);
        Bytes.Clear();
        TCodec.Write(present, Bytes);
        return Replace(ref cell);
    }

    /// <summary>Keeps a plain value of a reference type.</summary>
    /// <returns>Whether it changed.</returns>
    public bool WriteObject<T, TCodec>(ref StateCell cell, T? value)
        where T : class
        where TCodec : struct, IStateCodec<T>
    {
        if (value is null)
            return Remove(ref cell);
        Bytes.Clear();
        TCodec.Write(value, Bytes);
        return Replace(ref cell);
    }

    /// <summary>Whether two values are the same in each bit: a number that is equal to another one may still be written in another way.</summary>
    public static unsafe bool Same<T>(T left, T right)
        where T : unmanaged => new ReadOnlySpan<byte>(&left, sizeof(T)).SequenceEqual(new ReadOnlySpan<byte>(&right, sizeof(T)));

    /// <summary>Writes a plain value: a length, −1 if it is absent, and the bytes.</summary>
    public static void Save(in StateCell cell, StateWriter writer)
    {
        writer.Write(cell.IsEmpty ? -1 : cell.Length);
        writer.WriteRaw(cell.Span);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Load(ref StateCell cell, StateReader reader)
    {
        int length = reader.Read<int>();
        if (length != -1)
            cell.Set(reader.ReadRaw(length), Heap);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Heap.Dispose();
        Bytes.Dispose();
        Texts.Dispose();
        foreach (DueHeap? due in _due)
            due?.Dispose();
    }

    /// <summary>The bit of a member among those of a key: bit n for member n, one bit for all from 30 on. The last bit is not one of them.</summary>
    internal static uint BitOf(int member) => 1u << Math.Min(member, LastBit);

    internal DueHeap? Due(int member) => _due[member];

    /// <summary>A member that is not a plain value; null for one that is.</summary>
    internal StateMember? Member(int member) => _members[member];

    /// <summary>Begins to keep what varies in size in memory of its own, and gives that which was in use so far to the caller.</summary>
    internal StateHeap ReplaceHeap()
    {
        StateHeap old = Heap;
        Heap = new StateHeap();
        foreach (DueHeap? due in _due)
            due?.Dispose();
        return old;
    }

    /// <summary>Forgets all that is kept.</summary>
    internal void Clear()
    {
        Heap.Clear();
        foreach (DueHeap? due in _due)
            due?.Clear();
    }

    private TMember Made<TMember>(int number, TMember member)
        where TMember : StateMember
    {
        _members[number] = member;
        return member;
    }

    private DueHeap? DueOf(int member, long ttlMicros) => ttlMicros > 0 ? _due[member] = new DueHeap() : null;

    private bool Remove(ref StateCell cell)
    {
        if (cell.IsEmpty)
            return false;
        cell.Free(Heap);
        return true;
    }

    private bool Replace(ref StateCell cell)
    {
        if (!cell.IsEmpty && cell.Span.SequenceEqual(Bytes.Span))
            return false;
        cell.Set(Bytes.Span, Heap);
        return true;
    }
}
