using Typed.Execution;

namespace Typed.Files;

/// <summary>Checks of the characters that give a CSV file its form.</summary>
internal static class CsvSyntax
{
    internal static void Validate(char separator, char quote, char? escape, char? comment)
    {
        if (CsvCharacters.Problem(separator, quote, escape, comment) is { } problem)
            throw new QueryStartException(StartRules.CsvCharacters, problem);
    }
}
