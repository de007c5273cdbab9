using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Schema;

/// <content>Numbers. An integer field takes integers only: no fraction and no exponent.</content>
public unsafe ref partial struct JsonReader
{
    /// <summary>Appends an sbyte.</summary>
    public bool ReadSByte(FixedColumn<sbyte> column) => ReadInteger(sbyte.MinValue, sbyte.MaxValue, out long value) && Add(column, (sbyte)value);

    /// <summary>Appends a byte.</summary>
    public bool ReadByte(FixedColumn<byte> column) => ReadInteger(byte.MinValue, byte.MaxValue, out long value) && Add(column, (byte)value);

    /// <summary>Appends a short.</summary>
    public bool ReadInt16(FixedColumn<short> column) => ReadInteger(short.MinValue, short.MaxValue, out long value) && Add(column, (short)value);

    /// <summary>Appends a ushort.</summary>
    public bool ReadUInt16(FixedColumn<ushort> column) => ReadInteger(ushort.MinValue, ushort.MaxValue, out long value) && Add(column, (ushort)value);

    /// <summary>Appends an int.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool ReadInt32(FixedColumn<int> column) => ReadInteger(int.MinValue, int.MaxValue, out long value) && Add(column, (int)value);

    /// <summary>Appends a uint.</summary>
    public bool ReadUInt32(FixedColumn<uint> column) => ReadInteger(uint.MinValue, uint.MaxValue, out long value) && Add(column, (uint)value);

    /// <summary>Appends a long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool ReadInt64(FixedColumn<long> column) => ReadInteger(long.MinValue, long.MaxValue, out long value) && Add(column, value);

    /// <summary>Appends a ulong.</summary>
    public bool ReadUInt64(FixedColumn<ulong> column) => ReadUnsigned(out long bits) && Add(column, (ulong)bits);

    /// <summary>Appends a double: the nearest one; a number beyond the largest one is out of range. Also "NaN", "Infinity" and "-Infinity".</summary>
    public bool ReadDouble(FixedColumn<double> column)
    {
        if (*_next == '"')
            return TryReadSpecial(out double special) && Add(column, special);
        return TryScanNumber(out NumberText number) && (number.TryDouble(out double value) ? Add(column, value) : Fail(JsonProblem.Range));
    }

    /// <summary>Appends a float, as <see cref="ReadDouble"/>.</summary>
    public bool ReadFloat(FixedColumn<float> column)
    {
        if (*_next == '"')
            return TryReadSpecial(out double special) && Add(column, (float)special);
        return TryScanNumber(out NumberText number) && (number.TryFloat(out float value) ? Add(column, value) : Fail(JsonProblem.Range));
    }

    /// <summary>Appends a decimal, rounded half up to the scale of the column; more digits before the point than it has are out of range.</summary>
    public bool ReadDecimal(FixedColumn<Int128> column)
    {
        if (!TryScanNumber(out NumberText number))
            return false;
        return number.TryDecimal(column.Type.Precision, column.Type.Scale, out Int128 value) ? Add(column, value) : Fail(JsonProblem.Range);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Add<T>(FixedColumn<T> column, T value)
        where T : unmanaged
    {
        column.Append(value);
        return true;
    }

    /// <summary>Reads an integer of a range that a long holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool ReadInteger(long smallest, long largest, out long value)
    {
        byte* at = _next;
        bool negative = *at == '-';
        if (negative)
            at++;
        byte* digits = at;
        uint digit = (uint)*at - '0';
        value = 0;
        while (digit <= 9)
        {
            value = (value * 10) + digit;
            digit = (uint)*++at - '0';
        }

        // Up to 18 digits cannot overflow. Anything unusual is left to the complete reader.
        long count = at - digits;
        if (count is < 1 or > 18 || (*digits == '0' && count > 1) || *at == '.' || (*at | 0x20) == 'e')
            return ReadUnusualInteger(smallest, largest, out value);
        if (negative)
            value = -value;
        _next = at;
        return (value >= smallest && value <= largest) || Fail(JsonProblem.Range);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ReadUnusualInteger(long smallest, long largest, out long value)
    {
        value = 0;
        if (!TryScanNumber(out NumberText number))
            return false;
        if (!number.IsInteger)
            return Fail(JsonProblem.Type);
        if (!number.TryInteger(out UInt128 magnitude) || magnitude > (number.Negative ? (UInt128)1 << 63 : (UInt128)long.MaxValue))
            return Fail(JsonProblem.Range);
        value = number.Negative ? (long)-(Int128)magnitude : (long)magnitude;
        return (value >= smallest && value <= largest) || Fail(JsonProblem.Range);
    }

    /// <summary>Reads a ulong as the bits of a long.</summary>
    private bool ReadUnsigned(out long bits)
    {
        bits = 0;
        if (!TryScanNumber(out NumberText number))
            return false;
        if (!number.IsInteger)
            return Fail(JsonProblem.Type);
        if (!number.TryInteger(out UInt128 magnitude) || magnitude > ulong.MaxValue || (number.Negative && magnitude != 0))
            return Fail(JsonProblem.Range);
        bits = (long)(ulong)magnitude;
        return true;
    }

    /// <summary>Passes a number by JSON's grammar.</summary>
    private bool TryScanNumber(out NumberText number)
    {
        number = default;
        byte* at = _next;
        byte* start = at;
        if (*at == '-')
            at++;
        byte* digits = at;
        while (IsDigit(*at))
            at++;
        int whole = (int)(at - digits);
        if (whole == 0)
            return Fail(*start is (byte)'"' or (byte)'{' or (byte)'[' or (byte)'t' or (byte)'f' or (byte)'n' ? JsonProblem.Type : JsonProblem.Syntax);
        if (whole > 1 && *digits == '0')
            return Fail(JsonProblem.Syntax);
        int fraction = 0;
        if (*at == '.')
        {
            byte* point = at++;
            while (IsDigit(*at))
                at++;
            fraction = (int)(at - point) - 1;
            if (fraction == 0)
                return Fail(JsonProblem.Syntax);
        }

        byte* exponent = null;
        if ((*at | 0x20) == 'e')
        {
            exponent = ++at;
            if (*at is (byte)'+' or (byte)'-')
                at++;
            byte* first = at;
            while (IsDigit(*at))
                at++;
            if (at == first)
                return Fail(JsonProblem.Syntax);
        }

        number = new NumberText(start, at, digits, whole, fraction, exponent);
        _next = at;
        return true;
    }

    private bool TryReadSpecial(out double value)
    {
        value = 0;
        Span<byte> scratch = stackalloc byte[64];
        if (!TryReadText(scratch, out ReadOnlySpan<byte> text))
            return false;
        if (text.SequenceEqual("NaN"u8))
            value = double.NaN;
        else if (text.SequenceEqual("Infinity"u8))
            value = double.PositiveInfinity;
        else if (text.SequenceEqual("-Infinity"u8))
            value = double.NegativeInfinity;
        else
            return Fail(JsonProblem.Type);
        return true;
    }

    private static bool IsDigit(byte value) => (uint)value - '0' <= 9;
}
