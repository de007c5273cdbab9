using System.Globalization;

namespace Typed.Cli;

/// <summary>Numbers of batches in words.</summary>
internal static class Numbers
{
    /// <summary>Ascending numbers with what they are: <c>batch 7</c>, <c>batches 3 to 5 and 7</c>.</summary>
    internal static string Batches(IReadOnlyList<long> batches) => $"{(batches.Count == 1 ? "batch" : "batches")} {Text(batches)}";

    /// <summary>Ascending numbers, those that follow each other as a range.</summary>
    internal static string Text(IReadOnlyList<long> numbers)
    {
        List<string> parts = [];
        for (int first = 0, next; first < numbers.Count; first = next)
        {
            next = first + 1;
            while (next < numbers.Count && numbers[next] == numbers[next - 1] + 1)
                next++;
            parts.Add((next - first) switch
            {
                1 => Text(numbers[first]),
                2 => $"{Text(numbers[first])}, {Text(numbers[next - 1])}",
                _ => $"{Text(numbers[first])} to {Text(numbers[next - 1])}",
            });
        }

        return parts.Count < 2 ? string.Concat(parts) : $"{string.Join(", ", parts.SkipLast(1))} and {parts[^1]}";
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
