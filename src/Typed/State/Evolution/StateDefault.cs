using System.Globalization;
using Typed.Columns;

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
        bool isDefault = text == "default";
        string number = isDefault ? "0" : text;
        switch (type.Kind)
        {
            case StateTypeKind.Boolean:
                writer.Write(!isDefault && bool.Parse(text) ? (byte)1 : (byte)0);
                break;
            case StateTypeKind.Float:
                writer.Write(float.Parse(number, invariant));
                break;
            case StateTypeKind.Double:
                writer.Write(double.Parse(number, invariant));
                break;
            case StateTypeKind.NetDecimal:
                writer.Write(decimal.Parse(number, invariant) / 1.0000000000000000000000000000m);
                break;
            case StateTypeKind.Int8:
                writer.Write(sbyte.Parse(number, invariant));
                break;
            case StateTypeKind.UInt8:
                writer.Write(byte.Parse(number, invariant));
                break;
            case StateTypeKind.Int16:
                writer.Write(short.Parse(number, invariant));
                break;
            case StateTypeKind.UInt16:
                writer.Write(ushort.Parse(number, invariant));
                break;
            case StateTypeKind.Int32:
                writer.Write(int.Parse(number, invariant));
                break;
            case StateTypeKind.UInt32:
                writer.Write(uint.Parse(number, invariant));
                break;
            case StateTypeKind.Int64:
                writer.Write(long.Parse(number, invariant));
                break;
            case StateTypeKind.UInt64:
                writer.Write(ulong.Parse(number, invariant));
                break;

            // Of times there is only the default of the type, as it is written.
            case StateTypeKind.Timestamp when isDefault:
                writer.Write(Instant.FirstMicros);
                break;
            case StateTypeKind.Date when isDefault:
                writer.Write(Instant.FirstDay);
                break;
            case StateTypeKind.Duration or StateTypeKind.Guid when isDefault:
                writer.WriteRaw(new byte[StateCursor.SizeOf(type)]);
                break;
            default:
                throw new FormatException($"'{text}' is no {type}");
        }
    }

    private static InvalidDataException None(StateType type) => new($"a {type} that was not stored has no default");
}
