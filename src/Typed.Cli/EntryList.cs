using System.Text;
using System.Text.Json;
using Typed.State;

namespace Typed.Cli;

/// <summary><c>typed state --operator</c>: the entries of an operator at a version.</summary>
internal static class EntryList
{
    internal static int Show(CheckpointView view, string name, EntryQuery query, TextWriter output)
    {
        using LogVersion version = Versions.Open(view, query.At);
        int number = Versions.Operator(version, name);
        Target target = new(name, Versions.LayoutOf(version.Operators[number]), query, query.Format == EntryFormat.Jsonl ? output : null);
        StateFolder.ReadAll(version, number, target);
        if (query.Format == EntryFormat.Jsonl)
            return ExitCode.Done;
        output.WriteLine($"{name} at version {version.BatchId}: {Counted(target.Wanted)}{(query.Key is null ? "" : $" with '{query.Key}' in the key")}");
        WriteTables(target.Shown.Select(entry => (entry, "")), output);
        if (target.Wanted > target.Shown.Count)
            output.WriteLine($"{target.Shown.Count} of {Counted(target.Wanted)} are shown; --limit 0 shows all.");
        return ExitCode.Done;
    }

    /// <summary>A count of entries in words.</summary>
    internal static string Counted(long entries) => entries == 1 ? "1 entry" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{entries:#,##0} entries");

    /// <summary>Writes entries, a table of text for each of their tables.</summary>
    internal static void WriteTables(IEnumerable<(ReadEntry Entry, string Change)> entries, TextWriter output)
    {
        foreach (IGrouping<int, (ReadEntry Entry, string Change)> group in entries.GroupBy(one => one.Entry.Table.Number).OrderBy(group => group.Key))
        {
            ReadEntry first = group.First().Entry;
            bool hasChanges = group.Any(one => one.Change.Length > 0);
            output.WriteLine();
            output.WriteLine(first.Table.Name);
            TextTable table = new([.. hasChanges ? ["change"] : Array.Empty<string>(), .. first.Heads]);
            foreach (string[] cells in group
                .Select(one => (one.Entry.Time, Cells: (string[])[.. hasChanges ? [one.Change] : Array.Empty<string>(), .. one.Entry.Cells]))
                .OrderBy(one => one.Time)
                .ThenBy(one => string.Join('\t', one.Cells), StringComparer.Ordinal)
                .Select(one => one.Cells))
            {
                table.Add(cells);
            }

            table.Write(output);
        }
    }

    /// <summary>Writes an entry as a line of JSON.</summary>
    internal static void WriteJson(TextWriter output, ReadEntry entry, string? change = null, ReadEntry? before = null)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (change is not null)
                json.WriteString("change", change);
            json.WriteString("table", entry.Table.Name);
            if (entry.TimeText is { } time)
                json.WriteString(entry.Table.Time == StateTimeKind.Slice ? "from" : "time", time);
            EntryText.Write(json, "key", entry.Table.Key, entry.Key);
            if (before is not null)
                EntryText.Write(json, "before", before.Table.Value, before.Value);
            EntryText.Write(json, "value", entry.Table.Value, entry.Value);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(bytes.ToArray()));
    }

    private sealed class Target(string name, StateLayout layout, EntryQuery query, TextWriter? lines) : IStateTarget
    {
        internal long Wanted { get; private set; }

        internal List<ReadEntry> Shown { get; } = [];

        public void Take(in StateEntry entry)
        {
            ReadEntry read = ReadEntry.Of(name, layout, entry.Table, entry.Time, entry.Key, entry.Value);
            if (!query.Wants(read.Table, read.Key) || (Wanted++ >= query.Limit && query.Limit > 0))
                return;
            if (lines is not null)
                WriteJson(lines, read);
            else
                Shown.Add(read);
        }
    }
}
