using Typed.State;

namespace Typed.Cli;

/// <summary>What is to be said of a checkpoint when all of it was read. Every command that judges takes it from here.</summary>
internal sealed class Verdict
{
    private Verdict(CheckpointView view)
    {
        View = view;
        Versions = new VersionLook(view);
        Faults = [.. view.Faults];
        Next = NextStart.Of(view, Versions);
        AddStateFaults();
        if (Next.Reason is { } reason && !Faults.Exists(fault => reason.StartsWith(fault.File + ":", StringComparison.Ordinal)))
        {
            string[] parts = reason.Split(": ", 2);
            Faults.Add(parts.Length == 2 && !parts[0].Contains(' ', StringComparison.Ordinal) ? new Fault(parts[0], parts[1], IsFatal: false) : new Fault("checkpoint", reason, IsFatal: false));
        }

        Best = RepairPlan.Best(view, Versions);
    }

    internal CheckpointView View { get; }

    internal VersionLook Versions { get; }

    /// <summary>All that is wrong.</summary>
    internal List<Fault> Faults { get; }

    /// <summary>What a start would do.</summary>
    internal NextStart Next { get; }

    /// <summary>The repair that goes back least; null if none helps.</summary>
    internal RepairPlan? Best { get; }

    internal bool IsWhole => Faults.Count == 0 && Next.CanStart;

    /// <summary>The <see cref="ExitCode"/>.</summary>
    internal int Code => IsWhole ? ExitCode.Done : Next.CanStart || Best is not null ? ExitCode.Damaged : ExitCode.Lost;

    /// <summary>Reads all of a checkpoint.</summary>
    /// <exception cref="CommandException">It is no checkpoint.</exception>
    internal static Verdict Of(string path) => SteadyLook.Of(path, () => new Verdict(CheckpointView.Read(path)), verdict => verdict.IsWhole);

    private void AddStateFaults()
    {
        foreach (VersionFile file in View.State?.Files ?? [])
            AddFaultsOf(file);
        foreach (long version in Versions.All)
        {
            if (Versions.FaultOf(version) is { } fault && Versions.All.Contains(version) && !Faults.Exists(known => fault.StartsWith(known.File + ":", StringComparison.Ordinal)))
                Faults.Add(new Fault($"version {version}", fault, IsFatal: false));
        }
    }

    // A file and its copy, which is not there before the next version is. What a running query deletes, the copy first, is not missing.
    private void AddFaultsOf(VersionFile file)
    {
        string copy = file.Path + VersionHeader.CopyExtension;
        string? fault = file.Fault?.Fault ?? FaultOf(file.Path, null);
        if (fault is not null && !File.Exists(file.Path) && !File.Exists(copy))
            return;
        string? faultOfCopy = File.Exists(copy) ? FaultOf(copy, file.Header) : null;
        if (fault is not null)
            Faults.Add(new Fault(View.Relative(file.Path), fault + (file.HasCopy && faultOfCopy is null ? Mended(file, copy) : ""), IsFatal: false));
        if (faultOfCopy is not null && File.Exists(copy))
            Faults.Add(new Fault(View.Relative(copy), faultOfCopy + (fault is null ? Mended(file, file.Path) : ""), IsFatal: false));
    }

    // A start mends what it loads; the rest is of versions that are forgotten soon.
    private string Mended(VersionFile file, string whole) => Next.Version is long loaded && View.State!.FilesOf(loaded).Any(each => each.Path == file.Path)
        ? $"; a start goes on, and makes it anew from {View.Relative(whole)}"
        : $"; a start goes on, since {View.Relative(whole)} is whole, and both go with the versions that need them";

    // What is left of another file of that name is no copy.
    private static string? FaultOf(string path, VersionHeader? expected)
    {
        try
        {
            using VersionFileReader reader = VersionFileReader.OpenFile(path);
            byte[] bytes = [];
            if (expected is null || reader.Header == expected)
                reader.Verify(ref bytes);
            return null;
        }
        catch (StateDamagedException e)
        {
            return e.Fault;
        }
    }
}
