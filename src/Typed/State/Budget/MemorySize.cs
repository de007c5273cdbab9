using System.Globalization;

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
        return TryParse(text, out long bytes)
            ? bytes
            : throw new QueryStartException("invalid-size", $"{option} is \"{text}\", which is no size. Write one such as \"512 MB\" or \"2 GB\".");
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

    private static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        int end = trimmed.IndexOfAnyExcept("0123456789.");
        if (end <= 0 || !decimal.TryParse(trimmed[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) || decimal.Round(number, 3) != number)
            return false;
        ReadOnlySpan<char> unit = trimmed[end..].Trim();
        decimal factor = 1;
        if (!unit.Equals("B", StringComparison.OrdinalIgnoreCase) && !unit.Equals("bytes", StringComparison.OrdinalIgnoreCase))
        {
            int index = -1;
            for (int i = 0; i < Units.Length; i++)
            {
                if (unit.Equals(Units[i], StringComparison.OrdinalIgnoreCase))
                    index = i;
            }

            if (index < 0)
                return false;
            for (int i = 0; i <= index; i++)
                factor *= 1024;
        }

        if (number > long.MaxValue / factor)
            return false;
        bytes = (long)(number * factor);
        return true;
    }
}
