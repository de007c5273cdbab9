using System.Globalization;

namespace Typed.Files;

/// <summary>Sizes as texts: <c>"128 MB"</c>; a KB has 1024 bytes.</summary>
internal static class ByteSize
{
    /// <summary>Reads a size.</summary>
    /// <exception cref="QueryStartException">The text is no size above zero (rule <c>file-sink-option</c>).</exception>
    internal static long Parse(string text, string option)
    {
        string trimmed = text.Trim();
        int digits = trimmed.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        long unit = trimmed[digits..].Trim().ToUpperInvariant() switch
        {
            "" or "B" => 1,
            "KB" => 1L << 10,
            "MB" => 1L << 20,
            "GB" => 1L << 30,
            "TB" => 1L << 40,
            _ => 0,
        };
        if (unit > 0 && decimal.TryParse(trimmed.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count)
            && count * unit is >= 1 and <= long.MaxValue)
        {
            return (long)(count * unit);
        }

        throw new QueryStartException("file-sink-option", $"{option} is \"{text}\", but it must be a size above zero, such as \"128 MB\".");
    }
}
