namespace Typed.Execution;

/// <summary>The characters that give a CSV file its form. The analyzers are compiled with this file too.</summary>
internal static class CsvCharacters
{
    /// <summary>What is wrong with them; null for nothing.</summary>
    public static string? Problem(char separator, char quote, char? escape, char? comment) =>
        Character(separator, "Separator") ?? Character(quote, "Quote") ?? Character(escape, "Escape") ?? Character(comment, "Comment")
        ?? (separator == quote || separator == escape || comment == quote || comment == separator
            ? $"Separator '{separator}', Quote '{quote}', Escape '{escape}' and Comment '{comment}' must be different characters (Escape may be the Quote)"
            : null);

    /// <summary>What is wrong with one of them; null for nothing.</summary>
    public static string? Character(char? value, string option) => value is > '\u007f' or '\r' or '\n' or '\0'
        ? $"{option} is U+{(int)value.Value:X4}, but it must be an ASCII character that does not end a line"
        : null;
}
