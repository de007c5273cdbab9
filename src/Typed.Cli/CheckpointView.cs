using Typed.Execution;
using Typed.State;

namespace Typed.Cli;

/// <summary>
/// A checkpoint as it lies there, read without a lock and without writing. A query may run on it: what it deletes while it is looked at was not needed, and is
/// left out.
/// </summary>
internal sealed class CheckpointView
{
    private CheckpointView(string path) => Path = path;

    /// <summary>The folder.</summary>
    internal string Path { get; }

    /// <summary>Whom it belongs to; null if that cannot be read.</summary>
    internal CheckpointIdentity? Identity { get; private set; }

    /// <summary>The entries of the offset log by batch.</summary>
    internal SortedDictionary<long, OffsetEntry> Offsets { get; } = [];

    /// <summary>The entries of the commit log by batch.</summary>
    internal SortedDictionary<long, CommitEntry> Commits { get; } = [];

    /// <summary>What lies in the folder of the offset log.</summary>
    internal SortedSet<string> OffsetNames { get; } = new(StringComparer.Ordinal);

    /// <summary>What lies in the folder of the commit log.</summary>
    internal SortedSet<string> CommitNames { get; } = new(StringComparer.Ordinal);

    /// <summary>The batches of which the offset log has a file, damaged ones too.</summary>
    internal SortedSet<long> OffsetFiles { get; private set; } = [];

    /// <summary>The batches of which the commit log has a file, damaged ones too.</summary>
    internal SortedSet<long> CommitFiles { get; private set; } = [];

    /// <summary>The last batch that was planned; −1 for none.</summary>
    internal long Last => OffsetFiles.Count > 0 ? OffsetFiles.Max : -1;

    /// <summary>The batches that come next as they were before it was set back over them; null if that cannot be read.</summary>
    internal PlannedBatches? Planned { get; private set; }

    /// <summary>The batches in <c>planned</c> that go on from one that cannot be read, and are of no use without it.</summary>
    internal IReadOnlyList<long> PlannedBehindFault { get; private set; } = [];

    /// <summary>What sources of files keep.</summary>
    internal SourceLogs Sources { get; private set; } = null!;

    /// <summary>What is wrong with it, as far as the logs tell and what sources keep.</summary>
    internal List<Fault> Faults { get; } = [];

    /// <summary>The versions of state; null if there are none.</summary>
    internal StateFolder? State { get; private set; }

    /// <summary>Whether the pipeline keeps state.</summary>
    internal bool HasState => Identity is { State.Count: > 0 } || State is { Files.Count: > 0 };

    /// <summary>Looks at a folder.</summary>
    /// <exception cref="CommandException">It is no checkpoint.</exception>
    internal static CheckpointView Open(string path) => SteadyLook.Of(path, () => Read(path), view => view.Faults.Count == 0 && view.Last >= 0);

    /// <summary>Looks at a folder once. What its query deletes meanwhile may seem to be damaged.</summary>
    /// <exception cref="CommandException">It is no checkpoint.</exception>
    internal static CheckpointView Read(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        if (!Directory.Exists(path))
            throw new CommandException($"There is no folder '{path}'{Nearest.Folder(path)}. Name the folder that the query has as its checkpoint.");
        CheckpointView view = new(path);
        string metadata = System.IO.Path.Combine(path, "metadata");
        if (!File.Exists(metadata) && !Directory.Exists(System.IO.Path.Combine(path, "offsets")))
        {
            string[] inside = [.. Directory.EnumerateDirectories(path).Where(each => File.Exists(System.IO.Path.Combine(each, "metadata"))).Select(System.IO.Path.GetFileName).OfType<string>().Order()];
            string hint = inside.Length > 0 ? $" These folders in it are: {string.Join(", ", inside)}." : "";
            throw new CommandException($"'{path}' is no checkpoint: it has no file 'metadata' and no folder 'offsets'.{hint}");
        }

        view.ReadIdentity(metadata);

        // A batch has its offsets before its commit, so in this order none is seen that is committed and was never planned.
        view.ReadLog("commits", view.CommitNames, (file, batch) => view.Commits[batch] = CommitEntry.Read(file, batch));
        view.ReadLog("offsets", view.OffsetNames, view.ReadOffsets);
        view.LeaveOutPurged();
        view.CheckLogs();
        view.OpenState();
        view.Sources = SourceLogs.Read(view);
        view.ReadRepairs();
        return view;
    }

    /// <summary>Who has the checkpoint now, or had it last.</summary>
    internal OwnerView Owner() => OwnerView.Of(Path);

    /// <summary>The path of a file below the folder.</summary>
    internal string Relative(string file) => System.IO.Path.GetRelativePath(Path, file).Replace('\\', '/');

    private bool Has(string folder) => Directory.Exists(System.IO.Path.Combine(Path, folder));

    private void ReadIdentity(string metadata)
    {
        try
        {
            Identity = CheckpointIdentity.Read(metadata);
        }
        catch (QueryStartException e)
        {
            Faults.Add(new Fault("metadata", $"{e.Fault ?? e.Message}; it names the sources, so what the entries of 'offsets' say cannot be told without it", IsFatal: true));
        }
    }

    private void ReadOffsets(string file, long batch)
    {
        if (Identity is { } identity)
            Offsets[batch] = OffsetEntry.Read(file, batch, identity.Sources);
        else
            LogText.Read(file, OffsetEntry.Kind);
    }

