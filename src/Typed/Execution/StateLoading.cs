using Typed.State;

namespace Typed.Execution;

/// <summary>Finds a version of state that can be used.</summary>
/// <param name="checkpoint">The logs.</param>
/// <param name="place">Where the versions are, for messages.</param>
/// <param name="load">Loads a version, if it is whole; says what commit entry was saved with it.</param>
/// <param name="warn">Takes what whoever runs the query should know although it goes on.</param>
internal sealed class StateLoading(ICheckpointLogs checkpoint, string place, Func<long, CommitEntry> load, Action<string> warn)
{
    private readonly List<string> _faults = [];

    /// <returns>The commit entry of the batch, as saved with the state; null if the version is damaged.</returns>
    internal CommitEntry? Load(long version)
    {
        try
        {
            return load(version);
        }
        catch (StateDamagedException e) when (!e.IsNewer)
        {
            _faults.Add(e.Message);
            warn($"{e.Message} The version before {version} is tried.");
            return null;
        }
        catch (StateDamagedException e)
        {
            throw new QueryStartException("checkpoint-version-unsupported", $"{e.Message} Start the query with the Typed that wrote it, or with a new checkpoint.", e) { File = e.Path, Fault = e.Fault };
        }
    }

    /// <summary>Says that all batches run again. Whether a version was ever stored cannot be known: one that is due after ten seconds may not have come before a crash.</summary>
    /// <param name="last">The last batch that is done.</param>
    internal void WarnOfReplay(long last)
    {
        string batches = last == 0 ? "Batch 0 runs" : $"Batches 0 to {last} run";
        warn($"The checkpoint '{checkpoint.Path}' has no version of the state that can be loaded: none was stored before the query ended, or they are gone or damaged. "
            + $"{batches} again for the state, from the beginning of the sources and without output, and new rows wait until that is done. Nothing has to be done. "
            + "If there is a copy of the folder 'state', it is faster to stop the query, put the copy in its place and start again.");
    }

    /// <summary>There is no state that could be used, and it cannot be computed anew.</summary>
    /// <param name="last">The last batch that is done.</param>
    /// <param name="canReplay">Whether the sources can be read again.</param>
    internal QueryStartException Missing(long last, bool canReplay)
    {
        string why = canReplay
            ? $"the offset log begins at {checkpoint.FirstOffset}, so it cannot be computed anew"
            : "a source cannot be read again, so it cannot be computed anew";
        string kept = checkpoint.Versions.Count == 0 ? "there is none" : $"versions {string.Join(", ", checkpoint.Versions)} are there";
        string found = _faults.Count == 0 ? "" : $" {string.Join(" ", _faults)}";
        return new QueryStartException(
            "checkpoint-state-missing",
            $"The checkpoint '{checkpoint.Path}' has no usable state after batch {last}, the last one that is done: versions ({string.Join(", ", checkpoint.Versions)}), {place}, and {why}.{found} Put the files of the newest version back from a copy of the checkpoint, or start with a new checkpoint and read the sources from their beginning. {LogText.Checked}")
        {
            File = Path.Combine(checkpoint.Path, "state"),
            Fault = $"no version of it up to batch {last} can be read ({kept}), and {why}",
        };
    }
}
