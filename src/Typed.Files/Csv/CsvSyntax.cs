namespace Typed.Files;

/// <summary>Checks of the characters that give a CSV file its form.</summary>
internal static class CsvSyntax
{
    internal static void Validate(char separator, char quote, char? escape, char? comment)
    {
        Ascii(separator, "Separator");
        Ascii(quote, "Quote");
        if (escape is { } escaping)
            Ascii(escaping, "Escape");
        if (comment is { } commenting)
            Ascii(commenting, "Comment");
        if (separator == quote || separator == escape || comment == quote || comment == separator)
        {
            throw new QueryStartException(
                "csv-option", $"Separator '{separator}', Quote '{quote}', Escape '{escape}' and Comment '{comment}' must be different characters (Escape may be the Quote).");
        }
    }

    private static void Ascii(char value, string option)
    {
        if (value is > '\u007f' or '\r' or '\n' or '\0')
            throw new QueryStartException("csv-option", $"{option} is U+{(int)value:X4}, but it must be an ASCII character that does not end a line.");
    }
}