    private void ReadLog(string log, SortedSet<string> names, Action<string, long> read)
    {
        if (!Has(log))
            return;
        foreach (string file in Directory.EnumerateFileSystemEntries(System.IO.Path.Combine(Path, log)))
        {
            string name = System.IO.Path.GetFileName(file);
            if (name.StartsWith('.'))
                continue;
            names.Add(name);
            if (LogExtent.NumberOf(name) is not long batch)
            {
                Faults.Add(new Fault($"{log}/{name}", "it is no log entry, which would have a number for a name", IsFatal: false) { IsForeign = true });
                continue;
            }

            try
            {
                read(file, batch);
            }
            catch (Exception e) when (e is QueryStartException or IOException or UnauthorizedAccessException)
            {
                Faults.Add(new Fault($"{log}/{name}", (e as QueryStartException)?.Fault ?? e.Message, IsFatal: false));
            }
        }
    }

    // What the query has purged while the folders were read is not a gap.
    private void LeaveOutPurged()
    {
        foreach ((string log, SortedSet<string> names) in (ReadOnlySpan<(string, SortedSet<string>)>)[("offsets", OffsetNames), ("commits", CommitNames)])
        {
            names.RemoveWhere(name => !System.IO.Path.Exists(System.IO.Path.Combine(Path, log, name)));
            Faults.RemoveAll(fault => fault.File.StartsWith(log + "/", StringComparison.Ordinal) && !names.Contains(fault.File[(log.Length + 1)..]));
        }

        OffsetFiles = [.. OffsetNames.Select(LogExtent.NumberOf).OfType<long>()];
        CommitFiles = [.. CommitNames.Select(LogExtent.NumberOf).OfType<long>()];
        foreach (long batch in Offsets.Keys.Where(batch => !OffsetFiles.Contains(batch)).ToList())
            Offsets.Remove(batch);
        foreach (long batch in Commits.Keys.Where(batch => !CommitFiles.Contains(batch)).ToList())
            Commits.Remove(batch);
    }

    private void CheckLogs()
    {
        foreach ((long First, long Last) gap in LogExtent.Missing(OffsetFiles))
            Faults.Add(new Fault($"offsets/{gap.First}", LogExtent.FaultOfGap(gap, OffsetFiles), IsFatal: false));

        long lastCommit = CommitFiles.Count > 0 ? CommitFiles.Max : -1;
        if (OffsetFiles.Count == 0)
        {
            string gone = Has("offsets") ? "it is empty" : "the folder is missing";
            if (lastCommit >= 0)
                Faults.Add(new Fault("offsets", $"{gone}, where commits/{lastCommit} says that batch {lastCommit} is done; what the batches were, and where the sources stand, is lost", IsFatal: true));
            else if (!Has("offsets") && Has("commits"))
                Faults.Add(new Fault("offsets", "the folder is missing; what the batches were, and where the sources stand, is lost", IsFatal: false));
        }
        else if (lastCommit > Last)
        {
            Faults.Add(new Fault($"offsets/{lastCommit}", LogExtent.FaultOfDone(lastCommit), IsFatal: false));
        }

        if (Last >= 0 && (!Has("commits") || lastCommit < Last - 1))
        {
            string what = Has("commits") ? $"it is missing, and was written before batch {Last} was planned" : "the folder is missing";
            Faults.Add(new Fault(
                Has("commits") ? $"commits/{Last - 1}" : "commits",
                $"{what}; batch {Last}, the last one that was planned, counts as not committed and runs again: the file sink knows its number and leaves it out, ForeachBatch gets it again under its number, any other sink gets its rows twice",
                IsFatal: false));
        }
    }

    private void OpenState()
    {
        string folder = System.IO.Path.Combine(Path, "state");
        if (!Directory.Exists(folder))
        {
            if (Last >= 0 && HasState)
                Faults.Add(new Fault("state", "the folder is missing, with all versions of the state; it is computed anew where the offset log goes back to the beginning and the sources can be read again from there", IsFatal: false));
            return;
        }

        try
        {
            State = new StateFolder(folder);
        }
        catch (StateDamagedException e)
        {
            Faults.Add(new Fault(Relative(e.Path), e.Fault, IsFatal: true));
        }
    }

    // What an earlier repair has left for the next start.
    private void ReadRepairs()
    {
        try
        {
            ForgottenBatches.Read(Path);
        }
        catch (QueryStartException e)
        {
            Faults.Add(new Fault("forgotten", e.Fault ?? e.Message, IsFatal: true));
        }

        try
        {
            if (Identity is { } identity)
                Planned = PlannedBatches.Read(Path, identity.Sources, Last);
        }
        catch (QueryStartException e)
        {
            Faults.Add(new Fault(e.File is { } file ? Relative(file) : PlannedBatches.Folder, e.Fault ?? e.Message, IsFatal: false) { IsForeign = true });
            if (e.File is { } damaged && LogExtent.NumberOf(System.IO.Path.GetFileName(damaged)) is long batch)
                PlannedBehindFault = PlannedBatches.Behind(Path, batch);
        }
    }
}

/// <summary>Something that is wrong with a checkpoint.</summary>
/// <param name="File">Where, below the folder.</param>
/// <param name="What">What is wrong.</param>
/// <param name="IsFatal">Whether no repair helps.</param>
internal sealed record Fault(string File, string What, bool IsFatal)
{
    /// <summary>The number of the source that it belongs to; null for none.</summary>
    internal int? Source { get; init; }

    /// <summary>Whether it is a file that goes out of the way in a repair.</summary>
    internal bool IsForeign { get; init; }
}
