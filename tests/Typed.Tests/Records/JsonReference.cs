using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Typed.Tests.Records;

[StreamRecord]
public sealed partial record Mixed(
    long Id, int? Count, double? Ratio, bool? Flag, string? Text, [Precision(10, 2)] decimal? Money, DateTimeOffset? Time, Grade? Grade,
    int[]? Items, Map<string, string?>? Map, Place? Place);

/// <summary>What a JSON text means as a <see cref="Mixed"/>, read naively with System.Text.Json.</summary>
internal static partial class JsonReference
{
    /// <summary>The row as text; null if the text is malformed.</summary>
    public static string? Read(byte[] line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            Validate(document.RootElement);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Row(document.RootElement) : null;
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            return null;
        }
    }

    public static string Show(Mixed row) => string.Join(
        ";",
        row.Id.ToString(CultureInfo.InvariantCulture),
        row.Count?.ToString(CultureInfo.InvariantCulture),
        row.Ratio is { } ratio ? BitConverter.DoubleToInt64Bits(ratio).ToString(CultureInfo.InvariantCulture) : null,
        row.Flag,
        Show(row.Text),
        row.Money is { } money ? (money * 100).ToString("F0", CultureInfo.InvariantCulture) : null,
        row.Time?.UtcTicks.ToString(CultureInfo.InvariantCulture),
        row.Grade is { } grade ? ((int)grade).ToString(CultureInfo.InvariantCulture) : null,
        row.Items is null ? null : "[" + string.Join(",", row.Items) + "]",
        row.Map is null ? null : "{" + string.Join(",", row.Map.Select(entry => Show(entry.Key) + Show(entry.Value)).Order(StringComparer.Ordinal)) + "}",
        row.Place is { } place ? Show(place.Street) + place.Number : null);

    private static string Row(JsonElement element) => Show(new Mixed(
        Required(element, "id").GetInt64(),
        Optional(element, "count") is { } count ? count.GetInt32() : null,
        Optional(element, "ratio") is { } ratio ? Double(ratio) : null,
        Optional(element, "flag")?.GetBoolean(),
        Optional(element, "text") is { } text ? String(text) : null,
        Optional(element, "money") is { } money ? Money(money) : null,
        Optional(element, "time") is { } time ? Time(String(time)) : null,
        Optional(element, "grade") is { } grade ? ReadGrade(grade) : null,
        Optional(element, "items") is { } items ? [.. items.EnumerateArray().Select(item => item.GetInt32())] : null,
        Optional(element, "map") is { } map ? new Map<string, string?>(map.EnumerateObject().Select(entry => new KeyValuePair<string, string?>(entry.Name, entry.Value.ValueKind == JsonValueKind.Null ? null : String(entry.Value)))) : null,
        Optional(element, "place") is { } place ? new Place(String(Required(place, "street")), Optional(place, "number") is { } number ? number.GetInt32() : null) : null));

    private static JsonElement Required(JsonElement element, string name) => Optional(element, name) ?? throw new FormatException(name);

    /// <summary>The last property of the name or of the name in Pascal case.</summary>
    private static JsonElement? Optional(JsonElement element, string name)
    {
        JsonElement? found = null;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Name == name || property.Name == char.ToUpperInvariant(name[0]) + name[1..])
                found = property.Value;
        }

        return found is { ValueKind: not JsonValueKind.Null } ? found : null;
    }

    private static string String(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new FormatException();

    private static double Double(JsonElement element)
    {
        double value = element.ValueKind != JsonValueKind.String ? element.GetDouble() : element.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => throw new FormatException(),
        };
        return element.ValueKind == JsonValueKind.String || double.IsFinite(value) ? value : throw new OverflowException();
    }

    private static decimal Money(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Number)
            throw new FormatException();
        Match match = Number().Match(element.GetRawText());
        string digits = match.Groups[2].Value + match.Groups[3].Value;
        BigInteger mantissa = BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        BigInteger exponent = (match.Groups[4].Success ? BigInteger.Parse(match.Groups[4].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0) - match.Groups[3].Length + 2;
        if (mantissa.IsZero)
            return 0;
        if (exponent > 100)
            throw new OverflowException();
        if (exponent < -digits.Length - 1)
            return 0;
        BigInteger cents = exponent >= 0
            ? mantissa * BigInteger.Pow(10, (int)exponent)
            : ((mantissa * 2) + BigInteger.Pow(10, (int)-exponent)) / (2 * BigInteger.Pow(10, (int)-exponent));
        if (cents >= BigInteger.Pow(10, 10))
            throw new OverflowException();
        return (decimal)cents / 100 * (match.Groups[1].Length > 0 ? -1 : 1);
    }

    private static DateTimeOffset Time(string text)
    {
        Match match = Instant().Match(text);
        if (!match.Success)
            throw new FormatException();
        int Part(int group) => match.Groups[group].Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
        TimeSpan zone = TimeSpan.Zero;
        if (match.Groups[9].Success)
        {
            if (Part(9) > 18 || Part(10) > 59)
                throw new FormatException();
            zone = new TimeSpan(Part(9), Part(10), 0) * (match.Groups[8].Value == "-" ? -1 : 1);
        }

        DateTime local;
        try
        {
            local = new DateTime(Part(1), Part(2), Part(3), Part(4), Part(5), Part(6), DateTimeKind.Utc);
            string fraction = (match.Groups[7].Value + "000000")[..6];
            return new DateTimeOffset(local.AddMicroseconds(int.Parse(fraction, CultureInfo.InvariantCulture)) - zone, TimeSpan.Zero);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new FormatException();
        }
    }

    private static Grade ReadGrade(JsonElement element) => element.ValueKind == JsonValueKind.Number ? (Grade)element.GetInt32()
        : Enum.GetNames<Grade>().FirstOrDefault(name => name.Equals(String(element), StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse<Grade>(name)
        : throw new FormatException();

    private static void Validate(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
            element.GetString();
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
                Validate(item);
        }

        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject())
            {
                _ = property.Name;
                Validate(property.Value);
            }
        }
    }

    private static string Show(string? text) => text is null ? "null" : "'" + string.Join(" ", Encoding.UTF8.GetBytes(text).Select(one => one.ToString("x2", CultureInfo.InvariantCulture))) + "'";

    [GeneratedRegex(@"^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$")]
    private static partial Regex Number();

    [GeneratedRegex(@"^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?(?:[Zz]|([+-])([0-9]{2})(?::?([0-9]{2}))?)?)?\z")]
    private static partial Regex Instant();
}
