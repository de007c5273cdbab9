using Typed.Files;

namespace Typed;

/// <summary>A file that a file sink has made visible.</summary>
/// <param name="Path">The path below the folder of the sink, with <c>/</c> between its parts.</param>
/// <param name="QueryId">The query that wrote it.</param>
/// <param name="BatchId">The micro-batch that it belongs to.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Bytes">How many bytes it has.</param>
public sealed record CommittedFile(string Path, Guid QueryId, long BatchId, long Rows, long Bytes);

/// <summary>
/// Reads the log of a folder that a file sink writes: exactly the files whose batches were committed. What else is in the folder belongs to
/// a batch that is being written or was broken off.
/// </summary>
/// <param name="folder">The folder of the sink.</param>
public sealed class CommittedFiles(string folder)
{
    private const int Attempts = 10;
    private readonly string _log = Path.Combine(folder, SinkLog.Folder);
    private Dictionary<string, List<CommittedFile>> _read = new(StringComparer.Ordinal);

    /// <summary>Whether a file sink has written to the folder.</summary>
    public bool Exists => Directory.Exists(_log);

    /// <summary>The files that are committed now, by query and batch.</summary>
    /// <exception cref="InvalidDataException">An entry of the log is damaged.</exception>
    public IReadOnlyList<CommittedFile> List()
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return Read();
            }
            catch (FileNotFoundException) when (attempt < Attempts)
            {
                // The sink has merged entries since they were listed: list them again.
            }
        }
    }

    private List<CommittedFile> Read()
    {
        Dictionary<string, List<CommittedFile>> read = new(StringComparer.Ordinal);
        List<(string Name, string Query, long Batch)> single = [];
        Dictionary<string, (string Name, long Batch)> compacted = new(StringComparer.Ordinal);
        foreach (string path in Exists ? Directory.GetFiles(_log) : [])
        {
            string name = Path.GetFileName(path);
            if (!SinkLog.IsEntry(name, out string query, out long batch, out bool compact))
                continue;
            if (!compact)
                single.Add((name, query, batch));
            else if (!compacted.TryGetValue(query, out (string Name, long Batch) newest) || newest.Batch < batch)
                compacted[query] = (name, batch);
        }

        IEnumerable<string> names = compacted.Values.Select(one => one.Name)
            .Concat(single.Where(one => !compacted.TryGetValue(one.Query, out (string Name, long Batch) newest) || one.Batch > newest.Batch).Select(one => one.Name));
        foreach (string name in names)
            read[name] = _read.TryGetValue(name, out List<CommittedFile>? known) ? known : SinkLog.Read(Path.Combine(_log, name));
        _read = read;
        return [.. read.Values.SelectMany(files => files).OrderBy(file => file.QueryId).ThenBy(file => file.BatchId).ThenBy(file => file.Path, StringComparer.Ordinal)];
    }
}
