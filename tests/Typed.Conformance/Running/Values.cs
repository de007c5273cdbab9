using System.Globalization;
using System.Text.Json;
using Typed.Columns;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Running;

/// <summary>Between the values of a case, which are JSON, and .NET's.</summary>
internal static class Values
{
    private const double Tolerance = 1e-9;

    /// <summary>A row of a case as .NET values of the columns' types.</summary>
    public static object?[] Read(IReadOnlyList<JsonElement> row, IReadOnlyList<SqlColumn> columns)
    {
        if (row.Count != columns.Count)
            throw new CaseException($"a row of {row.Count} values is given for {columns.Count} columns");
        return [.. row.Select((value, i) => Read(value, columns[i].Type))];
    }

    /// <summary>Whether a value that was written is the expected one.</summary>
    public static bool Same(object? actual, JsonElement expected)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Null:
                return actual is null;
            case JsonValueKind.True or JsonValueKind.False:
                return actual is bool truth && truth == expected.GetBoolean();
            case JsonValueKind.String:
                return actual is string text ? text == expected.GetString() : actual is double number && Print(number) == expected.GetString();
            case JsonValueKind.Array:
                return actual is System.Collections.IEnumerable list and not string && SameList([.. list.Cast<object?>()], [.. expected.EnumerateArray()]);
            case JsonValueKind.Number:
                return SameNumber(actual, expected);
            default:
                throw new CaseException($"the expected value {expected} is not known");
        }
    }

    /// <summary>A value as a case would write it.</summary>
    public static string Print(object? value) => value switch
    {
        null => "null",
        string text => JsonSerializer.Serialize(text),
        bool truth => truth ? "true" : "false",
        DateTimeOffset time => (Instant.ToMicros(time) / 1000m).ToString(CultureInfo.InvariantCulture),
        DateOnly date => Instant.ToDays(date).ToString(CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        System.Collections.IEnumerable list => "[" + string.Join(", ", list.Cast<object?>().Select(Print)) + "]",
        _ => value.ToString() ?? "",
    };

    public static string Print(IEnumerable<object?[]> rows) => "[" + string.Join(", ", rows.Select(row => Print((object)row))) + "]";

    private static object? Read(JsonElement value, SqlType type)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        return type.Kind switch
        {
            SqlKind.Boolean => value.GetBoolean(),
            SqlKind.Int => value.GetInt32(),
            SqlKind.Long => value.GetInt64(),
            SqlKind.Double => value.GetDouble(),
            SqlKind.Decimal => value.GetDecimal(),
            SqlKind.String => value.GetString(),
            SqlKind.Timestamp => Instant.FromMicros((long)decimal.Round(value.GetDecimal() * 1000)),
            SqlKind.Date => Instant.DateFromDays(value.GetInt32()),
            _ => throw new CaseException($"a value of type {type.Kind} cannot be given"),
        };
    }

    private static bool SameList(IReadOnlyList<object?> actual, IReadOnlyList<JsonElement> expected) =>
        actual.Count == expected.Count && actual.Select((value, i) => Same(value, expected[i])).All(same => same);

    private static bool SameNumber(object? actual, JsonElement expected)
    {
        switch (actual)
        {
            case int or long or decimal:
                return Convert.ToDecimal(actual, CultureInfo.InvariantCulture) == expected.GetDecimal();
            case DateTimeOffset time:
                return Instant.ToMicros(time) == decimal.Round(expected.GetDecimal() * 1000);
            case DateOnly date:
                return Instant.ToDays(date) == expected.GetDecimal();
            case double number:
                double wanted = expected.GetDouble();
                return number == wanted || Math.Abs(number - wanted) <= Tolerance * Math.Max(Math.Abs(number), Math.Abs(wanted));
            default:
                return false;
        }
    }
}
