using System.Runtime.CompilerServices;

namespace Typed.State;

/// <summary>
/// Writes the records of a section, each as short as the one before allows:
/// <code>
/// flags       1 byte   1: removed; 2: the table follows, else it is that of the record before; 4: it has a time; 8: the key, 16: the value is as long
///                      as that of the record before
/// table       1 byte   if said
/// time        varint   if it has one: the difference to the time before, zigzag
/// length of key, of value   varint   unless as before; a removed entry has no value
/// key, value
/// </code>
/// A section begins with table 0, time 0 and lengths of 0. A count of a long key and two longs takes 25 bytes.
/// </summary>
internal struct RecordEncoder
{
    internal const byte Removed = 1;
    internal const byte OtherTable = 2;
    internal const byte HasTime = 4;
    internal const byte SameKeyLength = 8;
    internal const byte SameValueLength = 16;

    /// <summary>What stands before a key takes so many bytes at most.</summary>
    internal const int HeadLengthMax = 2 + 10 + 5 + 5;

    private int _table;
    private long _time;
    private int _keyLength;
    private int _valueLength;

    /// <summary>Writes what stands before the key.</summary>
    /// <returns>How many bytes.</returns>
    internal int WriteHead(ref byte into, bool removed, int table, long time, int keyLength, int valueLength)
    {
        int flags = removed ? Removed : 0;
        int at = 1;
        if (table != _table)
        {
            flags |= OtherTable;
            Unsafe.Add(ref into, at++) = (byte)table;
            _table = table;
        }

        if (time != StateEntry.NoTime)
        {
            flags |= HasTime;
            long difference = time - _time;
            at = WriteVarint(ref into, at, (ulong)((difference << 1) ^ (difference >> 63)));
            _time = time;
        }

        if (keyLength == _keyLength)
            flags |= SameKeyLength;
        else
            at = WriteVarint(ref into, at, (uint)(_keyLength = keyLength));
        if (!removed)
        {
            if (valueLength == _valueLength)
                flags |= SameValueLength;
            else
                at = WriteVarint(ref into, at, (uint)(_valueLength = valueLength));
        }

        into = (byte)flags;
        return at;
    }

    /// <summary>Writes a record into a place that is large enough: <see cref="HeadLengthMax"/> more than key and value.</summary>
    /// <returns>How many bytes.</returns>
    internal int Write(Span<byte> into, bool removed, int table, long time, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (into.Length < HeadLengthMax + key.Length + value.Length)
            throw new ArgumentException("There is no room for the record.", nameof(into));
        int at = WriteHead(ref into[0], removed, table, time, key.Length, value.Length);
        key.CopyTo(into[at..]);
        value.CopyTo(into[(at + key.Length)..]);
        return at + key.Length + value.Length;
    }

    private static int WriteVarint(ref byte into, int at, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            Unsafe.Add(ref into, at++) = (byte)(value | 0x80);
        Unsafe.Add(ref into, at++) = (byte)value;
        return at;
    }
}
