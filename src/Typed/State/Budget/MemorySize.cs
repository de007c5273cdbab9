using System.Globalization;
using Typed.Execution;

namespace Typed.State;

/// <summary>Sizes as people write them: "512 MB", "2 GB", "1.5 GB". A KB has 1024 bytes.</summary>
public static class MemorySize
{
    private static readonly string[] Units = ["KB", "MB", "GB", "TB"];

    /// <summary>The bytes that a text says.</summary>
    /// <param name="text">A number of at most three decimals and a unit: B, KB, MB, GB or TB.</param>
    /// <param name="option">What it is the value of, for the message.</param>
    /// <exception cref="QueryStartException">It is no size: rule <c>invalid-size</c>.</exception>
    public static long Parse(string text, string option)
    {
        ArgumentNullException.ThrowIfNull(text);
        return SizeText.TryParse(text, needsUnit: true, out long bytes)
            ? bytes
            : throw new QueryStartException(StartRules.QueryOption.As("invalid-size"), option, $"\"{text}\"", SettingProblems.NoSize);
    }

    /// <summary>The bytes as people read them.</summary>
    public static string Text(long bytes)
    {
        double value = bytes;
        int unit = -1;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return unit < 0
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes")
            : string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Units[unit]}");
    }
}
