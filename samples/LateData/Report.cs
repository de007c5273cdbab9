using System.Globalization;
using Typed;

/// <summary>What the program shows: how long sales took to become known, what the hours were told without, and where every sale is.</summary>
internal sealed class Report(TextWriter screen)
{
    private static readonly (string Name, TimeSpan Below)[] Delays =
    [
        ("10 to 15 min", TimeSpan.FromMinutes(15)), ("15 to 30 min", TimeSpan.FromMinutes(30)), ("30 to 60 min", TimeSpan.FromHours(1)),
        ("1 to 2 h", TimeSpan.FromHours(2)), ("longer", TimeSpan.MaxValue),
    ];

    private readonly List<Hour> _hours = [];
    private readonly List<SlowTill> _slow = [];

    /// <summary>Takes the hours that closed in a batch.</summary>
    public Task Hours(BatchRows<Hour> batch, ForeachBatchContext context)
    {
        _hours.AddRange(batch.Rows);
        return Task.CompletedTask;
    }

    /// <summary>Takes the slow sales of a batch.</summary>
    public Task Slow(BatchRows<SlowTill> batch, ForeachBatchContext context)
    {
        _slow.AddRange(batch.Rows);
        return Task.CompletedTask;
    }

    /// <summary>Prints everything.</summary>
    public void Print(QueryTotals totals, IReadOnlyList<Correction> corrections, string late)
    {
        PrintSlow(totals.LateRows);
        PrintStalls(corrections);
        PrintHours(corrections);
        OperatorRows hours = totals.Operators.First(one => one.Grouping);
        screen.WriteLine();
        screen.WriteLine($"{Number(totals.InputRows)} sales = {Number(hours.Closed)} in {Number(_hours.Count)} hours that were told + {Number(hours.Late)} late, in {late}"
            + $" + {Number(hours.Held)} in {Number(hours.GroupsHeld)} hours that are still open");
    }

    private void PrintSlow(long late)
    {
        screen.WriteLine($"{Number(_slow.Count)} sales were slow by the clock; {Number(late)} of all came too late for their hour");
        int[] counts = new int[Delays.Length];
        foreach (SlowTill slow in _slow)
            counts[Array.FindIndex(Delays, delay => slow.Took < delay.Below)]++;
        int most = Math.Max(1, counts.Max());
        for (int i = 0; i < counts.Length; i++)
            screen.WriteLine($"{Delays[i].Name,14} {Number(counts[i]),7} {new string('█', counts[i] * 40 / most)}");
    }

    private void PrintStalls(IReadOnlyList<Correction> corrections)
    {
        screen.WriteLine();
        screen.WriteLine($"{"stall",-10} {"told",13} {"came later",13} {"so in truth",13} {"latest by",10}");
        screen.WriteLine(new string('─', 63));
        foreach (IGrouping<string, Hour> stall in _hours.GroupBy(hour => hour.Stall).OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            Correction[] own = [.. corrections.Where(one => one.Stall == stall.Key)];
            decimal told = stall.Sum(hour => hour.Paid);
            decimal later = own.Sum(one => one.Paid);
            string latest = own.Length == 0 ? "" : own.Max(one => one.LatestBy).ToString(@"h\:mm", CultureInfo.InvariantCulture) + " h";
            screen.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stall.Key,-10} {told,13:N2} {later,13:N2} {told + later,13:N2} {latest,10}"));
        }
    }

    private void PrintHours(IReadOnlyList<Correction> corrections)
    {
        screen.WriteLine();
        screen.WriteLine($"{"hours that lack most",-22} {"told",11} {"lacked",11} {"share",8}");
        screen.WriteLine(new string('─', 55));
        foreach (Correction one in corrections.OrderByDescending(one => one.Paid).Take(8))
        {
            decimal told = _hours.Where(hour => hour.Stall == one.Stall && hour.Start.AddHours(1) == one.End).Sum(hour => hour.Paid);
            screen.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{one.Stall,-10} {one.End.AddHours(-1):HH:mm}–{one.End:HH:mm} {told,11:N2} {one.Paid,11:N2} {100 * one.Paid / (told + one.Paid),6:0.0} %"));
        }
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
