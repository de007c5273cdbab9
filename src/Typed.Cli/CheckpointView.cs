using System.Globalization;
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

    /// <summary>The batches of which the offset log has a file, damaged ones too.</summary>
    internal SortedSet<long> OffsetFiles { get; } = [];

    /// <summary>The batches of which the commit log has a file, damaged ones too.</summary>
    internal SortedSet<long> CommitFiles { get; } = [];

    /// <summary>What is wrong with its logs.</summary>
    internal List<Fault> Faults { get; } = [];

    /// <summary>The versions of state; null if there are none.</summary>
    internal StateFolder? State { get; private set; }

    /// <summary>Whether the pipeline keeps state.</summary>
    internal bool HasState => Identity is { State.Count: > 0 } || State is { Files.Count: > 0 };

    /// <summary>Looks at a folder.</summary>
    /// <exception cref="CommandException">It is no checkpoint.</exception>
    internal static CheckpointView Open(string path)
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
        view.ReadLog("commits", view.CommitFiles, (file, batch) => view.Commits[batch] = CommitEntry.Read(file, batch));
        view.ReadLog("offsets", view.OffsetFiles, (file, batch) => view.Offsets[batch] = view.Identity is { } identity
            ? OffsetEntry.Read(file, batch, identity.Sources)
            : throw LogText.Damaged(file, "it cannot be read without 'metadata', which names the sources"));
        view.LeaveOutPurged();
        view.CheckLogs();
        view.OpenState();
        return view;
    }

    /// <summary>Who has the checkpoint now, or had it last.</summary>
    internal OwnerView Owner() => OwnerView.Of(Path);

    /// <summary>The path of a file below the folder.</summary>
    internal string Relative(string file) => System.IO.Path.GetRelativePath(Path, file).Replace('\\', '/');

    private void ReadIdentity(string metadata)
    {
        try
        {
            Identity = CheckpointIdentity.Read(metadata);
        }
        catch (QueryStartException e)
        {
            Faults.Add(new Fault("metadata", e.Fault ?? e.Message, IsFatal: true));
        }
    }

    private void ReadLog(string log, SortedSet<long> files, Action<string, long> read)
    {
        string folder = System.IO.Path.Combine(Path, log);
        if (!Directory.Exists(folder))
            return;
        foreach (string file in Directory.EnumerateFileSystemEntries(folder))
        {
            string name = System.IO.Path.GetFileName(file);
            if (name.StartsWith('.'))
                continue;
            if (!long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long batch) || name != OffsetEntry.Invariant(batch))
            {
                Faults.Add(new Fault($"{log}/{name}", "it is no log entry, which would have a number for a name", IsFatal: false) { BlocksStart = true, IsForeign = true });
                continue;
            }

            try
            {
                read(file, batch);
            }
            catch (Exception e) when (e is QueryStartException or IOException or UnauthorizedAccessException)
            {
                // Purged by the query since the folder was listed.
                if (!File.Exists(file))
                    continue;
                Faults.Add(new Fault($"{log}/{name}", (e as QueryStartException)?.Fault ?? e.Message, IsFatal: false) { Batch = batch });
            }

            files.Add(batch);
        }
    }

    // What the query has purged while the folders were read is not a gap.
    private void LeaveOutPurged()
    {
        foreach ((string log, SortedSet<long> files) in (ReadOnlySpan<(string, SortedSet<long>)>)[("offsets", OffsetFiles), ("commits", CommitFiles)])
            files.RemoveWhere(batch => !File.Exists(System.IO.Path.Combine(Path, log, OffsetEntry.Invariant(batch))));
        foreach (long batch in Offsets.Keys.Where(batch => !OffsetFiles.Contains(batch)).ToList())
            Offsets.Remove(batch);
        foreach (long batch in Commits.Keys.Where(batch => !CommitFiles.Contains(batch)).ToList())
            Commits.Remove(batch);
    }

    private void CheckLogs()
    {
        for (long batch = OffsetFiles.Min; OffsetFiles.Count > 0 && batch < OffsetFiles.Max; batch++)
        {
            if (!OffsetFiles.Contains(batch))
                Faults.Add(new Fault($"offsets/{batch}", $"it is missing, where the log goes from {OffsetFiles.Min} to {OffsetFiles.Max}", IsFatal: false) { Batch = batch, BlocksStart = true });
        }

        long lastOffset = OffsetFiles.Count > 0 ? OffsetFiles.Max : -1;
        if (CommitFiles.Count > 0 && CommitFiles.Max > lastOffset)
        {
            Faults.Add(new Fault($"offsets/{CommitFiles.Max}", $"it is missing, where commits/{CommitFiles.Max} says that the batch is done", IsFatal: false)
            {
                Batch = lastOffset + 1,
                BlocksStart = true,
            });
        }
    }

    private void OpenState()
    {
        string folder = System.IO.Path.Combine(Path, "state");
        if (!Directory.Exists(folder))
            return;
        try
        {
            State = new StateFolder(folder);
        }
        catch (StateDamagedException e)
        {
            Faults.Add(new Fault(Relative(e.Path), e.Fault, IsFatal: true));
        }
    }
}

/// <summary>Something that is wrong with a checkpoint.</summary>
/// <param name="File">Where, below the folder.</param>
/// <param name="What">What is wrong.</param>
/// <param name="IsFatal">Whether no repair helps.</param>
internal sealed record Fault(string File, string What, bool IsFatal)
{
    /// <summary>The batch of the log entry; null for other files.</summary>
    internal long? Batch { get; init; }

    /// <summary>Whether no query starts before it is repaired, whatever batch it is.</summary>
    internal bool BlocksStart { get; init; }

    /// <summary>Whether it is a file that does not belong there.</summary>
    internal bool IsForeign { get; init; }
}
