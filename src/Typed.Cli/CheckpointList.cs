using System.Globalization;

namespace Typed.Cli;

/// <summary><c>typed checkpoints</c>: the checkpoints below a folder, and what nobody seems to need.</summary>
internal static class CheckpointList
{
    private static readonly string[] _parts = ["offsets", "commits", "state", "sources", "lock", "owner"];

    internal static int Show(string root, string[] outputs, int idleDays, TimeProvider time, TextWriter output)
    {
        root = Path.GetFullPath(root);
        foreach (string folder in (string[])[root, .. outputs])
        {
            if (!Directory.Exists(folder))
                throw new CommandException($"There is no folder '{folder}'{Nearest.Folder(Path.GetFullPath(folder))}.");
        }

        List<string> found = [];
        List<string> orphans = [];
        Find(root, found, orphans);
        DateTimeOffset now = time.GetUtcNow();
        List<Listed> listed = [.. found.Order(StringComparer.Ordinal).Select(path => Listed.Of(path, now))];
        output.WriteLine($"{listed.Count} {(listed.Count == 1 ? "checkpoint" : "checkpoints")} below {root}");
        if (listed.Count > 0)
        {
            output.WriteLine();
            Table(root, listed, output);
        }

        foreach (Listed one in listed)
            orphans.AddRange(Orphaned(root, one, idleDays));
        foreach (IGrouping<Guid, Listed> same in listed.Where(one => one.Id is not null).GroupBy(one => one.Id!.Value).Where(same => same.Count() > 1))
            orphans.Add($"{string.Join(", ", same.Select(one => Name(root, one.Path)))}: the same query {same.Key}. One is a copy; two that run would write as one.");
        if (outputs.Length > 0)
            CompareOutputs(root, outputs, listed, orphans);
        if (orphans.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Left over, or nobody's:");
            foreach (string orphan in orphans)
                output.WriteLine($"- {orphan}");
        }

        if (listed.TrueForAll(one => one.Faults == 0))
            return ExitCode.Done;
        output.WriteLine();
        output.WriteLine("Something is damaged or missing: 'typed checkpoint check CHECKPOINT' says what, and what can be done.");
        return ExitCode.Damaged;
    }

    /// <summary>A folder below the root, by its path from there.</summary>
    private static string Name(string root, string path) => path == root ? "." : Path.GetRelativePath(root, path).Replace('\\', '/');

    private static void Find(string folder, List<string> found, List<string> orphans, string? root = null)
    {
        root ??= folder;
        if (File.Exists(Path.Combine(folder, "metadata")) && Directory.Exists(Path.Combine(folder, "offsets")))
        {
            found.Add(folder);
            return;
        }

        string[] parts = [.. _parts.Where(part => Path.Exists(Path.Combine(folder, part)))];
        if (parts.Length > 1)
        {
            orphans.Add($"{Name(root, folder)}: it has {string.Join(", ", parts)} and no 'metadata', so it is the rest of a checkpoint, {Size(folder):#,##0} bytes. No query can start on it.");
            return;
        }

        foreach (string inner in Inner(folder))
            Find(inner, found, orphans, root);
    }

