using System.Runtime.CompilerServices;

namespace Typed.Columns;

/// <summary>
/// Single values between .NET and columns, as generated records need them at the edge of a query. Reading takes rows that are
/// known not to be null, except where the result is nullable.
/// </summary>
public static class ColumnValues
{
    /// <summary>A value that the column stores as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Fixed<T>(Column column, int row)
        where T : unmanaged => ((FixedColumn<T>)column)[row];

    /// <summary>A bool.</summary>
    public static bool Boolean(Column column, int row) => ((BoolColumn)column)[row];

    /// <summary>A decimal.</summary>
    public static decimal Decimal(Column column, int row) => Decimals.ToDecimal(((FixedColumn<Int128>)column)[row], column.Type.Scale);

    /// <summary>A string.</summary>
    public static string String(Column column, int row) => ((Utf8Column)column).Value(row).ToManaged()!;

    /// <summary>A byte array.</summary>
    public static byte[] Bytes(Column column, int row) => ((Utf8Column)column).Value(row).Span.ToArray();

    /// <summary>A point in time, with offset zero.</summary>
    public static DateTimeOffset Timestamp(Column column, int row) => Instant.FromMicros(((FixedColumn<long>)column)[row]);

    /// <summary>A date.</summary>
    public static DateOnly Date(Column column, int row) => Instant.DateFromDays(((FixedColumn<int>)column)[row]);

    /// <summary>A duration.</summary>
    public static TimeSpan Duration(Column column, int row) => Instant.DurationFromMicros(((FixedColumn<long>)column)[row]);

    /// <summary>A window.</summary>
    public static TimeWindow Window(Column column, int row)
    {
        StructColumn window = (StructColumn)column;
        return new TimeWindow(Timestamp(window.Children[0], row), Timestamp(window.Children[1], row));
    }

    /// <summary>Appends a value that the column stores as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AppendFixed<T>(Column column, T value)
        where T : unmanaged => ((FixedColumn<T>)column).Append(value);

    /// <summary>Appends a value that the column stores as it is, or null.</summary>
    public static void AppendFixed<T>(Column column, T? value)
        where T : unmanaged
    {
        if (value is { } present)
            ((FixedColumn<T>)column).Append(present);
        else
            column.AppendNull();
    }

    /// <summary>Appends a bool or null.</summary>
    public static void AppendBoolean(Column column, bool? value)
    {
        if (value is { } present)
            ((BoolColumn)column).Append(present);
        else
            column.AppendNull();
    }

    /// <summary>Appends a decimal, rounded half up to the scale of the column, or null.</summary>
    /// <exception cref="ArgumentException">It has too many digits before the point.</exception>
    public static void AppendDecimal(Column column, decimal? value) =>
        AppendFixed(column, value is { } present ? Decimals.ToInt128(present, column.Type.Precision, column.Type.Scale) : (Int128?)null);

    /// <summary>Appends a string as UTF-8, or null; a lone surrogate becomes U+FFFD.</summary>
    public static void AppendString(Column column, string? value)
    {
        if (value is null)
        {
            column.AppendNull();
            return;
        }

        Utf8Column strings = (Utf8Column)column;
        Span<byte> to = strings.Reserve(System.Text.Encoding.UTF8.GetMaxByteCount(value.Length));
        strings.Commit(System.Text.Encoding.UTF8.GetBytes(value, to));
    }

    /// <summary>Appends bytes or null.</summary>
    public static void AppendBytes(Column column, byte[]? value)
    {
        if (value is null)
            column.AppendNull();
        else
            ((Utf8Column)column).Append(value);
    }

    /// <summary>Appends bytes or null.</summary>
    public static void AppendBytes(Column column, ReadOnlyMemory<byte>? value)
    {
        if (value is { } present)
            ((Utf8Column)column).Append(present.Span);
        else
            column.AppendNull();
    }

    /// <summary>Appends a point in time or null.</summary>
    public static void AppendTimestamp(Column column, DateTimeOffset? value) =>
        AppendFixed(column, value is { } present ? Instant.ToMicros(present) : (long?)null);

    /// <summary>Appends a date or null.</summary>
    public static void AppendDate(Column column, DateOnly? value) =>
        AppendFixed(column, value is { } present ? Instant.ToDays(present) : (int?)null);

    /// <summary>Appends a duration or null.</summary>
    public static void AppendDuration(Column column, TimeSpan? value) =>
        AppendFixed(column, value is { } present ? Instant.ToMicros(present) : (long?)null);

    /// <summary>Appends a window or null.</summary>
    public static void AppendWindow(Column column, TimeWindow? value)
    {
        if (value is not { } present)
        {
            column.AppendNull();
            return;
        }

        StructColumn window = (StructColumn)column;
        AppendTimestamp(window.Children[0], present.Start);
        AppendTimestamp(window.Children[1], present.End);
        window.Commit();
    }

    /// <summary>What is thrown where a record holds null in a field that is not nullable.</summary>
    public static ArgumentException NullField(string record, string field) => new(
        $"{record}.{field} is null, but the field is not nullable. Give it a value, or declare it nullable to allow null.");

    /// <summary>An array, also of arrays.</summary>
    public static T[] NewArray<T>(int length) => new T[length];
}
