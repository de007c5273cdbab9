using System.Globalization;

namespace Typed.Execution;

/// <summary>From which batch to which the logs of a checkpoint go, where a query can go on from them.</summary>
/// <param name="FirstOffset">The oldest entry of the offset log; 0 if there is none.</param>
/// <param name="LastOffset">The newest entry of the offset log; −1 if there is none.</param>
/// <param name="FirstCommit">The oldest entry of the commit log; 0 if there is none.</param>
/// <param name="LastCommit">The newest entry of the commit log; −1 if there is none.</param>
internal sealed record LogExtent(long FirstOffset, long LastOffset, long FirstCommit, long LastCommit)
{
    /// <summary>Reads the names of the entries.</summary>
    /// <param name="path">The checkpoint.</param>
    /// <param name="offsets">What lies in the folder of the offset log.</param>
    /// <param name="commits">What lies in the folder of the commit log.</param>
    /// <param name="versions">The versions of the state, ascending.</param>
    /// <exception cref="QueryStartException">An entry is missing, or something is no entry.</exception>
    internal static LogExtent Of(string path, IEnumerable<string> offsets, IEnumerable<string> commits, IReadOnlyList<long> versions)
    {
        string log = Path.Combine(path, "offsets");
        (long firstOffset, long lastOffset) = Offsets(log, Numbers(log, offsets));
        string done = Path.Combine(path, "commits");
        SortedSet<long> numbers = Numbers(done, commits);
        LogExtent extent = numbers.Count == 0 ? new(firstOffset, lastOffset, 0, -1) : new(firstOffset, lastOffset, numbers.Min, numbers.Max);
        if (extent.LastCommit > lastOffset)
        {
            string missing = Path.Combine(log, OffsetEntry.Invariant(extent.LastCommit));
            throw new QueryStartException(
                "checkpoint-offset-log-gap",
                $"'{Path.Combine(done, OffsetEntry.Invariant(extent.LastCommit))}' says that batch {extent.LastCommit} is done, but the offset log ends at {lastOffset}: '{missing}' is missing. Put it back from a copy of the checkpoint, or start with a new checkpoint. {LogText.Checked}")
            {
                File = missing,
                Fault = FaultOfDone(extent.LastCommit),
            };
        }

        if (lastOffset < 0 && versions.Count > 0)
        {
            throw new QueryStartException(
                "checkpoint-not-empty-first-batch",
                $"The checkpoint '{path}' holds state of batch {versions[^1]} but no offsets, so the first batch would begin with state of another life. Start with a new checkpoint.")
            {
                File = log,
                Fault = $"it is empty, where there is state of batch {versions[^1]}",
            };
        }

        return extent;
    }

    /// <summary>The number that an entry has for a name; null if it is no entry.</summary>
    internal static long? NumberOf(string name) =>
        long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && name == OffsetEntry.Invariant(number) ? number : null;

    /// <summary>The entries that are missing between the oldest and the newest one, as ranges, ascending: a foreign file may have any number for a name.</summary>
    internal static IEnumerable<(long First, long Last)> Missing(SortedSet<long> numbers)
    {
        long next = numbers.Min;
        foreach (long number in numbers)
        {
            if (next < number)
                yield return (next, number - 1);
            next = number + 1;
        }
    }

    /// <summary>What is wrong with the first of some entries of the offset log that are missing between others.</summary>
    internal static string FaultOfGap((long First, long Last) missing, SortedSet<long> numbers) =>
        $"{(missing.First == missing.Last ? "it is" : $"it and those up to {missing.Last} are")} missing, where the log goes from {numbers.Min} to {numbers.Max}";

    /// <summary>What is wrong with an entry of the offset log that is missing, where the batch is committed.</summary>
    internal static string FaultOfDone(long batch) => $"it is missing, where commits/{batch} says that the batch is done";

    private static SortedSet<long> Numbers(string folder, IEnumerable<string> names)
    {
        SortedSet<long> numbers = [];
        foreach (string name in names.Where(name => !name.StartsWith('.')))
        {
            numbers.Add(NumberOf(name)
                ?? throw LogText.Damaged(Path.Combine(folder, name), "it is no log entry, which would have a number for a name; if it is not yours to keep, move it away"));
        }

        return numbers;
    }

    private static (long First, long Last) Offsets(string folder, SortedSet<long> numbers)
    {
        if (numbers.Count == 0)
            return (0, -1);
        if (numbers.Max - numbers.Min + 1 == numbers.Count)
            return (numbers.Min, numbers.Max);
        (long First, long Last) gap = Missing(numbers).First();
        long missing = gap.First;
        throw new QueryStartException(
            "checkpoint-offset-log-gap",
            $"The offset log '{folder}' goes from {numbers.Min} to {numbers.Max}, but entry {missing} is missing, so what batch {missing} was is not known. Put the file back from a copy of the checkpoint, or start with a new checkpoint. {LogText.Checked}")
        {
            File = Path.Combine(folder, OffsetEntry.Invariant(missing)),
            Fault = FaultOfGap(gap, numbers),
        };
    }
}
