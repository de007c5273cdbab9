using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Typed.PlanFiles;

namespace Typed.Cli;

/// <summary>Reads the values of options; a wrong one is named in one line with what is expected.</summary>
internal static class Given
{
    private const string ABatch = "the number of a batch, such as 25";

    /// <summary>The number of a batch.</summary>
    internal static long Batch(ArgumentResult given) => Number(given, given.Tokens[0].Value, long.MaxValue, ABatch);

    /// <summary>The number of a batch of an option that may be missing.</summary>
    internal static long? BatchOrNone(ArgumentResult given) => Batch(given);

    /// <summary>Two numbers of batches.</summary>
    internal static long[] TwoBatches(ArgumentResult given)
    {
        const string two = "the numbers of two batches, such as 23 25";
        if (given.Tokens.Count == 2)
            return [.. given.Tokens.Select(token => Number(given, token.Value, long.MaxValue, two))];
        Wrong(given, string.Join(' ', given.Tokens.Select(token => token.Value)), two);
        return [];
    }

    /// <summary>A number that is not negative.</summary>
    internal static Func<ArgumentResult, int> Count(string expected) => given => (int)Number(given, given.Tokens[0].Value, int.MaxValue, expected);

    /// <summary>How entries are shown.</summary>
    internal static EntryFormat Format(ArgumentResult given)
    {
        string text = given.Tokens[0].Value;
        if (text.Equals("table", StringComparison.OrdinalIgnoreCase))
            return EntryFormat.Table;
        if (!text.Equals("jsonl", StringComparison.OrdinalIgnoreCase))
            Wrong(given, text, "'table' or 'jsonl'");
        return EntryFormat.Jsonl;
    }

    /// <summary>How a plan is shown.</summary>
    internal static PlanFormat PlanFormat(ArgumentResult given)
    {
        string text = given.Tokens[0].Value;
        if (!char.IsLetter(text.FirstOrDefault()) || !Enum.TryParse(text, ignoreCase: true, out PlanFormat format))
        {
            Wrong(given, text, "'text', 'markdown', 'json', 'mermaid' or 'svg'");
            return default;
        }

        return format;
    }

    /// <summary>Refuses options that are about the entries of one operator, where none is named.</summary>
    /// <exception cref="CommandException">One of them is given.</exception>
    internal static void WithOperator(ParseResult parsed, params Option[] options)
    {
        foreach (Option option in options)
        {
            if (parsed.GetResult(option) is { Implicit: false } given)
                throw new CommandException($"{Text(option.Name, given.Tokens)}: it is about the entries of one operator, so say which one: --operator NAME. 'typed state CHECKPOINT' lists them.");
        }
    }

    private static long Number(ArgumentResult given, string text, long most, string expected)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= most)
            return number;
        Wrong(given, text, expected);
        return 0;
    }

    private static void Wrong(ArgumentResult given, string text, string expected) =>
        given.AddError($"{((OptionResult)given.Parent!).Option.Name} {text}: expected is {expected}.");

    private static string Text(string name, IReadOnlyList<Token> tokens) => string.Join(' ', [name, .. tokens.Select(token => token.Value)]);
}
