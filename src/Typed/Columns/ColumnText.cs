using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Typed.Schema;

namespace Typed.Columns;

/// <summary>
/// Values of columns as UTF-8 text: invariant numbers, times in ISO 8601 with as many digits after the second as they need, enums by
/// name, binary values in base 64, lists, maps and nested records in brackets.
/// </summary>
public static class ColumnText
{
    /// <summary>Appends the text of a value that is not null.</summary>
    public static void Write(Column column, int row, ArrayBufferWriter<byte> to)
    {
        ArgumentNullException.ThrowIfNull(column);
        ArgumentNullException.ThrowIfNull(to);
        switch (column.Type.Kind)
        {
            case FieldKind.Boolean:
                to.Write(((BoolColumn)column)[row] ? "true"u8 : "false"u8);
                break;
            case FieldKind.SByte:
                Number(((FixedColumn<sbyte>)column)[row], to);
                break;
            case FieldKind.Byte:
                Number(((FixedColumn<byte>)column)[row], to);
                break;
            case FieldKind.Int16:
                Number(((FixedColumn<short>)column)[row], to);
                break;
            case FieldKind.UInt16:
                Number(((FixedColumn<ushort>)column)[row], to);
                break;
            case FieldKind.Int32:
                Number(((FixedColumn<int>)column)[row], to);
                break;
            case FieldKind.UInt32:
                Number(((FixedColumn<uint>)column)[row], to);
                break;
            case FieldKind.Int64:
                Number(((FixedColumn<long>)column)[row], to);
                break;
            case FieldKind.UInt64:
                Number(((FixedColumn<ulong>)column)[row], to);
                break;
            case FieldKind.Float:
                Number(((FixedColumn<float>)column)[row], to);
                break;
            case FieldKind.Double:
                Number(((FixedColumn<double>)column)[row], to);
                break;
            case FieldKind.Decimal:
                Decimal(((FixedColumn<Int128>)column)[row], column.Type.Scale, to);
                break;
            case FieldKind.Timestamp:
                Timestamp(((FixedColumn<long>)column)[row], to);
                break;
            case FieldKind.Date:
                Number(Instant.DateFromDays(((FixedColumn<int>)column)[row]), to, "yyyy-MM-dd");
                break;
            case FieldKind.Duration:
                Number(Instant.DurationFromMicros(((FixedColumn<long>)column)[row]), to, "c");
                break;
            case FieldKind.Guid:
                Number(((FixedColumn<Guid>)column)[row], to);
                break;
            case FieldKind.Enum:
                Enum(column.Type, ((FixedColumn<long>)column)[row], to);
                break;
            case FieldKind.String:
                to.Write(((Utf8Column)column).Value(row).Span);
                break;
            case FieldKind.Binary:
                Binary(((Utf8Column)column).Value(row).Span, to);
                break;
            case FieldKind.Record or FieldKind.Window:
                Record((StructColumn)column, row, to);
                break;
            case FieldKind.List or FieldKind.Map:
                List((ListColumn)column, row, to);
                break;
            default:
                throw new InvalidOperationException($"A value of the type {column.Type} has no text.");
        }
    }

    /// <summary>The text of a value; null for null. Allocates.</summary>
    public static string? ToManaged(Column column, int row)
    {
        ArgumentNullException.ThrowIfNull(column);
        if (column.IsNull(row))
            return null;
        ArrayBufferWriter<byte> text = new(64);
        Write(column, row, text);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static void Number<T>(T value, ArrayBufferWriter<byte> to, ReadOnlySpan<char> format = default)
        where T : IUtf8SpanFormattable
    {
        int room = 48;
        int written;
        while (!value.TryFormat(to.GetSpan(room), out written, format, CultureInfo.InvariantCulture))
            room *= 2;
        to.Advance(written);
    }

    /// <summary>The digits of the integer with the point <paramref name="scale"/> digits from the right.</summary>
    private static void Decimal(Int128 value, int scale, ArrayBufferWriter<byte> to)
    {
        Span<byte> digits = stackalloc byte[48];
        UInt128 absolute = value < 0 ? UInt128.Zero - (UInt128)value : (UInt128)value;
        absolute.TryFormat(digits, out int count, default, CultureInfo.InvariantCulture);
        Span<byte> text = to.GetSpan(96);
        int length = 0;
        if (value < 0)
            text[length++] = (byte)'-';
        int whole = Math.Max(0, count - scale);
        if (whole == 0)
            text[length++] = (byte)'0';
        digits[..whole].CopyTo(text[length..]);
        length += whole;
        if (scale > 0)
        {
            text[length++] = (byte)'.';
            for (int i = count; i < scale; i++)
                text[length++] = (byte)'0';
            digits[whole..count].CopyTo(text[length..]);
            length += count - whole;
        }

        to.Advance(length);
    }

    private static void Timestamp(long micros, ArrayBufferWriter<byte> to)
    {
        DateTime time = Instant.FromMicros(micros).UtcDateTime;
        string format = time.Ticks % TimeSpan.TicksPerSecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'"
            : time.Ticks % TimeSpan.TicksPerMillisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss.fff'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
        Number(time, to, format);
    }

    private static void Enum(FieldType type, long value, ArrayBufferWriter<byte> to)
    {
        foreach ((string name, long number) in type.EnumNames)
        {
            if (number == value)
            {
                Encoding.UTF8.GetBytes(name.AsSpan(), to);
                return;
            }
        }

        if (type.IsUnsigned)
            Number((ulong)value, to);
        else
            Number(value, to);
    }

    private static void Binary(ReadOnlySpan<byte> value, ArrayBufferWriter<byte> to)
    {
        Base64.EncodeToUtf8(value, to.GetSpan(Base64.GetMaxEncodedToUtf8Length(value.Length)), out _, out int written);
        to.Advance(written);
    }

    private static void Record(StructColumn column, int row, ArrayBufferWriter<byte> to)
    {
        bool window = column.Type.Kind == FieldKind.Window;
        to.Write(window ? "["u8 : "{"u8);
        for (int i = 0; i < column.Children.Length; i++)
        {
            if (i > 0)
                to.Write(", "u8);
            Element(column.Children[i], row, to);
        }

        to.Write(window ? ")"u8 : "}"u8);
    }

    private static void List(ListColumn column, int row, ArrayBufferWriter<byte> to)
    {
        to.Write(column.Keys is null ? "["u8 : "{"u8);
        int start = column.Start(row);
        for (int i = start; i < start + column.Count(row); i++)
        {
            if (i > start)
                to.Write(", "u8);
            if (column.Keys is not null)
            {
                to.Write(column.Keys.Value(i).Span);
                to.Write(": "u8);
            }

            Element(column.Elements, i, to);
        }

        to.Write(column.Keys is null ? "]"u8 : "}"u8);
    }

    private static void Element(Column column, int row, ArrayBufferWriter<byte> to)
    {
        if (column.IsNull(row))
            to.Write("null"u8);
        else
            Write(column, row, to);
    }
}
