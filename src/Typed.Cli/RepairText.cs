using System.Globalization;

namespace Typed.Cli;

/// <summary>Says what a repair does before it is done.</summary>
internal static class RepairText
{
    internal static void Explain(CheckpointView view, RepairPlan plan, TextWriter output)
    {
        long to = plan.To;
        output.WriteLine($"'{view.Path}' is set back to what it was after batch {to}:");
        output.WriteLine($"- These move to a folder 'repaired-…' in it, nothing is deleted: {Named(plan.Moved)}.");
        output.WriteLine(Loaded(view, plan));
        if (plan.RunsAgain)
            output.WriteLine($"- commits/{to} is not there or cannot be read: batch {to} runs again, with the same rows and under its number.");
        long[] forgotten = plan.Forgotten;
        if (forgotten.Length == 0)
        {
            output.WriteLine("- No batch is forgotten, so no sink gets anything twice or misses anything.");
            return;
        }

        int committed = view.CommitFiles.Count(batch => batch > to);
        bool isOne = forgotten.Length == 1;
        string done = isOne ? (committed == 0 ? "it was not committed" : "it was committed") : $"{committed} of {forgotten.Length} were committed";
        output.WriteLine($"- {Upper(Numbers.Batches(forgotten))} {(isOne ? "is" : "are")} forgotten; {done}; what {(isOne ? "it" : "they")} had read is read again{Files(view, to, forgotten)}.");
        if (plan.Again.Count > 0)
            output.WriteLine($"- {Upper(Numbers.Batches(plan.Again))} {(plan.Again.Count == 1 ? "comes" : "come")} again as planned, with the same rows under the same {(plan.Again.Count == 1 ? "number" : "numbers")}, where the sources can be read again.");
        if (plan.Renumbered.Count > 0)
            output.WriteLine($"- {Upper(Numbers.Batches(plan.Renumbered))} had no data and {(plan.Renumbered.Count == 1 ? "is" : "are")} planned anew: the next data gets {(plan.Renumbered.Count == 1 ? "that number" : "these numbers")}, and a file sink that has rows there ends the query.");
        Sinks(plan, output, committed < forgotten.Length ? $" The sink may have batch {forgotten[^1]}, which was not committed, or not." : "");
    }

    private static void Sinks(RepairPlan plan, TextWriter output, string maybe)
    {
        long[] anew = [.. plan.Forgotten.Except(plan.Again)];
        string rows = $"the rows of up to {Counted(plan.Forgotten.Length)}";
        output.WriteLine($"- JsonFiles.Out and CsvFiles.Out lose nothing and double nothing: what comes under the numbers up to {plan.Forgotten[^1]} is compared with what they have. The same rows are left out as a repeat; with others the query ends ('sink-batch-differs') before any is written."
            + (anew.Length == 0 ? " Others come only if the pipeline has changed, or gives other rows each time." : $" {Upper(Numbers.Batches(anew))} {(anew.Length == 1 ? "is" : "are")} planned anew: sources of files give the same files to the same batches; other sources may cut their rows otherwise."));
        output.WriteLine(anew.Length == 0
            ? $"- ForeachBatch gets {rows} again under the same keys: what drops a key that it has doubles nothing.{maybe}"
            : $"- ForeachBatch gets {rows} again under the same keys, those from {anew[0]} on maybe cut otherwise: what drops a key that it has may lose rows or double them where the cut is another one. Undo first what is behind batch {anew[0] - 1}.{maybe}");
        output.WriteLine($"- Any other sink (ForeachSink, console, memory, channels) gets {rows} twice.");
    }

    private static string Upper(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Loaded(CheckpointView view, RepairPlan plan)
    {
        long last = plan.RunsAgain ? plan.To - 1 : plan.To;
        long from = (plan.Version ?? -1) + 1;
        if (!view.HasState)
            return "- There is no state to load.";
        string load = plan.Version is long version ? $"- The state after batch {version} is loaded" : "- No version of the state is loaded";
        return from > last ? load + "." : $"{load}; {(from == last ? $"batch {from} is" : $"batches {from} to {last} ({last - from + 1}) are")} read again for the state, without output.";
    }

    private static string Files(CheckpointView view, long to, long[] planned)
    {
        if (planned.LastOrDefault(view.Offsets.ContainsKey, -1) is not (>= 0 and long newest) || view.Identity is not { } identity)
            return "";
        List<string> counts = [];
        for (int i = 0; i < identity.Sources.Count; i++)
        {
            if (view.Sources.FilesBetween(i, view.Offsets[to], view.Offsets[newest]) is long files)
                counts.Add(string.Create(CultureInfo.InvariantCulture, $"{files} files of {identity.Sources[i]}"));
            else
                counts.Add($"{identity.Sources[i]} from {view.Offsets[to].Ends[i] ?? "its beginning"} to {view.Offsets[newest].Ends[i] ?? "there"}");
        }

        return $": {string.Join(", ", counts)}";
    }

    private static string Counted(int batches) => batches == 1 ? "1 batch" : $"{batches} batches";

    private static string Named(List<string> files)
    {
        const int most = 12;
        return files.Count <= most ? string.Join(", ", files) : $"{string.Join(", ", files.Take(most))} and {files.Count - most} more";
    }
}
