using System.Runtime.CompilerServices;

namespace Typed.Columns;

/// <summary>A nested record in a column, or null: the column and the row in it.</summary>
/// <param name="column">The column; null for the null view.</param>
/// <param name="row">The row.</param>
public readonly struct RecordView(StructColumn? column, int row)
{
    /// <summary>The row in the column.</summary>
    public readonly int Row = row;

    private readonly StructColumn? _column = column;

    /// <summary>Whether this is the null view.</summary>
    public bool IsNull => _column is null;

    /// <summary>The column.</summary>
    /// <exception cref="NullReferenceException">The view is null.</exception>
    public StructColumn Column => _column ?? throw Views.Null("a record");

    /// <summary>The view of a row, null where the row is null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RecordView Of(Column column, int row) => column.IsNull(row) ? default : new RecordView((StructColumn)column, row);

    /// <summary>The view itself.</summary>
    /// <exception cref="InvalidOperationException">It is null.</exception>
    public RecordView Value => IsNull ? throw new InvalidOperationException("Nullable object must have a value: an expression took the Value of a record that is null.") : this;

    /// <summary>The column of a field.</summary>
    public Column Field(int ordinal) => Column.Children[ordinal];
}

/// <summary>A list, or a map, in a column, or null: the column and the row in it.</summary>
/// <param name="column">The column; null for the null view.</param>
/// <param name="row">The row.</param>
public readonly struct ListView(ListColumn? column, int row)
{
    /// <summary>The row in the column.</summary>
    public readonly int Row = row;

    private readonly ListColumn? _column = column;

    /// <summary>Whether this is the null view.</summary>
    public bool IsNull => _column is null;

    /// <summary>The column.</summary>
    /// <exception cref="NullReferenceException">The view is null.</exception>
    public ListColumn Column => _column ?? throw Views.Null("a list");

    /// <summary>The column of all elements.</summary>
    public Column Elements => Column.Elements;

    /// <summary>The place of the first element among all elements.</summary>
    public int Start => Column.Start(Row);

    /// <summary>The number of elements.</summary>
    public int Count => Column.Count(Row);

    /// <summary>The view of a row, null where the row is null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ListView Of(Column column, int row) => column.IsNull(row) ? default : new ListView((ListColumn)column, row);

    /// <summary>The place among all elements of the element at an index.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The list has no such element.</exception>
    public int At(int index)
    {
        int count = Count;
        if ((uint)index >= (uint)count)
        {
            throw new ArgumentOutOfRangeException(nameof(index), FormattableString.Invariant(
                $"An element was asked for at {index}, but the list has {count}. Test its Count first."));
        }

        return Start + index;
    }

    /// <summary>The place among all values of the value of a key; −1 if the map does not have it. Of equal keys the last one counts.</summary>
    public int Find(Utf8 key)
    {
        ListColumn map = Column;
        if (key.IsNull)
            throw new ArgumentNullException(nameof(key));
        Utf8Column keys = map.Keys!;
        for (int entry = map.Start(Row) + map.Count(Row) - 1; entry >= map.Start(Row); entry--)
        {
            if (Utf8.Equal(keys.Value(entry), key))
                return entry;
        }

        return -1;
    }

    /// <summary>The place among all values of the value of a key.</summary>
    /// <exception cref="KeyNotFoundException">The map does not have the key.</exception>
    public int FindOrThrow(Utf8 key)
    {
        int entry = Find(key);
        return entry >= 0
            ? entry
            : throw new KeyNotFoundException($"The map has no key “{key.ToManaged()}”. Use GetValueOrDefault, or test with ContainsKey first.");
    }
}

internal static class Views
{
    internal static NullReferenceException Null(string what) =>
        new($"An expression asked for a member of {what} that is null. Test for null first, or use ?. to let the result be null.");
}
