using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Typed.State;

/// <summary>A place in the bytes of a stored value. Each length is checked before it is used.</summary>
internal ref struct StateCursor(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How many bytes lie before it.</summary>
    internal int At { get; private set; }

    internal readonly int Left => _bytes.Length - At;

    /// <summary>Goes to a place that was reached before.</summary>
    internal void GoTo(int place) => At = place;

    /// <exception cref="InvalidDataException">So many do not follow.</exception>
    internal ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > Left)
            throw new InvalidDataException($"State is cut short: {count} bytes are asked for at {At} of {_bytes.Length}.");
        ReadOnlySpan<byte> taken = _bytes.Slice(At, count);
        At += count;
        return taken;
    }

    internal int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    internal T Read<T>(int size)
        where T : unmanaged => MemoryMarshal.Read<T>(Take(size));

    /// <summary>A byte that says yes or no.</summary>
    internal bool Flag()
    {
        byte flag = Take(1)[0];
        return flag <= 1 ? flag == 1 : throw new InvalidDataException($"State is damaged: there is {flag} where 0 or 1 has to be.");
    }

    /// <summary>How many elements follow, each of a byte at least.</summary>
    internal int Count()
    {
        int count = Int32();
        return count >= 0 && count <= Left ? count : throw new InvalidDataException($"State is damaged: a count of {count} with {Left} bytes left.");
    }

    /// <summary>The bytes behind their length; none, and false, for null.</summary>
    internal bool TakeSized(out ReadOnlySpan<byte> bytes)
    {
        int length = Int32();
        bytes = length == -1 ? default : Take(length);
        return length != -1;
    }

    /// <summary>Says that nothing more is expected.</summary>
    /// <param name="what">What lies before it.</param>
    /// <exception cref="InvalidDataException">There is more.</exception>
    internal readonly void End(string what)
    {
        if (Left != 0)
            throw new InvalidDataException($"State is damaged: {Left} of {_bytes.Length} bytes are left over behind {what}.");
    }

    /// <summary>Goes behind a value.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    internal void Skip(StateType type)
    {
        switch (type.Kind)
        {
            case StateTypeKind.String or StateTypeKind.Binary or StateTypeKind.Sized:
                TakeSized(out _);
                break;
            case StateTypeKind.Record:
                foreach (StateField field in type.Fields)
                    Skip(field.Type);
                break;
            case StateTypeKind.List:
                for (int left = Count(); left > 0; left--)
                    Skip(type.Element!);
                break;
            case StateTypeKind.Null:
                if (!Flag())
                    Skip(type.Element!);
                break;
            case StateTypeKind.Some:
                if (Flag())
                    Skip(type.Element!);
                break;
            case StateTypeKind.Flag:
                Flag();
                Skip(type.Element!);
                break;
            case StateTypeKind.NullAfter:
                Skip(type.Element!);
                Flag();
                break;
            case StateTypeKind.Sketch:
                int listed = Int32();
                Take(listed >= 0 && listed <= Left ? listed * sizeof(uint) : 1 << type.Number);
                break;
            case StateTypeKind.Rest:
                Take(Left);
                break;
            default:
                Take(SizeOf(type));
                break;
        }
    }

    /// <summary>The bytes of a value that always has as many.</summary>
    /// <exception cref="InvalidDataException">It has not.</exception>
    internal static int SizeOf(StateType type) => type.Kind switch
    {
        StateTypeKind.Boolean or StateTypeKind.Int8 or StateTypeKind.UInt8 => 1,
        StateTypeKind.Int16 or StateTypeKind.UInt16 => 2,
        StateTypeKind.Int32 or StateTypeKind.UInt32 or StateTypeKind.Float or StateTypeKind.Date or StateTypeKind.DayNumber => 4,
        StateTypeKind.Int64 or StateTypeKind.UInt64 or StateTypeKind.Double or StateTypeKind.Timestamp or StateTypeKind.Ticks or StateTypeKind.LongDate
            or StateTypeKind.LongBoolean or StateTypeKind.Duration or StateTypeKind.TickSpan => 8,
        StateTypeKind.Int128 or StateTypeKind.Decimal or StateTypeKind.NetDecimal or StateTypeKind.Guid or StateTypeKind.Window => 16,
        StateTypeKind.Raw => type.Number,
        _ => throw new InvalidDataException($"a {type} has no fixed size"),
    };
}
