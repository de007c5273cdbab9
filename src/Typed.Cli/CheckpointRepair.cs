using System.Globalization;
using Typed.Execution;

namespace Typed.Cli;

/// <summary><c>typed checkpoint repair</c>: sets a checkpoint back to what it was after a batch.</summary>
internal static class CheckpointRepair
{
    internal static int Run(CheckpointView view, long to, bool yes, TimeProvider time, TextWriter output, TextReader input)
    {
        if (view.Owner().IsRunning == true)
            throw new CommandException($"A query runs on '{view.Path}' ({view.Owner().Text}). Stop it first.");
        VersionLook versions = new(view);
        RepairPlan plan = RepairPlan.Of(view, to, versions);
        if (plan.Refusal is { } refusal)
        {
            string other = RepairPlan.Best(view, versions) is { } best ? $" It can be set back to batch {best.To} at most." : "";
            output.WriteLine($"The checkpoint cannot be set back to batch {to}: {refusal}.{other}");
            return other.Length > 0 ? ExitCode.NotDone : ExitCode.Lost;
        }

        if (plan.Moved.Count == 0)
        {
            output.WriteLine($"There is nothing to do: the checkpoint stands at batch {to}, and nothing of it is damaged.");
            return ExitCode.Done;
        }

        Explain(view, plan, output);
        if (!yes)
        {
            output.Write("Do it? Type yes: ");
            output.Flush();
            if (input.ReadLine()?.Trim() != "yes")
            {
                output.WriteLine("Nothing was changed.");
                return ExitCode.NotDone;
            }
        }

        string folder = Path.Combine(view.Path, "repaired-" + time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        using (CheckpointLock.Take(view.Path, "typed checkpoint repair", Guid.NewGuid()))
        {
            // First, since sinks rely on it: said of batches that are not forgotten after all it does no harm.
            if (LastForgotten(view, plan) is long last)
                ForgottenBatches.Add(view.Path, last);
            Move(view, plan, folder);
        }

        output.WriteLine($"Done: what has moved is in '{folder}'.");
        output.WriteLine(NextStart.Of(CheckpointView.Open(view.Path)).Text);
        return ExitCode.Done;
    }

    // The last batch that was planned behind the one that it is set back to, damaged ones included; null for none.
    private static long? LastForgotten(CheckpointView view, RepairPlan plan) =>
        view.OffsetFiles.Concat(view.CommitFiles).Where(batch => batch > plan.To) is var forgotten && forgotten.Any() ? forgotten.Max() : null;

    private static void Move(CheckpointView view, RepairPlan plan, string folder)
    {
        foreach (string file in plan.Moved)
        {
            string target = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            string source = Path.Combine(view.Path, file);
            if (Directory.Exists(source))
                Directory.Move(source, target);
            else
                File.Move(source, target, overwrite: false);
        }
    }

    private static void Explain(CheckpointView view, RepairPlan plan, TextWriter output)
    {
        long to = plan.To;
        output.WriteLine($"'{view.Path}' is set back to what it was after batch {to}:");
        output.WriteLine($"- These move to a folder 'repaired-…' in it, nothing is deleted: {Named(plan.Moved)}.");
        output.WriteLine(Loaded(view, plan));
        if (plan.RunsAgain)
            output.WriteLine($"- commits/{to} is not there or cannot be read: batch {to} runs again, with the same rows and under its number.");
        long[] planned = [.. view.OffsetFiles.Where(batch => batch > to)];
        if (planned.Length == 0)
        {
            output.WriteLine("- No batch is forgotten, so no sink gets anything twice or misses anything.");
            return;
        }

        int committed = view.CommitFiles.Count(batch => batch > to);
        bool isOne = planned.Length == 1;
        string done = isOne ? (committed == 0 ? "it was not committed" : "it was committed") : $"{committed} of {planned.Length} were committed";
        output.WriteLine($"- {Batches(planned)} {(isOne ? "is" : "are")} forgotten; {done}; what {(isOne ? "it" : "they")} had read is read again{Files(view, to, planned)}.");
        string maybe = committed < planned.Length ? $" The sink may have batch {planned[^1]}, which was not committed, or not." : "";
        output.WriteLine($"- JsonFiles.Out and CsvFiles.Out lose nothing and double nothing: what comes under the numbers up to {planned[^1]} is compared with what they have. The same rows are left out as a repeat; with others the query ends ('sink-batch-differs') "
            + "before any is written. Sources of files give the same files to the same batches; other sources may cut their rows otherwise, and batches without data, which close windows, may come at other places.");
        output.WriteLine($"- ForeachBatch gets the rows of up to {Counted(planned.Length)} again under the same keys, maybe cut otherwise: what drops a key that it has may lose rows or double them where the cut is another one. Undo first what is behind batch {to}.{maybe}");
        output.WriteLine($"- Any other sink (ForeachSink, console, memory, channels) gets the rows of up to {Counted(planned.Length)} twice.");
    }

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
            if (SourceLogs.FilesBetween(view, i, view.Offsets[to], view.Offsets[newest]) is long files)
                counts.Add(string.Create(CultureInfo.InvariantCulture, $"{files} files of {identity.Sources[i]}"));
            else
                counts.Add($"{identity.Sources[i]} from {view.Offsets[to].Ends[i] ?? "its beginning"} to {view.Offsets[newest].Ends[i] ?? "there"}");
        }

        return $": {string.Join(", ", counts)}";
    }

    private static string Batches(long[] batches) => batches.Length == 1 ? $"Batch {batches[0]}" : $"Batches {batches[0]} to {batches[^1]}";

    private static string Counted(int batches) => batches == 1 ? "1 batch" : $"{batches} batches";

    private static string Named(List<string> files)
    {
        const int most = 12;
        return files.Count <= most ? string.Join(", ", files) : $"{string.Join(", ", files.Take(most))} and {files.Count - most} more";
    }
}
