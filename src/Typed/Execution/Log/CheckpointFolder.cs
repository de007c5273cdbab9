using System.Globalization;
using Typed.Operators;
using Typed.State;

namespace Typed.Execution;

/// <summary>
/// The folder of a query (semantics 12.1):
/// <code>
/// metadata        whom it belongs to
/// offsets/N       what batch N is, written before it runs
/// commits/N       that batch N is done
/// state/N.delta   what batches up to N have changed in the state
/// state/N.base    the state after batch N
/// sources/i/      what source i writes itself
/// forgotten       up to which batch it was set back, if it was
/// planned/N       what batch N was, over which it was set back, until it comes again
/// lock, owner     who is running it
/// </code>
/// </summary>
internal sealed class CheckpointFolder : ICheckpointLogs, IDisposable
{
    private readonly CheckpointLock _lock;
    private readonly DurableDirectory _offsets;
    private readonly DurableDirectory _commits;
    private long _firstOffset;
    private long _firstCommit;

    private CheckpointFolder(string path, CheckpointLock held, CheckpointIdentity identity)
    {
        Path = path;
        Identity = identity;
        _lock = held;
        _offsets = new DurableDirectory(System.IO.Path.Combine(path, "offsets"));
        _commits = new DurableDirectory(System.IO.Path.Combine(path, "commits"));
        State = new StateLog(StateDirectory) { Copies = true };
        Snapshots = new SnapshotWriter(State);
        _offsets.DeleteTemporaries();
        _commits.DeleteTemporaries();
        (_firstOffset, LastOffset, _firstCommit, LastCommit) = LogExtent.Of(path, Names(_offsets), Names(_commits), State.Versions);
        Planned = PlannedBatches.Read(path, identity.Sources, LastOffset);
        Planned.DeleteOthers();
    }

    /// <inheritdoc/>
    public string Path { get; }

    internal CheckpointIdentity Identity { get; }

    internal StateLog State { get; }

    /// <summary>Writes to <see cref="State"/> beside the loop.</summary>
    internal SnapshotWriter Snapshots { get; }

    /// <summary>The batches that come next as they were before it was set back over them.</summary>
    internal PlannedBatches Planned { get; }

    /// <summary>The folder of the state.</summary>
    internal string StateDirectory => System.IO.Path.Combine(Path, "state");

    /// <inheritdoc/>
    public long FirstOffset => _firstOffset;

    /// <inheritdoc/>
    public long LastOffset { get; private set; }

    /// <inheritdoc/>
    public long LastCommit { get; private set; }

    /// <inheritdoc/>
    public int Sources => Identity.Sources.Count;

    /// <inheritdoc/>
    public IReadOnlyList<long> Versions => State.Versions;

    /// <summary>Opens the checkpoint for a run, alone.</summary>
    /// <exception cref="QueryStartException">It is in use, damaged, of another pipeline, or cannot be written.</exception>
    internal static CheckpointFolder Open(string path, CheckpointIdentity present, string queryName, Guid runId)
    {
        CheckpointLock? held = null;
        try
        {
            path = System.IO.Path.GetFullPath(path);
            string metadata = System.IO.Path.Combine(path, "metadata");
            if (Directory.Exists(path) && !File.Exists(metadata))
                RefuseForeign(path);
            using DurableDirectory root = new(path);
            held = CheckpointLock.Take(path, queryName, runId);
            root.DeleteTemporaries();
            CheckpointIdentity identity = present;
            if (File.Exists(metadata))
            {
                identity = CheckpointIdentity.Read(metadata);
                identity.Admit(present, path);
            }
            else if (!root.TryCreate("metadata", present.Format()))
            {
                throw Concurrent(metadata);
            }

            return new CheckpointFolder(path, held, identity);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new QueryStartException(
                "checkpoint-not-writable",
                $"The checkpoint '{path}' cannot be opened for writing: {ErrorText.Sentence(e)} Make room, give the process the right to write there, or name another folder.",
                e);
        }
        catch (StateDamagedException e)
        {
            held?.Dispose();
            throw new QueryStartException("checkpoint-version-unsupported", e.Message, e);
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    /// <summary>The folder of a source. It is made before the first batch; where it is missing later, what the source kept is lost, and an empty one would hide that.</summary>
    internal string SourceDirectory(int number)
    {
        string folder = System.IO.Path.Combine(Path, "sources", number.ToString(CultureInfo.InvariantCulture));
        if (LastOffset < 0)
            Directory.CreateDirectory(folder);
        return folder;
    }

    /// <summary>Makes the folders of sources that are missing, when no source has missed anything.</summary>
    internal void MakeSourceDirectories()
    {
        for (int i = 0; i < Sources; i++)
            Directory.CreateDirectory(SourceDirectory(i));
    }

    /// <inheritdoc/>
    public OffsetEntry ReadOffsets(long batchId) => OffsetEntry.Read(Entry(_offsets, batchId), batchId, Identity.Sources);

    /// <inheritdoc/>
    public CommitEntry ReadCommit(long batchId) => CommitEntry.Read(Entry(_commits, batchId), batchId);

    /// <exception cref="StreamingQueryException">Somebody else has written the entry: rule <c>concurrent-stream-log-update</c>.</exception>
    internal void Write(OffsetEntry entry)
    {
        if (!_offsets.TryCreate(OffsetEntry.Invariant(entry.BatchId), entry.Format(Identity.Sources)))
            throw Concurrent(Entry(_offsets, entry.BatchId));
        LastOffset = entry.BatchId;
    }

    /// <exception cref="StreamingQueryException">Somebody else has written the entry: rule <c>concurrent-stream-log-update</c>.</exception>
    internal void Write(CommitEntry entry)
    {
        if (!_commits.TryCreate(OffsetEntry.Invariant(entry.BatchId), entry.Format()))
            throw Concurrent(Entry(_commits, entry.BatchId));
        if (LastCommit < 0)
            _firstCommit = entry.BatchId;
        LastCommit = entry.BatchId;
    }

    /// <summary>Removes entries below a batch.</summary>
    internal void Purge(long below)
    {
        for (; _firstOffset < Math.Min(below, LastOffset); _firstOffset++)
            File.Delete(Entry(_offsets, _firstOffset));
        for (; _firstCommit < Math.Min(below, LastCommit); _firstCommit++)
            File.Delete(Entry(_commits, _firstCommit));
    }

    public void Dispose() => Disposal.Of([Snapshots, _offsets, _commits, State, _lock]);

    internal string OffsetPath(long batchId) => Entry(_offsets, batchId);

    private static string Entry(DurableDirectory directory, long batchId) =>
        System.IO.Path.Combine(directory.Path, OffsetEntry.Invariant(batchId));

    private static StreamingQueryException Concurrent(string path) => new(
        "concurrent-stream-log-update",
        $"'{path}' is there already: another run writes the same checkpoint. This run ends; nothing it had not committed is kept. Let one query run on one checkpoint.");

    private static IEnumerable<string> Names(DurableDirectory log) => Directory.EnumerateFileSystemEntries(log.Path).Select(System.IO.Path.GetFileName).OfType<string>();

    private static void RefuseForeign(string path)
    {
        foreach (string entry in Directory.EnumerateFileSystemEntries(path))
        {
            string name = System.IO.Path.GetFileName(entry);
            if (name is "lock" or "owner" || name.StartsWith('.'))
                continue;
            throw new QueryStartException(
                "checkpoint-damaged",
                $"'{path}' is not a checkpoint: it holds '{name}' but no file 'metadata'. Name an empty or a new folder; if it was a checkpoint, put 'metadata' back from a copy.");
        }
    }
}
