using System.Globalization;
using Typed.Schema;

namespace Typed.State;

/// <summary>How a value is written in an entry, little-endian.</summary>
internal enum StateTypeKind
{
    /// <summary>1 byte, 0 or 1.</summary>
    Boolean,

    /// <summary>1 byte.</summary>
    Int8,

    /// <summary>1 byte.</summary>
    UInt8,

    /// <summary>2 bytes.</summary>
    Int16,

    /// <summary>2 bytes.</summary>
    UInt16,

    /// <summary>4 bytes.</summary>
    Int32,

    /// <summary>4 bytes.</summary>
    UInt32,

    /// <summary>8 bytes.</summary>
    Int64,

    /// <summary>8 bytes.</summary>
    UInt64,

    /// <summary>16 bytes.</summary>
    Int128,

    /// <summary>4 bytes.</summary>
    Float,

    /// <summary>8 bytes.</summary>
    Double,

    /// <summary><c>decimal(SCALE)</c>: 16 bytes, a whole number of the last digit.</summary>
    Decimal,

    /// <summary>16 bytes, a decimal as .NET has it in memory.</summary>
    NetDecimal,

    /// <summary>16 bytes.</summary>
    Guid,

    /// <summary>8 bytes, µs since 1970.</summary>
    Timestamp,

    /// <summary>8 bytes, ticks since the year 1.</summary>
    Ticks,

    /// <summary>4 bytes, days since 1970.</summary>
    Date,

    /// <summary>4 bytes, days since the year 1.</summary>
    DayNumber,

    /// <summary>8 bytes, a date as days since 1970.</summary>
    LongDate,

    /// <summary>8 bytes, 0 or 1.</summary>
    LongBoolean,

    /// <summary>8 bytes, µs.</summary>
    Duration,

    /// <summary>8 bytes, ticks.</summary>
    TickSpan,

    /// <summary>Length (int32), UTF-8; −1 for null.</summary>
    String,

    /// <summary>Length (int32), bytes; −1 for null.</summary>
    Binary,

    /// <summary>Start and end, 16 bytes, µs since 1970.</summary>
    Window,

    /// <summary><c>record(NAME TYPE, …)</c>: the fields in order.</summary>
    Record,

    /// <summary><c>list(TYPE)</c>: count (int32), elements.</summary>
    List,

    /// <summary><c>sized(TYPE)</c>: length (int32), the value in so many bytes; −1 for null.</summary>
    Sized,

    /// <summary><c>null(TYPE)</c>: 1 for null, which has nothing more; 0 and the value.</summary>
    Null,

    /// <summary><c>nullafter(TYPE)</c>: the value, then 1 if it is null, else 0.</summary>
    NullAfter,

    /// <summary><c>some(TYPE)</c>: 0 for null, which has nothing more; 1 and the value.</summary>
    Some,

    /// <summary><c>flag(TYPE)</c>: 0 for null or 1, then the value in both cases.</summary>
    Flag,

    /// <summary><c>raw(BYTES)</c>: so many bytes of a struct.</summary>
    Raw,

    /// <summary><c>sketch(PRECISION)</c>: count of hashes (int32) of 4 bytes each; −1 and 2^PRECISION registers of a byte.</summary>
    Sketch,

    /// <summary>All bytes that are left.</summary>
    Rest,
}

/// <summary>The type of a field of stored state.</summary>
/// <param name="Kind">What is written.</param>
internal sealed record StateType(StateTypeKind Kind)
{
    /// <summary>The scale of a decimal, the bytes of a struct, the precision of a sketch.</summary>
    internal int Number { get; init; }

    /// <summary>What a list has, or what is wrapped.</summary>
    internal StateType? Element { get; init; }

    /// <summary>The fields of a record.</summary>
    internal IReadOnlyList<StateField> Fields { get; init; } = [];

    /// <summary>A column as rows of state hold it (<see cref="RowState"/>).</summary>
    internal static StateType OfRow(FieldType type) =>
        type.Kind is FieldKind.String or FieldKind.Binary ? Of(type) : new StateType(StateTypeKind.Null) { Element = Of(type) };

    /// <inheritdoc/>
    public override string ToString()
    {
        string name = Kind.ToString().ToLowerInvariant();
        return Kind switch
        {
            StateTypeKind.Decimal or StateTypeKind.Raw or StateTypeKind.Sketch => string.Create(CultureInfo.InvariantCulture, $"{name}({Number})"),
            StateTypeKind.Record => $"{name}({string.Join(", ", Fields)})",
            _ => Element is null ? name : $"{name}({Element})",
        };
    }

