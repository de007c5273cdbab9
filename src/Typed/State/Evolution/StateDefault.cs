using System.Globalization;

namespace Typed.State;

/// <summary>The bytes that a field has in records that were stored without it.</summary>
internal static class StateDefault
{
    /// <summary>The bytes of a field that is new.</summary>
    /// <exception cref="InvalidDataException">It has no default, or one that is none of its values.</exception>
    internal static byte[] Of(StateField field)
    {
        StateWriter writer = new();
        try
        {
            Write(field.Type, field.Default, writer);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new InvalidDataException($"the field {field} has a default that is no value of it", e);
        }

        return writer.Written.ToArray();
    }

    private static void Write(StateType type, string? text, StateWriter writer)
    {
        switch (type.Kind)
        {
            case StateTypeKind.Null or StateTypeKind.Some or StateTypeKind.Flag:
                writer.Write((byte)(text is null == (type.Kind == StateTypeKind.Null) ? 1 : 0));
                if (text is not null)
                    Write(type.Element!, text, writer);
                else if (type.Kind == StateTypeKind.Flag)
                    writer.WriteRaw(new byte[StateCursor.SizeOf(type.Element!)]);
                break;
            case StateTypeKind.String:
                writer.Write(text ?? throw None(type));
                break;
            default:
                WriteFixed(type, text ?? throw None(type), writer);
                break;
        }
    }

    private static void WriteFixed(StateType type, string text, StateWriter writer)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        bool isZero = text == "default";
        switch (type.Kind)
        {
            case StateTypeKind.Boolean:
                writer.Write(bool.Parse(isZero ? "false" : text) ? (byte)1 : (byte)0);
                break;
            case StateTypeKind.Float:
                writer.Write(isZero ? 0 : float.Parse(text, invariant));
                break;
            case StateTypeKind.Double:
                writer.Write(isZero ? 0 : double.Parse(text, invariant));
                break;
            case StateTypeKind.NetDecimal:
                writer.Write((isZero ? 0 : decimal.Parse(text, invariant)) / 1.0000000000000000000000000000m);
                break;
            case StateTypeKind.Int8:
                writer.Write(isZero ? (sbyte)0 : sbyte.Parse(text, invariant));
                break;
            case StateTypeKind.UInt8:
                writer.Write(isZero ? (byte)0 : byte.Parse(text, invariant));
                break;
            case StateTypeKind.Int16:
                writer.Write(isZero ? (short)0 : short.Parse(text, invariant));
                break;
            case StateTypeKind.UInt16:
                writer.Write(isZero ? (ushort)0 : ushort.Parse(text, invariant));
                break;
            case StateTypeKind.Int32:
                writer.Write(isZero ? 0 : int.Parse(text, invariant));
                break;
            case StateTypeKind.UInt32:
                writer.Write(isZero ? 0 : uint.Parse(text, invariant));
                break;
            case StateTypeKind.Int64:
                writer.Write(isZero ? 0 : long.Parse(text, invariant));
                break;
            case StateTypeKind.UInt64:
                writer.Write(isZero ? 0 : ulong.Parse(text, invariant));
                break;

            // Of times there is only the default of the type, as it is written.
            case StateTypeKind.Timestamp when isZero:
                writer.Write(-62_135_596_800_000_000L);
                break;
            case StateTypeKind.Date when isZero:
                writer.Write(-719_162);
                break;
            case StateTypeKind.Duration or StateTypeKind.Guid when isZero:
                writer.WriteRaw(new byte[StateCursor.SizeOf(type)]);
                break;
            default:
                throw new FormatException($"'{text}' is no {type}");
        }
    }

    private static InvalidDataException None(StateType type) => new($"a {type} that was not stored has no default");
}
