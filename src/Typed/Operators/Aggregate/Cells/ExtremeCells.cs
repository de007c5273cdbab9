using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// The row with the least or the greatest value of an order, the first to arrive among equal ones. What the row holds is kept beside:
/// each method says whether the row given is the one to keep.
/// </summary>
/// <typeparam name="T">The storage of the order.</typeparam>
/// <typeparam name="TKind">How it compares.</typeparam>
public struct ExtremeCell<T, TKind>
    where T : unmanaged
    where TKind : struct, IValueKind<T>
{
    private long _place;
    private T _by;

    /// <summary>Whether there is a row.</summary>
    public readonly bool HasValue => _place != 0;

    /// <summary>Takes a row if its order is less.</summary>
    public bool TakesLeast(T by, long sequence) => Takes(-1, by, sequence + 1);

    /// <summary>Takes a row if its order is greater.</summary>
    public bool TakesGreatest(T by, long sequence) => Takes(1, by, sequence + 1);

    /// <summary>Takes the row of another cell if its order is less.</summary>
    public bool TakesLeast(in ExtremeCell<T, TKind> other) => other._place != 0 && Takes(-1, other._by, other._place);

    /// <summary>Takes the row of another cell if its order is greater.</summary>
    public bool TakesGreatest(in ExtremeCell<T, TKind> other) => other._place != 0 && Takes(1, other._by, other._place);

    /// <summary>Writes the cell.</summary>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_place);
        writer.Write(_by);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static ExtremeCell<T, TKind> Load(StateReader reader) => new() { _place = reader.Read<long>(), _by = reader.Read<T>() };

    private bool Takes(int sign, T by, long place)
    {
        if (_place != 0)
        {
            int order = TKind.Compare(by, _by) * sign;
            if (order < 0 || (order == 0 && place > _place))
                return false;
        }

        _place = place;
        _by = by;
        return true;
    }
}

/// <summary>As <see cref="ExtremeCell{T, TKind}"/> for an order of strings, by their UTF-8 bytes.</summary>
public struct ExtremeText
{
    private long _place;
    private TextCell _by;

    /// <summary>Whether there is a row.</summary>
    public readonly bool HasValue => _place != 0;

    /// <inheritdoc cref="ExtremeCell{T, TKind}.TakesLeast(T, long)"/>
    public bool TakesLeast(Utf8 by, long sequence, Arena arena) => Takes(-1, by, sequence + 1, arena);

    /// <inheritdoc cref="ExtremeCell{T, TKind}.TakesGreatest(T, long)"/>
    public bool TakesGreatest(Utf8 by, long sequence, Arena arena) => Takes(1, by, sequence + 1, arena);

    /// <inheritdoc cref="ExtremeCell{T, TKind}.TakesLeast(in ExtremeCell{T, TKind})"/>
    public bool TakesLeast(in ExtremeText other, Arena arena) => other._place != 0 && Takes(-1, other._by.View, other._place, arena);

    /// <inheritdoc cref="ExtremeCell{T, TKind}.TakesGreatest(in ExtremeCell{T, TKind})"/>
    public bool TakesGreatest(in ExtremeText other, Arena arena) => other._place != 0 && Takes(1, other._by.View, other._place, arena);

    /// <inheritdoc cref="TextCell.Own"/>
    public void Own(Arena arena) => _by.Own(arena);

    /// <summary>Writes the cell.</summary>
    public readonly void Save(StateWriter writer)
    {
        writer.Write(_place);
        _by.Save(writer);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static ExtremeText Load(StateReader reader, Arena arena) =>
        new() { _place = reader.Read<long>(), _by = TextCell.Load(reader, arena) };

    private bool Takes(int sign, Utf8 by, long place, Arena arena)
    {
        if (_place != 0)
        {
            int order = Math.Sign(by.Span.SequenceCompareTo(_by.View.Span)) * sign;
            if (order < 0 || (order == 0 && place > _place))
                return false;
        }

        _place = place;
        _by.Set(by, arena);
        return true;
    }
}
