using Typed.Schema;

namespace Typed.Columns;

/// <summary>Booleans as bits, least significant first.</summary>
public sealed unsafe class BoolColumn : Column
{
    private NativeBuffer? _bits;

    internal BoolColumn(FieldType type)
        : base(type)
    {
    }

    /// <summary>The bits.</summary>
    public byte* Bits => _bits is null ? null : _bits.Pointer;

    /// <summary>The value at a row.</summary>
    public bool this[int row] => (Bits[row >> 3] & (1 << (row & 7))) != 0;

    /// <summary>Appends a value.</summary>
    public void Append(bool value)
    {
        if (Length == Capacity)
            EnsureCapacity(Length + 1);
        Set(Length++, value);
    }

    /// <summary>Writes the value of a row below the capacity.</summary>
    public void Set(int row, bool value)
    {
        ref byte bits = ref Bits[row >> 3];
        int mask = 1 << (row & 7);
        bits = (byte)(value ? bits | mask : bits & ~mask);
    }

    private protected override long ValueBytes => _bits?.Capacity ?? 0;

    private protected override void Grow(int capacity)
    {
        int used = (Length + 7) >> 3;
        _bits = Resize(_bits, (capacity + 7) >> 3, used);
        new Span<byte>(_bits.Pointer + used, (int)_bits.Capacity - used).Clear();
    }

    private protected override void AppendDefault() => Set(Length++, false);

    private protected override void AppendValueFrom(Column source, int row) => Append(((BoolColumn)source)[row]);

    private protected override void Free()
    {
        _bits?.Release();
        _bits = null;
        Capacity = 0;
    }
}
