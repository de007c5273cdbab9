using Typed.Schema;

namespace Typed.Columns;

/// <summary>
/// Values of one width, one after the other: integers, floats, timestamps and durations (µs as <see cref="long"/>),
/// dates (days since 1970 as <see cref="int"/>), decimals (<see cref="Int128"/> times ten to the minus scale), Guids and
/// enums (their underlying integer).
/// </summary>
/// <typeparam name="T">How a value is stored.</typeparam>
public sealed unsafe class FixedColumn<T> : Column
    where T : unmanaged
{
    private NativeBuffer? _values;

    internal FixedColumn(FieldType type)
        : base(type)
    {
    }

    /// <summary>The first value; what stands at the place of a null is not defined but initialised.</summary>
    public T* Values => (T*)(_values is null ? null : _values.Pointer);

    /// <summary>The values.</summary>
    public ReadOnlySpan<T> Span => new(Values, Length);

    /// <summary>The value at a row.</summary>
    public T this[int row] => Values[row];

    /// <summary>Appends a value.</summary>
    public void Append(T value)
    {
        if (Length == Capacity)
            EnsureCapacity(Length + 1);
        Values[Length++] = value;
    }

    /// <inheritdoc/>
    public override void Gather(Column source, ReadOnlySpan<int> rows)
    {
        EnsureCapacity(Length + rows.Length);
        T* from = ((FixedColumn<T>)source).Values;
        T* to = Values + Length;
        for (int i = 0; i < rows.Length; i++)
            to[i] = from[rows[i]];
        if (source.NullCount > 0)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                if (source.IsNull(rows[i]))
                    SetNull(Length + i);
            }
        }

        Length += rows.Length;
    }

    /// <inheritdoc/>
    public override void AppendRange(Column source, int start, int count)
    {
        EnsureCapacity(Length + count);
        new Span<T>(((FixedColumn<T>)source).Values + start, count).CopyTo(new Span<T>(Values + Length, count));
        if (source.NullCount > 0)
        {
            for (int i = 0; i < count; i++)
            {
                if (source.IsNull(start + i))
                    SetNull(Length + i);
            }
        }

        Length += count;
    }

    private protected override long ValueBytes => _values?.Capacity ?? 0;

    private protected override void Grow(int capacity) =>
        _values = Resize(_values, (nint)capacity * sizeof(T), (nint)Length * sizeof(T));

    private protected override void AppendDefault() => Values[Length++] = default;

    private protected override void AppendValueFrom(Column source, int row) => Append(((FixedColumn<T>)source).Values[row]);

    private protected override void Free()
    {
        _values?.Release();
        _values = null;
        Capacity = 0;
    }
}