    /// <summary>Reads a value: null, a number, a text, a time, bytes, or an array of the values of a record or a list.</summary>
    /// <exception cref="InvalidDataException">It is not one.</exception>
    internal object? Read(StateReader reader) => Kind switch
    {
        StateTypeKind.Boolean => Flag(reader),
        StateTypeKind.Int8 => reader.Read<sbyte>(),
        StateTypeKind.UInt8 => reader.Read<byte>(),
        StateTypeKind.Int16 => reader.Read<short>(),
        StateTypeKind.UInt16 => reader.Read<ushort>(),
        StateTypeKind.Int32 => reader.Read<int>(),
        StateTypeKind.UInt32 => reader.Read<uint>(),
        StateTypeKind.Int64 => reader.Read<long>(),
        StateTypeKind.UInt64 => reader.Read<ulong>(),
        StateTypeKind.Int128 => reader.Read<Int128>(),
        StateTypeKind.Float => reader.Read<float>(),
        StateTypeKind.Double => reader.Read<double>(),
        StateTypeKind.Decimal => new StateDecimal(reader.Read<Int128>(), Number),
        StateTypeKind.NetDecimal => reader.Read<decimal>(),
        StateTypeKind.Guid => reader.Read<Guid>(),
        StateTypeKind.Timestamp => new StateInstant(reader.Read<long>()),
        StateTypeKind.Ticks => new StateInstant((reader.Read<long>() - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond),
        StateTypeKind.Date => new StateDate(reader.Read<int>()),
        StateTypeKind.DayNumber => new StateDate(reader.Read<int>() - (long)DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber),
        StateTypeKind.LongDate => new StateDate(reader.Read<long>()),
        StateTypeKind.LongBoolean => reader.Read<long>() != 0,
        StateTypeKind.Duration => new StateDuration(reader.Read<long>()),
        StateTypeKind.TickSpan => new StateDuration(reader.Read<long>() / TimeSpan.TicksPerMicrosecond),
        StateTypeKind.String => reader.ReadString(),
        StateTypeKind.Binary => Bytes(reader, reader.Read<int>()),
        StateTypeKind.Window => new StateWindow(reader.Read<long>(), reader.Read<long>()),
        StateTypeKind.Record => Array.ConvertAll([.. Fields], field => field.Type.Read(reader)),
        StateTypeKind.List => List(reader),
        StateTypeKind.Sized => Sized(reader),
        StateTypeKind.Null => Flag(reader) ? null : Element!.Read(reader),
        StateTypeKind.NullAfter => Element!.Read(reader) is var value && Flag(reader) ? null : value,
        StateTypeKind.Some => Flag(reader) ? Element!.Read(reader) : null,
        StateTypeKind.Flag => Flag(reader) is var has && Element!.Read(reader) is var value && has ? value : null,
        StateTypeKind.Raw => Bytes(reader, Number),
        StateTypeKind.Sketch => Sketch(reader),
        StateTypeKind.Rest => Bytes(reader, reader.Left),
        _ => throw new InvalidDataException($"the layout has a type {Kind}"),
    };

    private static bool Flag(StateReader reader)
    {
        byte flag = reader.Read<byte>();
        return flag <= 1 ? flag == 1 : throw new InvalidDataException($"there is {flag} where 0 or 1 has to be");
    }

    private static byte[]? Bytes(StateReader reader, int length) => length == -1 ? null : reader.ReadRaw(length).ToArray();

    private object?[] List(StateReader reader)
    {
        object?[] elements = new object?[reader.ReadCount(1)];
        for (int i = 0; i < elements.Length; i++)
            elements[i] = Element!.Read(reader);
        return elements;
    }

    private object? Sized(StateReader reader)
    {
        if (Bytes(reader, reader.Read<int>()) is not { } bytes)
            return null;
        StateReader inner = new(bytes);
        object? value = Element!.Read(inner);
        return inner.Left == 0 ? value : throw new InvalidDataException($"{inner.Left} of {bytes.Length} bytes are left over behind a {Element}");
    }

    private byte[] Sketch(StateReader reader)
    {
        int listed = reader.Read<int>();
        return reader.ReadRaw(listed >= 0 ? checked(listed * sizeof(uint)) : 1 << Number).ToArray();
    }

    private static StateType Of(FieldType type) => type.Kind switch
    {
        FieldKind.Boolean => new(StateTypeKind.Boolean),
        FieldKind.SByte => new(StateTypeKind.Int8),
        FieldKind.Byte => new(StateTypeKind.UInt8),
        FieldKind.Int16 => new(StateTypeKind.Int16),
        FieldKind.UInt16 => new(StateTypeKind.UInt16),
        FieldKind.Int32 => new(StateTypeKind.Int32),
        FieldKind.UInt32 => new(StateTypeKind.UInt32),
        FieldKind.Int64 or FieldKind.Enum => new(StateTypeKind.Int64),
        FieldKind.UInt64 => new(StateTypeKind.UInt64),
        FieldKind.Float => new(StateTypeKind.Float),
        FieldKind.Double => new(StateTypeKind.Double),
        FieldKind.Decimal => new(StateTypeKind.Decimal) { Number = type.Scale },
        FieldKind.Guid => new(StateTypeKind.Guid),
        FieldKind.Timestamp => new(StateTypeKind.Timestamp),
        FieldKind.Date => new(StateTypeKind.Date),
        FieldKind.Duration => new(StateTypeKind.Duration),
        FieldKind.String => new(StateTypeKind.String),
        FieldKind.Binary => new(StateTypeKind.Binary),
        FieldKind.Record or FieldKind.Window => new(StateTypeKind.Record) { Fields = [.. type.Fields.Select(field => new StateField(field.Name, OfRow(field.Type)))] },
        FieldKind.List => new(StateTypeKind.List) { Element = OfRow(type.Element!) },
        FieldKind.Map => new(StateTypeKind.List)
        {
            Element = new StateType(StateTypeKind.Record) { Fields = [new StateField("Key", new StateType(StateTypeKind.String)), new StateField("Value", OfRow(type.Element!))] },
        },
        _ => throw new ArgumentOutOfRangeException(nameof(type), type.Kind, "No state holds columns of this kind."),
    };
}
