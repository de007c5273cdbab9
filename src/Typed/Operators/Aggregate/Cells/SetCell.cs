using System.Runtime.CompilerServices;
using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <summary>A value and the number of the row it first came with.</summary>
/// <typeparam name="T">The storage of the value.</typeparam>
public struct ArrivedValue<T>
    where T : unmanaged
{
    /// <summary>The number of the row.</summary>
    public long Sequence;

    /// <summary>The value.</summary>
    public T Value;
}

/// <summary>
/// Distinct values, all of them or the first so many to arrive. Up to 16 are searched one by one, more by a hash index; both lie in the
/// table's arena and grow by doubling.
/// </summary>
/// <typeparam name="T">The storage of the values.</typeparam>
/// <typeparam name="TKind">How they compare.</typeparam>
public unsafe struct SetCell<T, TKind>
    where T : unmanaged
    where TKind : struct, IValueKind<T>
{
    private const int Searched = 16;
    private ArrivedValue<T>* _values;

    /// <summary>Positions + 1, twice as many as values fit; 0 = empty. Only above <see cref="Searched"/>.</summary>
    private int* _index;
    private int _capacity;

    /// <summary>How many values there are.</summary>
    public int Count { get; private set; }

    /// <summary>A value, by position.</summary>
    public readonly T this[int position] => _values[position].Value;

    /// <summary>Adds the value of a row later than all before.</summary>
    public void Add(T value, long sequence, int max, Arena arena)
    {
        if (Find(value) < 0 && Count < max)
            Append(TKind.Own(value, arena), sequence, arena);
    }

    /// <summary>Adds the values of another set and keeps the first to arrive.</summary>
    public void Merge(in SetCell<T, TKind> other, int max, Arena arena)
    {
        for (int i = 0; i < other.Count; i++)
        {
            ref ArrivedValue<T> theirs = ref other._values[i];
            int place = Find(theirs.Value);
            if (place < 0)
                Append(TKind.Own(theirs.Value, arena), theirs.Sequence, arena);
            else
                _values[place].Sequence = Math.Min(_values[place].Sequence, theirs.Sequence);
        }

        if (Count <= max)
            return;
        new Span<ArrivedValue<T>>(_values, Count).Sort(static (left, right) => left.Sequence.CompareTo(right.Sequence));
        Count = max;
        BuildIndex();
    }

    /// <summary>Puts the values in ascending order.</summary>
    public readonly void SortByValue()
    {
        new Span<ArrivedValue<T>>(_values, Count).Sort(static (left, right) => TKind.Compare(left.Value, right.Value));
        BuildIndex();
    }

    /// <summary>Moves the values to other memory.</summary>
    public void Own(Arena arena)
    {
        ArrivedValue<T>* values = _values;
        int count = Count;
        this = default;
        Reserve(count, arena);
        for (int i = 0; i < count; i++)
            Append(TKind.Own(values[i].Value, arena), values[i].Sequence, arena);
    }

    /// <summary>Writes the values, in a form of the kind's own: strings with their bytes.</summary>
    public readonly void Save(StateWriter writer) => ArrivedValues.Save<T>(_values, Count, writer);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static SetCell<T, TKind> Load(StateReader reader, Arena arena)
    {
        SetCell<T, TKind> cell = default;
        int count = ArrivedValues.ReadCount(reader);
        cell.Reserve(count, arena);
        for (int i = 0; i < count; i++)
        {
            ArrivedValue<T> one = ArrivedValues.Read<T>(reader, arena);
            cell.Append(one.Value, one.Sequence, arena);
        }

        return cell;
    }

    private readonly int Find(in T value)
    {
        if (_capacity <= Searched)
        {
            for (int i = 0; i < Count; i++)
            {
                if (TKind.Compare(_values[i].Value, value) == 0)
                    return i;
            }

            return -1;
        }

        int mask = (_capacity * 2) - 1;
        for (int at = (int)(TKind.Hash(value) & (uint)mask); ; at = (at + 1) & mask)
        {
            int place = _index[at] - 1;
            if (place < 0 || TKind.Compare(_values[place].Value, value) == 0)
                return place;
        }
    }

    private void Append(T value, long sequence, Arena arena)
    {
        if (Count == _capacity)
            Reserve(Math.Max(4, checked(_capacity * 2)), arena);
        _values[Count] = new ArrivedValue<T> { Sequence = sequence, Value = value };
        if (_capacity > Searched)
            Index(Count);
        Count++;
    }

    private void Reserve(int values, Arena arena)
    {
        if (values <= _capacity)
            return;
        int capacity = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, values));
        ArrivedValue<T>* larger = (ArrivedValue<T>*)arena.Allocate(checked(capacity * sizeof(ArrivedValue<T>)));
        if (Count > 0)
            Unsafe.CopyBlock(larger, _values, checked((uint)(Count * sizeof(ArrivedValue<T>))));
        _values = larger;
        _capacity = capacity;
        if (capacity > Searched)
            _index = (int*)arena.Allocate(checked(capacity * 2 * sizeof(int)));
        BuildIndex();
    }

    private readonly void BuildIndex()
    {
        if (_capacity <= Searched)
            return;
        new Span<int>(_index, _capacity * 2).Clear();
        for (int i = 0; i < Count; i++)
            Index(i);
    }

    private readonly void Index(int place)
    {
        int mask = (_capacity * 2) - 1;
        int at = (int)(TKind.Hash(_values[place].Value) & (uint)mask);
        while (_index[at] != 0)
            at = (at + 1) & mask;
        _index[at] = place + 1;
    }
}

