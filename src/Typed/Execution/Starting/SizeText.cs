using System.Globalization;

namespace Typed.Execution;

/// <summary>Sizes as people write them: "512 MB", "1.5 GB". A KB has 1024 bytes. The analyzers are compiled with this file too.</summary>
internal static class SizeText
{
    private static readonly string[] s_units = ["KB", "MB", "GB", "TB"];

    /// <summary>Reads a size.</summary>
    /// <param name="text">A number of at most three decimals and a unit: B, bytes, KB, MB, GB or TB.</param>
    /// <param name="needsUnit">Whether a number alone is none.</param>
    /// <param name="bytes">The bytes.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string text, bool needsUnit, out long bytes)
    {
        bytes = 0;
        string trimmed = text.Trim();
        int end = trimmed.Length - trimmed.TrimStart("0123456789.".ToCharArray()).Length;
        if (end == 0 || !decimal.TryParse(trimmed.Substring(0, end), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) || decimal.Round(number, 3) != number)
            return false;
        string unit = trimmed.Substring(end).Trim().ToUpperInvariant();
        int power = Array.IndexOf(s_units, unit) + 1;
        if (power == 0 && unit is not ("B" or "BYTES") && (needsUnit || unit.Length > 0))
            return false;
        decimal factor = 1;
        for (int i = 0; i < power; i++)
            factor *= 1024;
        if (number > long.MaxValue / factor)
            return false;
        bytes = (long)(number * factor);
        return true;
    }
}
