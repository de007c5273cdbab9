using System.Globalization;
using Typed.State;

namespace Typed.Cli;

/// <summary><c>typed state</c> without an operator: the operators, and the versions.</summary>
internal static class StateOverview
{
    internal static int Show(string path, long? at, TextWriter output)
    {
        // Written when all was read: a query that runs may have deleted half of it meanwhile.
        (int code, string text) = SteadyLook.Of(
            path,
            () =>
            {
                using StringWriter written = new();
                return (Show(CheckpointView.Open(path), at, written), written.ToString());
            },
            seen => seen.Item1 == ExitCode.Done);
        output.Write(text);
        return code;
    }

    private static int Show(CheckpointView view, long? at, TextWriter output)
    {
        CheckpointOverview.Head(view, output);
        StateFolder state = Versions.FolderOf(view);
        using (LogVersion version = Versions.Open(view, at))
        {
            output.WriteLine();
            output.WriteLine($"Operators at version {version.BatchId}");
            Operators(version, output);
        }

        output.WriteLine();
        output.WriteLine("Versions");
        return Files(view, state, output);
    }

    private static void Operators(LogVersion version, TextWriter output)
    {
        TextTable table = new("operator", "kind", "entries", "records", "bytes", "shards", "min", "max", "skew");
        for (int i = 0; i < version.Operators.Count; i++)
        {
            StoredOperator one = version.Operators[i];
            Count count = new();
            StateFolder.ReadAll(version, i, count);
            (long records, long bytes)[] shards = StateFolder.Shards(version, i);
            long[] used = [.. count.Shards.Where(entries => entries > 0)];
            double mean = used.Length == 0 ? 0 : (double)count.Entries / Shard.Count;
            table.Add(
                one.Name,
                one.Kind,
                Number(count.Entries),
                Number(shards.Sum(shard => shard.records)),
                Number(shards.Sum(shard => shard.bytes)),
                Number(used.Length),
                Number(count.Shards.Min()),
                Number(count.Shards.Max()),
                used.Length == 0 ? "-" : (count.Shards.Max() / mean).ToString("0.00", CultureInfo.InvariantCulture));
        }

        table.Write(output);
        output.WriteLine();
        foreach (StoredOperator one in version.Operators)
        {
            output.WriteLine($"{one.Name}: {one.Schema}");
            foreach (string line in one.Layout.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                output.WriteLine($"  {line}");
            if (one.Head.Numbers.Count > 0)
                output.WriteLine($"  head {string.Join(", ", one.Head.Numbers.Select(number => $"{number.Key} {number.Value.Value}"))}");
        }
    }

    private static int Files(CheckpointView view, StateFolder state, TextWriter output)
    {
        VersionLook look = new(view);
        TextTable table = new("version", "file", "bytes", "after", "state");
        foreach (VersionFile file in state.Files)
        {
            (long batch, bool isBase) = VersionHeader.Named(file.Path)!.Value;
            if (look.FaultOf(batch) is not null && !look.All.Contains(batch))
                continue;
            string after = file.Header is null ? "" : isBase ? "all of it" : file.Header.Parent == VersionHeader.NoParent ? "nothing" : $"{file.Header.Parent}";
            table.Add(Number(batch), isBase ? "base" : "delta", Number(file.Length), after, look.FaultOf(batch) is { } fault ? $"damaged: {fault}" : "whole");
        }

        table.Write(output);
        return look.All.All(version => look.FaultOf(version) is null) ? ExitCode.Done : ExitCode.Damaged;
    }

    private static string Number(long number) => number.ToString("#,##0", CultureInfo.InvariantCulture);

    private sealed class Count : IStateTarget
    {
        internal long Entries { get; private set; }

        internal long[] Shards { get; } = new long[Shard.Count];

        public void Take(in StateEntry entry)
        {
            Entries++;
            Shards[entry.Shard]++;
        }
    }
}
