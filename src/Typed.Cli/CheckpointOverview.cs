using System.Globalization;
using Typed.Execution;
using Typed.State;

namespace Typed.Cli;

/// <summary><c>typed checkpoint</c>.</summary>
internal static class CheckpointOverview
{
    internal static int Show(Verdict verdict, int last, TextWriter output)
    {
        CheckpointView view = verdict.View;
        VersionLook versions = verdict.Versions;
        Head(view, output);
        Batches(view, last, output);
        output.WriteLine();
        if (versions.All.Count > 0)
            output.WriteLine($"Versions of the state: {string.Join(", ", versions.All.Select(version => versions.FaultOf(version) is null ? $"{version}" : $"{version} (damaged)"))}");
        output.WriteLine(verdict.Next.Text);
        if (!verdict.IsWhole)
            output.WriteLine("Something is damaged or missing: 'typed checkpoint check' says what, and what can be done.");
        return verdict.Code;
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
                table.Add([Number(batch), view.Identity is null ? "not known" : "damaged", "", committed, .. Enumerable.Repeat("", view.Identity?.Sources.Count ?? 0)]);
        }

        table.Write(output);
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    // Beyond what µs can say, as the watermark of a source that has ended.
    private static string Instant(long millis) => millis is > long.MinValue / 1000 and < long.MaxValue / 1000 ? new StateInstant(millis * 1000).ToString() : $"{Number(millis)} ms";
}
