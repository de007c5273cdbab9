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
        AddStateFaults();
        Next = NextStart.Of(view, Versions);
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
        {
            if (FaultOf(file) is { } what && File.Exists(file.Path))
                Faults.Add(new Fault(View.Relative(file.Path), what, IsFatal: false));
        }

        foreach (long version in Versions.All)
        {
            if (Versions.FaultOf(version) is { } fault && Versions.All.Contains(version) && !Faults.Exists(known => fault.StartsWith(known.File + ":", StringComparison.Ordinal)))
                Faults.Add(new Fault($"version {version}", fault, IsFatal: false));
        }
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
}
