using System.Text.Json;

namespace Typed.Conformance.Cases;

/// <summary>One case of a file of cases: a query, and what is done with it and expected of it.</summary>
/// <param name="Number">Its place in the file.</param>
internal sealed record ConformanceCase(int Number, string Id, string Feature, JsonElement Query, IReadOnlyList<JsonElement> Steps)
{
    /// <summary>The version of Spark that gave the same, if it was run there.</summary>
    public string? SparkVersion { get; init; }

    /// <summary>The rule that has to refuse the plan, if the case is about that.</summary>
    public string? ExpectedError => Steps.Select(step => step.TryGetProperty("expect_error", out JsonElement rule) ? rule.GetString() : null)
        .FirstOrDefault(rule => rule is not null);

    /// <summary>Reads a file of cases.</summary>
    public static IReadOnlyList<ConformanceCase> Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        using JsonDocument document = JsonDocument.Parse(file);
        JsonElement cases = document.RootElement.GetProperty("cases").Clone();
        return [.. cases.EnumerateArray().Select((one, number) => Shapes.Expand(new ConformanceCase(
            number,
            one.GetProperty("id").GetString()!,
            one.GetProperty("feature").GetString()!,
            one.GetProperty("query"),
            [.. one.GetProperty("steps").EnumerateArray()])
        {
            SparkVersion = one.TryGetProperty("spark_verified", out JsonElement version) && version.ValueKind == JsonValueKind.String ? version.GetString() : null,
        }))];
    }
}

/// <summary>Short forms for optional members of a case.</summary>
internal static class JsonMembers
{
    public static JsonElement? Get(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static bool Has(this JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out _);

    public static string? Text(this JsonElement element, string name) => element.Get(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static long? Number(this JsonElement element, string name) => element.Get(name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : null;

    public static bool IsTrue(this JsonElement element, string name) => element.Get(name) is { ValueKind: JsonValueKind.True };
}
