using System.Globalization;

namespace Typed.Cli;

/// <summary><c>typed checkpoint check</c>: reads every log entry, every section of every version and of the copies, and the logs of sources.</summary>
internal static class CheckpointCheck
{
    internal static int Show(Verdict verdict, TextWriter output)
    {
        CheckpointView view = verdict.View;
        CheckpointOverview.Head(view, output);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Read        {view.OffsetFiles.Count} offsets, {view.CommitFiles.Count} commits, {view.State?.Files.Count ?? 0} files of state with {view.State?.Files.Sum(file => file.Length) ?? 0:#,##0} bytes, {view.Sources.Description}"));
        output.WriteLine();
        if (verdict.IsWhole)
        {
            output.WriteLine("Whole.");
            output.WriteLine(verdict.Next.Text);
            return verdict.Code;
        }

        RepairPlan? best = verdict.Best;
        string good = best is null ? "" : $"; last good batch {best.To}";
        string usable = verdict.Versions.NewestUsable(best?.To ?? long.MaxValue) is long version ? $"; version {version} usable" : view.HasState ? "; no version usable" : "";
        foreach (Fault fault in verdict.Faults)
            output.WriteLine($"{fault.File}: {fault.What}{good}{usable}");
        output.WriteLine();
        output.WriteLine(verdict.Next.Text);
        output.WriteLine("Ways out:");
        if (verdict.Next.CanStart)
            output.WriteLine("- Start the query: it goes on without what is damaged or missing.");
        if (best is { Moved.Count: > 0 })
            output.WriteLine($"- typed checkpoint repair {view.Path} --to {best.To}: sets it back to after batch {best.To}; it says first what will be read again and what a sink may get twice or miss.{Renumbered(best)}");
        output.WriteLine("- Put the files that are named back from a copy of the checkpoint.");
        output.WriteLine(AfterNew(view));
        return verdict.Code;
    }

    /// <summary>What deleting it costs, which is what people do first.</summary>
    internal static string AfterNew(CheckpointView view)
    {
        if (view.Last < 0)
            return "- Begin with a new checkpoint: from the beginning of the sources the sink gets all rows again, under other numbers; from their end all rows are lost that have come meanwhile, and all state.";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"- Begin with a new checkpoint: from the beginning of the sources the sink gets the rows of {view.Last + 1} batches again, under other numbers; from their end all rows are lost that came since batch {view.Last} was planned, and all state.");
    }

    private static string Renumbered(RepairPlan best) => best.Renumbered.Count == 0
        ? ""
        : $" A file sink may not go on from there, since {Numbers.Batches(best.Renumbered)} had no data.";
}