/// <summary>The first so many values to arrive, in that order.</summary>
/// <typeparam name="T">The storage of the values.</typeparam>
/// <typeparam name="TKind">How they are kept.</typeparam>
public unsafe struct ListCell<T, TKind>
    where T : unmanaged
    where TKind : struct, IValueKind<T>
{
    private ArrivedValue<T>* _values;
    private int _capacity;

    /// <summary>How many values there are.</summary>
    public int Count { get; private set; }

    /// <summary>A value, by position.</summary>
    public readonly T this[int position] => _values[position].Value;

    /// <summary>Adds the value of a row later than all before.</summary>
    public void Add(T value, long sequence, int max, Arena arena)
    {
        if (Count < max)
            Append(TKind.Own(value, arena), sequence, arena);
    }

    /// <summary>Adds the values of another list and keeps the first to arrive.</summary>
    public void Merge(in ListCell<T, TKind> other, int max, Arena arena)
    {
        if (other.Count == 0)
            return;
        bool inOrder = Count == 0 || _values[Count - 1].Sequence < other._values[0].Sequence;
        for (int i = 0; i < other.Count && !(inOrder && Count >= max); i++)
            Append(TKind.Own(other._values[i].Value, arena), other._values[i].Sequence, arena);
        if (!inOrder)
            new Span<ArrivedValue<T>>(_values, Count).Sort(static (left, right) => left.Sequence.CompareTo(right.Sequence));
        Count = Math.Min(Count, max);
    }

    /// <summary>Moves the values to other memory.</summary>
    public void Own(Arena arena)
    {
        ArrivedValue<T>* values = _values;
        int count = Count;
        this = default;
        Reserve(count, arena);
        for (int i = 0; i < count; i++)
            Append(TKind.Own(values[i].Value, arena), values[i].Sequence, arena);
    }

    /// <summary>Writes the values.</summary>
    public readonly void Save(StateWriter writer) => ArrivedValues.Save<T>(_values, Count, writer);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static ListCell<T, TKind> Load(StateReader reader, Arena arena)
    {
        ListCell<T, TKind> cell = default;
        int count = ArrivedValues.ReadCount(reader);
        cell.Reserve(count, arena);
        for (int i = 0; i < count; i++)
        {
            ArrivedValue<T> one = ArrivedValues.Read<T>(reader, arena);
            cell.Append(one.Value, one.Sequence, arena);
        }

        return cell;
    }

    private void Append(T value, long sequence, Arena arena)
    {
        if (Count == _capacity)
            Reserve(Math.Max(4, checked(_capacity * 2)), arena);
        _values[Count++] = new ArrivedValue<T> { Sequence = sequence, Value = value };
    }

    private void Reserve(int values, Arena arena)
    {
        if (values <= _capacity)
            return;
        ArrivedValue<T>* larger = (ArrivedValue<T>*)arena.Allocate(checked(values * sizeof(ArrivedValue<T>)));
        if (Count > 0)
            Unsafe.CopyBlock(larger, _values, checked((uint)(Count * sizeof(ArrivedValue<T>))));
        _values = larger;
        _capacity = values;
    }
}

/// <summary>How values with their arrival are stored.</summary>
internal static unsafe class ArrivedValues
{
    public static void Save<T>(ArrivedValue<T>* values, int count, StateWriter writer)
        where T : unmanaged
    {
        writer.Write(count);
        for (int i = 0; i < count; i++)
        {
            writer.Write(values[i].Sequence);
            if (typeof(T) == typeof(TextKey))
                writer.Write(TextKey.View(*(TextKey*)&values[i].Value));
            else
                writer.Write(values[i].Value);
        }
    }

    public static int ReadCount(StateReader reader) => reader.ReadCount(sizeof(long) + sizeof(int));

    public static ArrivedValue<T> Read<T>(StateReader reader, Arena arena)
        where T : unmanaged
    {
        ArrivedValue<T> one = new() { Sequence = reader.Read<long>() };
        if (typeof(T) == typeof(TextKey))
            *(TextKey*)&one.Value = TextKey.Of(reader.ReadUtf8(arena));
        else
            one.Value = reader.Read<T>();
        return one;
    }
}
