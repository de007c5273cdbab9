using System.Text.Json;

namespace Typed.Conformance.Running;

/// <summary>Comparison of rows: as a sequence, or as a multiset.</summary>
internal static class Rows
{
    /// <summary>What differs; null if nothing does.</summary>
    public static string? Difference(IReadOnlyList<object?[]> actual, JsonElement expected, bool ordered)
    {
        JsonElement[] wanted = [.. expected.EnumerateArray()];
        bool same = actual.Count == wanted.Length && (ordered
            ? actual.Select((row, i) => Values.Same(row, wanted[i])).All(one => one)
            : SameMultiset(actual, wanted));
        return same ? null : $"expected rows {expected.GetRawText()}{(ordered ? " in this order" : "")}\n    seen          {Values.Print(actual)}";
    }

    // Few rows, and doubles compare with a tolerance: so each expected row looks for a partner.
    private static bool SameMultiset(IReadOnlyList<object?[]> actual, JsonElement[] wanted)
    {
        List<object?[]> left = [.. actual];
        foreach (JsonElement row in wanted)
        {
            int found = left.FindIndex(one => Values.Same(one, row));
            if (found < 0)
                return false;
            left.RemoveAt(found);
        }

        return true;
    }
}
