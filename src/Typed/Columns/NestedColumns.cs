using Typed.Schema;

namespace Typed.Columns;

/// <summary>Nested records: one child column for each field, as long as this column.</summary>
public sealed class StructColumn : Column
{
    internal StructColumn(FieldType type)
        : base(type)
    {
        Children = new Column[type.Fields.Count];
        for (int i = 0; i < Children.Length; i++)
            Children[i] = Create(type.Fields[i].Type);
    }

    /// <summary>The fields; at a null row they hold null or a default.</summary>
    public Column[] Children { get; }

    /// <summary>Ends a row after its value was appended to each child.</summary>
    public void Commit()
    {
        EnsureCapacity(Length + 1);
        Length++;
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        foreach (Column child in Children)
            child.Reset();
    }

    /// <inheritdoc/>
    public override void Truncate(int rows)
    {
        base.Truncate(rows);
        foreach (Column child in Children)
            child.Truncate(rows);
    }

    internal override int TextBytes(int start, int count)
    {
        int most = 0;
        foreach (Column child in Children)
            most = Math.Max(most, child.TextBytes(start, count));
        return most;
    }

    private protected override long ValueBytes
    {
        get
        {
            long bytes = 0;
            foreach (Column child in Children)
                bytes += child.MemoryBytes;
            return bytes;
        }
    }

    private protected override void Grow(int capacity)
    {
    }

    private protected override void AppendDefault()
    {
        foreach (Column child in Children)
            child.AppendNull();
        Length++;
    }

    private protected override void AppendValueFrom(Column source, int row)
    {
        for (int i = 0; i < Children.Length; i++)
            Children[i].AppendFrom(((StructColumn)source).Children[i], row);
        Commit();
    }

    private protected override void Free()
    {
        foreach (Column child in Children)
            child.Release();
    }
}

/// <summary>Lists, and maps as lists of entries: 32-bit offsets (one more than rows) into child columns of the same length.</summary>
public sealed unsafe class ListColumn : Column
{
    private NativeBuffer? _offsets;

    internal ListColumn(FieldType type)
        : base(type)
    {
        Elements = Create(type.Element!);
        Keys = type.Kind == FieldKind.Map ? (Utf8Column)Create(FieldType.Of(FieldKind.String)) : null;
    }

    /// <summary>The elements of all lists; the values of all maps.</summary>
    public Column Elements { get; }

    /// <summary>The keys of all maps; null for a list.</summary>
    public Utf8Column? Keys { get; }

    /// <summary>Where each list starts and, at the end, where the last one ends.</summary>
    public int* Offsets => (int*)(_offsets is null ? null : _offsets.Pointer);

    /// <summary>Ends a list after its elements (and keys) were appended to the children.</summary>
    public void Commit()
    {
        EnsureCapacity(Length + 1);
        Offsets[Length + 1] = Elements.Length;
        Length++;
    }

    /// <summary>Where the list at a row starts.</summary>
    public int Start(int row) => Offsets[row];

    /// <summary>How many elements the list at a row has; 0 where it is null.</summary>
    public int Count(int row) => Offsets[row + 1] - Offsets[row];

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        Elements.Reset();
        Keys?.Reset();
        if (_offsets is not null)
            Offsets[0] = 0;
    }

    /// <inheritdoc/>
    public override void Truncate(int rows)
    {
        base.Truncate(rows);
        int elements = Offsets == null ? 0 : Offsets[Length];
        Elements.Truncate(elements);
        Keys?.Truncate(elements);
    }

    internal override int TextBytes(int start, int count)
    {
        if (count == 0)
            return 0;
        int first = Offsets[start];
        int elements = Offsets[start + count] - first;
        return Math.Max(Elements.TextBytes(first, elements), Keys?.TextBytes(first, elements) ?? 0);
    }

    private protected override long ValueBytes => (_offsets?.Capacity ?? 0) + Elements.MemoryBytes + (Keys?.MemoryBytes ?? 0);

    private protected override void Grow(int capacity)
    {
        bool first = _offsets is null;
        _offsets = Resize(_offsets, (nint)(capacity + 1) * sizeof(int), (nint)(Length + 1) * sizeof(int));
        if (first)
            Offsets[0] = 0;
    }

    private protected override void AppendDefault()
    {
        Offsets[Length + 1] = Elements.Length;
        Length++;
    }

    private protected override void AppendValueFrom(Column source, int row)
    {
        ListColumn list = (ListColumn)source;
        Elements.AppendRange(list.Elements, list.Start(row), list.Count(row));
        Keys?.AppendRange(list.Keys!, list.Start(row), list.Count(row));
        Commit();
    }

    private protected override void Free()
    {
        _offsets?.Release();
        _offsets = null;
        Capacity = 0;
        Elements.Release();
        Keys?.Release();
    }
}
