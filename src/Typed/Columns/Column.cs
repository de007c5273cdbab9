using Typed.Schema;

namespace Typed.Columns;

/// <summary>
/// One column of a batch in the Arrow layout: a validity bitmap (bit set = value present, least significant bit first;
/// absent while no value is null) and the buffers of the subclass. A column is filled by appending and then only read.
/// It is reference-counted: batches that share it hold a reference each.
/// </summary>
public abstract unsafe class Column
{
    private NativeBuffer? _validity;
    private int _references = 1;

    /// <summary>The type of the values.</summary>
    public FieldType Type { get; }

    private protected Column(FieldType type) => Type = type;

    /// <summary>The number of rows.</summary>
    public int Length { get; private protected set; }

    /// <summary>The number of nulls.</summary>
    public int NullCount { get; private set; }

    /// <summary>The validity bitmap, or null if no value is null.</summary>
    public byte* Validity => _validity is null ? null : _validity.Pointer;

    /// <summary>How many rows fit without growing.</summary>
    public int Capacity { get; private protected set; }

    /// <summary>The bytes of its buffers, those that are not filled yet included.</summary>
    public long MemoryBytes => (_validity?.Capacity ?? 0) + ValueBytes;

    /// <summary>The bytes of the buffers of the subclass.</summary>
    private protected abstract long ValueBytes { get; }

    /// <summary>How many holders the column has.</summary>
    public int References => _references;

    /// <summary>An empty column for values of <paramref name="type"/>.</summary>
    public static Column Create(FieldType type) => ColumnFactory.Create(type);

    /// <summary>Whether the value at <paramref name="row"/> is null.</summary>
    public bool IsNull(int row) => _validity is not null && (_validity.Pointer[row >> 3] & (1 << (row & 7))) == 0;

    /// <summary>Whether the value at <paramref name="row"/> is present.</summary>
    public bool IsValid(int row) => !IsNull(row);

    /// <summary>Takes one more reference.</summary>
    public Column AddReference()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    /// <summary>Gives one reference back; the last one returns the memory.</summary>
    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        if (left < 0)
            throw new InvalidOperationException("A column was released more often than it was referenced.");
        if (left > 0)
            return;
        _validity?.Release();
        _validity = null;
        Free();
    }

    /// <summary>Empties the column and keeps its memory.</summary>
    public virtual void Reset()
    {
        Length = 0;
        NullCount = 0;
        _validity?.Release();
        _validity = null;
    }

    /// <summary>Makes room for <paramref name="rows"/> rows in all.</summary>
    public void EnsureCapacity(int rows)
    {
        if (rows <= Capacity)
            return;
        int capacity = Math.Max(64, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)rows));
        Grow(capacity);
        if (_validity is not null)
        {
            NativeBuffer larger = NativeBuffer.Rent((capacity + 7) >> 3);
            Buffer.MemoryCopy(_validity.Pointer, larger.Pointer, larger.Capacity, (Length + 7) >> 3);
            new Span<byte>(larger.Pointer + ((Length + 7) >> 3), (int)larger.Capacity - ((Length + 7) >> 3)).Fill(0xFF);
            _validity.Release();
            _validity = larger;
        }

        Capacity = capacity;
    }

    /// <summary>
    /// Sets the length after values were written in place, for columns of fixed width. Rows are valid until
    /// <see cref="SetNull"/> says otherwise, which may come before or after.
    /// </summary>
    public void SetLength(int rows)
    {
        EnsureCapacity(rows);
        Length = rows;
    }

    /// <summary>Marks a row below the capacity as null.</summary>
    public void SetNull(int row)
    {
        if (_validity is null)
        {
            EnsureCapacity(row + 1);
            _validity = NativeBuffer.Rent((Capacity + 7) >> 3);
            new Span<byte>(_validity.Pointer, (int)_validity.Capacity).Fill(0xFF);
        }

        ref byte bits = ref _validity.Pointer[row >> 3];
        byte mask = (byte)(1 << (row & 7));
        if ((bits & mask) != 0)
        {
            bits = (byte)(bits & ~mask);
            NullCount++;
        }
    }

    /// <summary>Appends a null.</summary>
    public void AppendNull()
    {
        EnsureCapacity(Length + 1);
        SetNull(Length);
        AppendDefault();
    }

    /// <summary>Takes back the rows from <paramref name="rows"/> on; for a reader that finds a record broken half-way.</summary>
    public virtual void Truncate(int rows)
    {
        for (int row = rows; _validity is not null && row < Length; row++)
        {
            ref byte bits = ref _validity.Pointer[row >> 3];
            byte mask = (byte)(1 << (row & 7));
            if ((bits & mask) == 0)
            {
                bits |= mask;
                NullCount--;
            }
        }

        Length = Math.Min(Length, rows);
    }

    /// <summary>Appends one row of a column of the same type.</summary>
    public void AppendFrom(Column source, int row)
    {
        if (source.IsNull(row))
            AppendNull();
        else
            AppendValueFrom(source, row);
    }

    /// <summary>Appends the named rows of a column of the same type.</summary>
    public virtual void Gather(Column source, ReadOnlySpan<int> rows)
    {
        EnsureCapacity(Length + rows.Length);
        foreach (int row in rows)
            AppendFrom(source, row);
    }

    /// <summary>Appends a range of rows of a column of the same type.</summary>
    public virtual void AppendRange(Column source, int start, int count)
    {
        EnsureCapacity(Length + count);
        for (int row = start; row < start + count; row++)
            AppendFrom(source, row);
    }

    /// <summary>How many bytes of text the named rows have in the one of its buffers that has most: none may pass 2 GiB.</summary>
    internal virtual int TextBytes(int start, int count) => 0;

    private protected abstract void Grow(int capacity);

    private protected abstract void AppendDefault();

    private protected abstract void AppendValueFrom(Column source, int row);

    private protected abstract void Free();

    private protected static NativeBuffer Resize(NativeBuffer? buffer, nint bytes, nint used)
    {
        if (buffer is not null && buffer.Capacity >= bytes)
            return buffer;
        NativeBuffer larger = NativeBuffer.Rent(bytes);
        if (buffer is not null)
        {
            Buffer.MemoryCopy(buffer.Pointer, larger.Pointer, larger.Capacity, used);
            buffer.Release();
        }

        return larger;
    }
}
