using System.Globalization;

namespace Typed.Connect;

/// <summary>The offsets of sources that count rows: how many came before.</summary>
internal static class RowOffset
{
    internal static string Format(long rows) => rows.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads an offset; null is the beginning.</summary>
    /// <exception cref="InvalidDataException">The text is not one.</exception>
    internal static long Parse(string? offset, string source)
    {
        if (offset is null)
            return 0;
        if (long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out long rows))
            return rows;
        throw new InvalidDataException(
            $"The checkpoint holds the offset '{offset}' for {source}, which counts rows. "
            + "The checkpoint belongs to another source: start the query with the source it was made with, or with a new checkpoint.");
    }
}
