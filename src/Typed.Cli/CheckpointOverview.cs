using System.Globalization;
using Typed.Execution;
using Typed.State;

namespace Typed.Cli;

/// <summary><c>typed checkpoint</c>.</summary>
internal static class CheckpointOverview
{
    internal static int Show(CheckpointView view, int last, TextWriter output)
    {
        Head(view, output);
        Batches(view, last, output);
        output.WriteLine();
        VersionLook versions = new(view);
        foreach (long version in versions.All)
            versions.FaultOf(version);
        if (versions.All.Count > 0)
            output.WriteLine($"Versions of the state: {string.Join(", ", versions.All.Select(version => versions.FaultOf(version) is null ? $"{version}" : $"{version} (damaged)"))}");
        NextStart next = NextStart.Of(view, view.OffsetFiles.Count > 0 ? view.OffsetFiles.Max : -1, versions);
        output.WriteLine(next.Text);
        bool isWhole = view.Faults.Count == 0 && versions.All.All(version => versions.FaultOf(version) is null);
        if (!isWhole)
            output.WriteLine("Something is damaged: 'typed checkpoint check' says what, and what can be done.");
        return isWhole ? ExitCode.Done : ExitCode.Damaged;
    }

    /// <summary>Writes what a checkpoint is and who has it.</summary>
    internal static void Head(CheckpointView view, TextWriter output)
    {
        output.WriteLine($"Checkpoint  {view.Path}");
        if (view.Identity is { } identity)
        {
            output.WriteLine($"Pipeline    {identity.Pipeline}");
            output.WriteLine($"Query       {identity.QueryId}");
            output.WriteLine($"Sources     {string.Join(", ", identity.Sources)}");
        }

        output.WriteLine($"Owner       {view.Owner()}");
    }

    private static void Batches(CheckpointView view, int last, TextWriter output)
    {
        if (view.OffsetFiles.Count == 0)
        {
            output.WriteLine("Batches     none");
            return;
        }

        long lastCommit = view.CommitFiles.Count > 0 ? view.CommitFiles.Max : -1;
        output.WriteLine($"Batches     offsets {view.OffsetFiles.Min} to {view.OffsetFiles.Max}, committed up to {lastCommit}");
        output.WriteLine();
        TextTable table = new(["batch", "planned", "watermark", "committed", .. view.Identity?.Sources ?? []]);
        foreach (long batch in view.OffsetFiles.Reverse().Take(last).Reverse())
        {
            string committed = view.Commits.ContainsKey(batch) ? "yes" : view.CommitFiles.Contains(batch) ? "damaged" : batch < lastCommit ? "no entry" : "no";
            if (view.Offsets.TryGetValue(batch, out OffsetEntry? entry))
                table.Add([Number(batch), Instant(entry.TimestampMillis), entry.WatermarkMillis == 0 ? "-" : Instant(entry.WatermarkMillis), committed, .. entry.Ends.Select(end => end ?? "-")]);
            else
                table.Add([Number(batch), "damaged", "", committed, .. Enumerable.Repeat("", view.Identity?.Sources.Count ?? 0)]);
        }

        table.Write(output);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    // Beyond what µs can say, as the watermark of a source that has ended.
    private static string Instant(long millis) => millis is > long.MinValue / 1000 and < long.MaxValue / 1000 ? new StateInstant(millis * 1000).ToString() : $"{Number(millis)} ms";
}
