namespace Typed.PlanFiles;

/// <summary>Words that several renderings need.</summary>
internal static class PlanWords
{
    /// <summary>What an output mode means.</summary>
    public static string Mode(string mode) => mode switch
    {
        "Append" => "a row is written once, when it is final",
        "Update" => "a row is written each time it has changed; the last one counts",
        _ => "all of the result is written each time",
    };

    /// <summary>What a tier is called where there is room.</summary>
    public static string Tier(string tier) => tier switch
    {
        "kernel" => "vector kernel",
        "shared or gathered" => "passed on",
        _ => tier,
    };

    /// <summary>What an operator is in a diagram: its steps but those that pass columns on, cut to a length.</summary>
    public static IReadOnlyList<string> Brief(OperatorSheet one, int most)
    {
        string[] steps = [.. one.Steps.Where(step => !step.PassesOn).Select(step => Cut(step.Text, most))];
        return steps.Length == 0 ? ["passes columns on"] : steps.Length > 4 ? [.. steps.Take(3), "…"] : steps;
    }

    /// <summary>What an operator keeps, a line for what, one for until when, and one for how much where that is known.</summary>
    public static IEnumerable<string> Kept(OperatorSheet one) =>
        one.State.SelectMany(state => ((string[])["keeps " + state.Keeps, state.Goes, state.Bytes < 0 ? "" : state.Size]).Where(line => line.Length > 0));

    /// <summary>The first characters of a text.</summary>
    public static string Cut(string text, int most)
    {
        if (text.Length <= most)
            return text;
        int end = char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1;
        return text.Substring(0, end).TrimEnd() + "…";
    }
}
