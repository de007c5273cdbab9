using System.Globalization;
using Typed.State;

namespace Typed.Cli;

/// <summary><c>typed checkpoint check</c>: reads every log entry, every section of every version and the logs of sources.</summary>
internal static class CheckpointCheck
{
    internal static int Show(CheckpointView view, TextWriter output)
    {
        CheckpointOverview.Head(view, output);
        List<Fault> faults = [.. view.Faults];
        VersionLook versions = new(view);
        CheckState(view, versions, faults);
        string sources = SourceLogs.Check(view, faults);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Read        {view.OffsetFiles.Count} offsets, {view.CommitFiles.Count} commits, {view.State?.Files.Count ?? 0} files of state with {view.State?.Files.Sum(file => file.Length) ?? 0:#,##0} bytes, {sources}"));
        output.WriteLine();
        RepairPlan? best = faults.Exists(fault => fault.IsFatal) ? null : RepairPlan.Best(view, versions);
        NextStart next = faults.FirstOrDefault(fault => fault.IsFatal) is { } fatal
            ? new NextStart(false, $"A start would be refused: {fatal.File}: {fatal.What}.")
            : NextStart.Of(view, view.OffsetFiles.Count > 0 ? view.OffsetFiles.Max : -1, versions);
        if (faults.Count == 0)
        {
            output.WriteLine("Whole.");
            output.WriteLine(next.Text);
            return ExitCode.Done;
        }

        string good = best is null ? "" : $"; last good batch {best.To}";
        string usable = versions.NewestUsable(best?.To ?? long.MaxValue) is long version ? $"; version {version} usable" : view.HasState ? "; no version usable" : "";
        foreach (Fault fault in faults)
            output.WriteLine($"{fault.File}: {fault.What}{good}{usable}");
        output.WriteLine();
        output.WriteLine(next.Text);
        output.WriteLine("Ways out:");
        if (next.CanStart)
            output.WriteLine("- Start the query: what is damaged is not needed.");
        if (best is not null)
            output.WriteLine($"- typed checkpoint repair {view.Path} --to {best.To}: sets it back to after batch {best.To}; it says first what will be read again and what a sink may get twice or miss.");
        output.WriteLine("- Put the files that are named back from a copy of the checkpoint.");
        output.WriteLine(AfterNew(view));
        return next.CanStart || best is not null ? ExitCode.Damaged : ExitCode.Lost;
    }

    private static void CheckState(CheckpointView view, VersionLook versions, List<Fault> faults)
    {
        if (view.State is null)
            return;
        foreach (VersionFile file in view.State.Files)
        {
            string? what = FaultOf(file);
            if (what is not null && File.Exists(file.Path))
                faults.Add(new Fault(view.Relative(file.Path), what, IsFatal: false));
        }

        foreach (long version in versions.All)
        {
            if (versions.FaultOf(version) is { } fault && versions.All.Contains(version) && !faults.Exists(known => fault.StartsWith(known.File + ":", StringComparison.Ordinal)))
                faults.Add(new Fault($"version {version}", fault, IsFatal: false));
        }

        if (view.OffsetFiles.Count == 0 && versions.All.Count > 0)
            faults.Add(new Fault("offsets", $"it is empty, where there is state of batch {versions.All[^1]}", IsFatal: true));
    }

    private static string? FaultOf(VersionFile file)
    {
        if (file.Fault is { } known)
            return known.Fault;
        try
        {
            using VersionFileReader reader = VersionFileReader.OpenFile(file.Path);
            byte[] bytes = [];
            reader.Verify(ref bytes);
            return null;
        }
        catch (StateDamagedException e)
        {
            return e.Fault;
        }
    }

    // What deleting it costs, which is what people do first.
    private static string AfterNew(CheckpointView view)
    {
        long batches = view.OffsetFiles.Count > 0 ? view.OffsetFiles.Max + 1 : 0;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"- Begin with a new checkpoint: from the beginning of the sources the sink gets the rows of {batches} batches again, under other numbers; from their end all rows are lost that came since batch {batches - 1} was planned, and all state.");
    }
}
