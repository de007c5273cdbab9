using Typed.Connect;

namespace Typed.Execution;

/// <summary>
/// What the batches were over which a checkpoint was set back: the folder <c>planned</c>, whose entries are those of the offset log. They come again as they were, with the same
/// rows under the same numbers, so that a sink which has them leaves them out. Planned anew they would be others: what waits in a source is there at once, so that a
/// batch without data, which ran when there was nothing, does not come at its place.
/// </summary>
internal sealed class PlannedBatches
{
    internal const string Folder = "planned";
    private readonly string _folder;
    private readonly SortedDictionary<long, OffsetEntry> _entries = [];

    private PlannedBatches(string checkpoint) => _folder = Path.Combine(checkpoint, Folder);

    /// <summary>The numbers of those that are to come, ascending.</summary>
    internal IReadOnlyCollection<long> Numbers => _entries.Keys;

    /// <summary>Reads what a checkpoint has.</summary>
    /// <param name="checkpoint">The folder.</param>
    /// <param name="sources">The names of the sources.</param>
    /// <param name="last">The last entry of the offset log: what is planned up to it came again already.</param>
    /// <exception cref="QueryStartException">An entry is damaged or missing.</exception>
    internal static PlannedBatches Read(string checkpoint, IReadOnlyList<string> sources, long last)
    {
        PlannedBatches planned = new(checkpoint);
        if (!Directory.Exists(planned._folder))
            return planned;

        // Each goes on where the one before it ends.
        foreach (long batch in planned.Files().Where(batch => batch > last))
        {
            long next = last + 1 + planned._entries.Count;
            if (batch != next)
                throw LogText.Damaged(planned.Entry(batch), $"it goes on from '{Folder}/{OffsetEntry.Invariant(next)}', which is missing");
            planned._entries[batch] = OffsetEntry.Read(planned.Entry(batch), batch, sources);
        }

        return planned;
    }

    /// <summary>The numbers of the entries of a checkpoint behind one, ascending, whether they can be read or not.</summary>
    internal static IReadOnlyList<long> Behind(string checkpoint, long batch) => [.. new PlannedBatches(checkpoint).Files().Where(other => other > batch)];

    /// <summary>Adds a batch before it is forgotten.</summary>
    internal static void Add(string checkpoint, OffsetEntry entry, IReadOnlyList<string> sources) =>
        DurableFile.Write(new PlannedBatches(checkpoint).Entry(entry.BatchId), entry.Format(sources));

    /// <summary>What a batch was; null if it is planned anew.</summary>
    internal OffsetEntry? this[long batch] => _entries.GetValueOrDefault(batch);

    /// <summary>A batch has its entry in the offset log again.</summary>
    internal void Remove(long batch)
    {
        if (!_entries.Remove(batch))
            return;
        if (_entries.Count == 0)
            Drop();
        else
            File.Delete(Entry(batch));
    }

    /// <summary>Deletes what is of no use: entries of batches that came again, and what is no entry.</summary>
    internal void DeleteOthers()
    {
        if (_entries.Count == 0)
            Drop();
        else
        {
            foreach (string file in Directory.EnumerateFiles(_folder).Where(file => LogExtent.NumberOf(Path.GetFileName(file)) is not long batch || !_entries.ContainsKey(batch)))
                File.Delete(file);
        }
    }

    /// <summary>None comes again as it was.</summary>
    internal void Drop()
    {
        _entries.Clear();
        if (!Directory.Exists(_folder))
            return;

        // From the last one on: whenever the process dies, none is missing between others.
        foreach (long batch in Files().Reverse())
            File.Delete(Entry(batch));
        Directory.Delete(_folder, recursive: true);
        DurableFile.SyncDirectory(Path.GetDirectoryName(_folder)!);
    }

    private IReadOnlyList<long> Files() => [.. Directory.EnumerateFiles(_folder).Select(file => LogExtent.NumberOf(Path.GetFileName(file))).OfType<long>().Order()];

    private string Entry(long batch) => Path.Combine(_folder, OffsetEntry.Invariant(batch));
}
