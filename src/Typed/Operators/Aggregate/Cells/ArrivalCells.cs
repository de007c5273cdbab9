using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <summary>The first or the last value to arrive. Rows are numbered by arrival, so that parts of a group can be merged in any order.</summary>
/// <typeparam name="T">The value.</typeparam>
public struct ArrivalCell<T>
    where T : unmanaged
{
    /// <summary>One more than the number of the row; 0 for none.</summary>
    private long _place;
    private T _value;

    /// <summary>Whether there is a value.</summary>
    public readonly bool HasValue => _place != 0;

    /// <summary>The value.</summary>
    public readonly T Value => _value;

    /// <summary>Keeps the value that came first.</summary>
    public void KeepFirst(T value, long sequence)
    {
        if (_place == 0 || sequence + 1 < _place)
            (_place, _value) = (sequence + 1, value);
    }

    /// <summary>Keeps the value that came last.</summary>
    public void KeepLast(T value, long sequence)
    {
        if (sequence + 1 > _place)
            (_place, _value) = (sequence + 1, value);
    }

    /// <summary>Keeps the value that came first.</summary>
    public void MergeFirst(in ArrivalCell<T> other)
    {
        if (other._place != 0 && (_place == 0 || other._place < _place))
            this = other;
    }

    /// <summary>Keeps the value that came last.</summary>
    public void MergeLast(in ArrivalCell<T> other)
    {
        if (other._place > _place)
            this = other;
    }

    /// <summary>Writes the cell.</summary>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_place);
        writer.Write(_value);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static ArrivalCell<T> Load(StateReader reader) => new() { _place = reader.Read<long>(), _value = reader.Read<T>() };
}

/// <summary>The first or the last string to arrive.</summary>
public struct ArrivalText
{
    private long _place;
    private TextCell _value;

    /// <summary>The string; the null view if none came.</summary>
    public readonly Utf8 View => _value.View;

    /// <inheritdoc cref="ArrivalCell{T}.KeepFirst"/>
    public void KeepFirst(Utf8 value, long sequence, Arena arena)
    {
        if (_place != 0 && sequence + 1 >= _place)
            return;
        _place = sequence + 1;
        _value.Set(value, arena);
    }

    /// <inheritdoc cref="ArrivalCell{T}.KeepLast"/>
    public void KeepLast(Utf8 value, long sequence, Arena arena)
    {
        if (sequence + 1 <= _place)
            return;
        _place = sequence + 1;
        _value.Set(value, arena);
    }

    /// <inheritdoc cref="ArrivalCell{T}.MergeFirst"/>
    public void MergeFirst(in ArrivalText other, Arena arena)
    {
        if (other._place != 0)
            KeepFirst(other.View, other._place - 1, arena);
    }

    /// <inheritdoc cref="ArrivalCell{T}.MergeLast"/>
    public void MergeLast(in ArrivalText other, Arena arena)
    {
        if (other._place != 0)
            KeepLast(other.View, other._place - 1, arena);
    }

    /// <inheritdoc cref="TextCell.Own"/>
    public void Own(Arena arena) => _value.Own(arena);

    /// <summary>Writes the cell.</summary>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_place);
        _value.Save(writer);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static ArrivalText Load(StateReader reader, Arena arena) =>
        new() { _place = reader.Read<long>(), _value = TextCell.Load(reader, arena) };
}