    private static string[] Inner(string folder)
    {
        try
        {
            return [.. Directory.EnumerateDirectories(folder, "*", new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint }).Order(StringComparer.Ordinal)];
        }
        catch (DirectoryNotFoundException)
        {
            // Deleted since the one above was listed.
            return [];
        }
    }

    private static void Table(string root, List<Listed> listed, TextWriter output)
    {
        TextTable table = new("checkpoint", "pipeline", "batch", "committed", "age", "bytes", "query", "fault");
        foreach (Listed one in listed)
        {
            table.Add(
                Name(root, one.Path),
                one.Pipeline ?? "?",
                one.LastBatch < 0 ? "-" : Number(one.LastBatch),
                one.LastCommit < 0 ? "-" : Number(one.LastCommit),
                one.Age is { } age ? Text(age) : "-",
                Number(one.Bytes),
                one.IsRunning switch { true => "running", false => "not running", _ => "on another machine" },
                one.Faults == 0 ? "" : "damaged");
        }

        table.Write(output);
    }

    private static IEnumerable<string> Orphaned(string root, Listed one, int idleDays)
    {
        string name = Name(root, one.Path);
        if (one.IsRunning == true)
            yield break;
        if (one.LastCommit < 0)
            yield return $"{name}: its query has never committed a batch.";
        else if (one.Age is { TotalDays: var days } && days >= idleDays)
            yield return $"{name}: it has not run for {Number((long)days)} days.";
        foreach ((string what, IEnumerable<string> paths) in Leftovers(one.Path))
        {
            string[] all = [.. paths];
            if (all.Length > 0)
                yield return $"{name}: {what}: {string.Join(", ", all.Select(path => Path.GetRelativePath(one.Path, path).Replace('\\', '/')).Order(StringComparer.Ordinal))}, {Number(all.Sum(Size))} bytes.";
        }
    }

    private static IEnumerable<(string What, IEnumerable<string> Paths)> Leftovers(string checkpoint)
    {
        string state = Path.Combine(checkpoint, "state");
        yield return ("state that was spilled, which the next start deletes", Directory.Exists(state) ? Directory.EnumerateDirectories(state, "spill-*") : []);
        yield return ("temporary files, which the next start deletes", Directory.EnumerateFiles(checkpoint, ".*.tmp", SearchOption.AllDirectories));
        yield return ("what repairs have moved, which can go when the query runs as it should", Directory.EnumerateDirectories(checkpoint, "repaired-*"));
    }

    private static void CompareOutputs(string root, string[] outputs, List<Listed> listed, List<string> orphans)
    {
        Dictionary<Guid, string> written = [];
        foreach (string folder in outputs.SelectMany(OutputFolders))
        {
            foreach (Guid query in OutputQueries(folder))
                written.TryAdd(query, folder);
        }

        foreach (Listed one in listed.Where(one => one is { LastCommit: >= 0, Id: { } id } && !written.ContainsKey(id)))
            orphans.Add($"{Name(root, one.Path)}: none of the outputs has files of its query {one.Id}. They are gone, or it writes elsewhere, or has had nothing to write.");
        foreach ((Guid query, string folder) in written.Where(entry => !listed.Exists(one => one.Id == entry.Key)).OrderBy(entry => entry.Value, StringComparer.Ordinal))
            orphans.Add($"{Path.GetFullPath(folder)}: it has files of the query {query}, whose checkpoint is not below {root}. A new checkpoint would write their rows again.");
    }

    private static IEnumerable<string> OutputFolders(string folder) =>
        Directory.EnumerateDirectories(folder, Files.SinkLog.Folder, SearchOption.AllDirectories).Select(log => Path.GetDirectoryName(log)!);

    private static IEnumerable<Guid> OutputQueries(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(folder, Files.SinkLog.Folder)))
        {
            if (Files.SinkLog.IsEntry(Path.GetFileName(file), out string query, out _, out _) && Guid.TryParseExact(query, "N", out Guid id))
                yield return id;
        }
    }

    private static string Text(TimeSpan age) => age switch
    {
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (long)age.TotalSeconds)} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{age.Minutes} min"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{age.Hours} h {age.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)age.TotalDays} d {age.Hours} h"),
    };

    private static string Number(long number) => number.ToString("#,##0", CultureInfo.InvariantCulture);

    // What is deleted meanwhile counts for nothing.
    private static long Size(string path)
    {
        try
        {
            return File.Exists(path) ? new FileInfo(path).Length : Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Sum(Size);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return 0;
        }
    }

    /// <summary>A checkpoint of the list.</summary>
    private sealed record Listed(string Path, string? Pipeline, Guid? Id, long LastBatch, long LastCommit, TimeSpan? Age, long Bytes, bool? IsRunning, int Faults)
    {
        internal static Listed Of(string path, DateTimeOffset now)
        {
            CheckpointView view = CheckpointView.Open(path);
            long last = view.OffsetFiles.Count > 0 ? view.OffsetFiles.Max : -1;
            TimeSpan? age = view.Offsets.Count > 0 ? now - DateTimeOffset.FromUnixTimeMilliseconds(view.Offsets.Values.Max(entry => entry.TimestampMillis)) : null;
            return new Listed(
                path, view.Identity?.Pipeline, view.Identity?.QueryId, last, view.CommitFiles.Count > 0 ? view.CommitFiles.Max : -1, age, Size(path), view.Owner().IsRunning, view.Faults.Count);
        }
    }
}
