using Typed.Columns;
using Typed.Schema;

namespace Typed.State;

/// <content>Reading values by their types, and the types of columns.</content>
internal sealed partial record StateType
{
    /// <summary>A column as rows of state hold it (<see cref="RowState"/>).</summary>
    internal static StateType OfRow(FieldType type) =>
        type.Kind is FieldKind.String or FieldKind.Binary ? Of(type) : new StateType(StateTypeKind.Null) { Element = Of(type) };

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
        StateTypeKind.Ticks => new StateInstant(Instant.TicksToMicros(reader.Read<long>() - Instant.EpochTicks)),
        StateTypeKind.Date => new StateDate(reader.Read<int>()),
        StateTypeKind.DayNumber => new StateDate(reader.Read<int>() - (long)Instant.EpochDay),
        StateTypeKind.LongDate => new StateDate(reader.Read<long>()),
        StateTypeKind.LongBoolean => reader.Read<long>() != 0,
        StateTypeKind.Duration => new StateDuration(reader.Read<long>()),
        StateTypeKind.TickSpan => new StateDuration(Instant.TicksToMicros(reader.Read<long>())),
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
        FieldKind.Int64 => new(StateTypeKind.Int64),
        FieldKind.Enum => Enum(StateTypeKind.Int64, type.EnumNames.Select(one => new StateMember(one.Key, one.Value))),
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
