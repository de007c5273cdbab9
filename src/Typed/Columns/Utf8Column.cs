using Typed.Schema;

namespace Typed.Columns;

/// <summary>
/// Strings as UTF-8, or binary values: 32-bit offsets (one more than rows) into one data buffer.
/// </summary>
public sealed unsafe class Utf8Column : Column
{
    private NativeBuffer? _offsets;
    private NativeBuffer? _data;

    internal Utf8Column(FieldType type)
        : base(type)
    {
    }

    /// <summary>Where each value starts and, at the end, where the last one ends.</summary>
    public int* Offsets => (int*)(_offsets is null ? null : _offsets.Pointer);

    /// <summary>The bytes of all values.</summary>
    public byte* Data => _data is null ? null : _data.Pointer;

    /// <summary>How many bytes the values have.</summary>
    public int DataLength => Length == 0 ? 0 : Offsets[Length];

    /// <summary>The value at a row; the null view where the row is null.</summary>
    public Utf8 this[int row] => IsNull(row) ? default : Value(row);

    /// <summary>The value at a row that is known not to be null.</summary>
    public Utf8 Value(int row)
    {
        int start = Offsets[row];
        return new Utf8(Data + start, Offsets[row + 1] - start);
    }

    /// <summary>Appends a value; the null view appends null.</summary>
    public void Append(Utf8 value)
    {
        if (value.IsNull)
            AppendNull();
        else
            Append(value.Span);
    }

    /// <summary>Appends a value.</summary>
    /// <exception cref="InvalidOperationException">The column would exceed 2 GiB.</exception>
    public void Append(ReadOnlySpan<byte> value)
    {
        Span<byte> to = Reserve(value.Length);
        value.CopyTo(to);
        Commit(value.Length);
    }

    /// <summary>Room for a value of at most <paramref name="bytes"/> bytes, to be written and then committed.</summary>
    public Span<byte> Reserve(int bytes) => new(ReserveBytes(bytes), bytes);

    /// <summary>Where a value of at most <paramref name="bytes"/> bytes may be written and then committed.</summary>
    internal byte* ReserveBytes(int bytes)
    {
        if (Length == Capacity)
            EnsureCapacity(Length + 1);
        int used = Offsets[Length];
        EnsureData(used, bytes);
        return Data + used;
    }

    /// <summary>Appends the first <paramref name="bytes"/> bytes of what was reserved as a value.</summary>
    public void Commit(int bytes)
    {
        Offsets[Length + 1] = Offsets[Length] + bytes;
        Length++;
    }

    /// <inheritdoc/>
    public override void Reset()
    {
        base.Reset();
        if (_offsets is not null)
            Offsets[0] = 0;
    }

    /// <inheritdoc/>
    public override void Gather(Column source, ReadOnlySpan<int> rows)
    {
        EnsureCapacity(Length + rows.Length);
        Utf8Column from = (Utf8Column)source;
        int* offsets = from.Offsets;
        long bytes = 0;
        foreach (int row in rows)
            bytes += offsets[row + 1] - offsets[row];
        if (bytes > int.MaxValue)
            throw TooLarge();
        int end = Offsets[Length];
        EnsureData(end, (int)bytes);
        int* to = Offsets + Length + 1;
        byte* data = Data;
        byte* fromData = from.Data;
        for (int i = 0; i < rows.Length; i++)
        {
            int start = offsets[rows[i]];
            int size = offsets[rows[i] + 1] - start;
            new ReadOnlySpan<byte>(fromData + start, size).CopyTo(new Span<byte>(data + end, size));
            end += size;
            to[i] = end;
        }

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

    internal override int TextBytes(int start, int count) => count == 0 ? 0 : Offsets[start + count] - Offsets[start];

    private void EnsureData(int used, int more)
    {
        if ((long)used + more > int.MaxValue)
            throw TooLarge();
        if (_data is null || used + (long)more > _data.Capacity)
            _data = Resize(_data, Math.Max(256, (nint)used + more), used);
    }

    private static InvalidOperationException TooLarge() =>
        new("A string column of one batch would exceed 2 GiB. Use smaller batches: a limit on the rows, files or bytes of a trigger.");

    private protected override long ValueBytes => (_offsets?.Capacity ?? 0) + (_data?.Capacity ?? 0);

    private protected override void Grow(int capacity)
    {
        bool first = _offsets is null;
        _offsets = Resize(_offsets, (nint)(capacity + 1) * sizeof(int), (nint)(Length + 1) * sizeof(int));
        if (first)
            Offsets[0] = 0;
    }

    private protected override void AppendDefault()
    {
        Offsets[Length + 1] = Offsets[Length];
        Length++;
    }

    private protected override void AppendValueFrom(Column source, int row) => Append(((Utf8Column)source).Value(row).Span);

    private protected override void Free()
    {
        _offsets?.Release();
        _data?.Release();
        _offsets = null;
        _data = null;
        Capacity = 0;
    }
}
