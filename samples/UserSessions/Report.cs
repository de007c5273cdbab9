using System.Globalization;
using Typed;

/// <summary>What the program shows: how long visits are, by device, which of them are the longest, and where every click is.</summary>
internal sealed class Report(TextWriter screen)
{
    private static readonly (string Name, TimeSpan Below)[] Lengths =
    [
        ("one click", TimeSpan.FromTicks(1)), ("under 1 min", TimeSpan.FromMinutes(1)), ("1 to 3 min", TimeSpan.FromMinutes(3)),
        ("3 to 10 min", TimeSpan.FromMinutes(10)), ("10 to 30 min", TimeSpan.FromMinutes(30)), ("longer", TimeSpan.MaxValue),
    ];

    private readonly List<Visit> _visits = [];

    /// <summary>Takes the visits that closed in a batch.</summary>
    public Task Visits(BatchRows<Visit> batch, ForeachBatchContext context)
    {
        _visits.AddRange(batch.Rows);
        return Task.CompletedTask;
    }

    /// <summary>Prints everything.</summary>
    public void Print(QueryTotals totals)
    {
        PrintLengths();
        PrintDevices();
        PrintLongest();
        OperatorRows sessions = totals.Operators.First(one => one.Grouping);
        screen.WriteLine();
        screen.WriteLine($"{Number(totals.InputRows)} clicks = {Number(sessions.Closed)} in {Number(_visits.Count)} visits"
            + $" + {Number(sessions.Late)} late + {Number(sessions.Held)} in {Number(sessions.GroupsHeld)} visits that are still open");
    }

    private void PrintLengths()
    {
        screen.WriteLine("how long visits are");
        int[] counts = new int[Lengths.Length];
        foreach (Visit visit in _visits)
            counts[Array.FindIndex(Lengths, length => visit.Last - visit.First < length.Below)]++;
        int most = Math.Max(1, counts.Max());
        for (int i = 0; i < counts.Length; i++)
            screen.WriteLine($"{Lengths[i].Name,14} {Number(counts[i]),7} {new string('█', counts[i] * 40 / most)}");
    }

    private void PrintDevices()
    {
        screen.WriteLine();
        screen.WriteLine($"{"device",-10} {"visits",7} {"clicks each",12} {"orders",7} {"of visits",10} {"paid",13}");
        screen.WriteLine(new string('─', 64));
        foreach (IGrouping<string, Visit> device in _visits.GroupBy(visit => visit.Device).OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            int orders = device.Count(visit => visit.Paid is not null);
            screen.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{device.Key,-10} {device.Count(),7:N0} {device.Average(visit => visit.Clicks),12:0.0} {orders,7:N0} {100.0 * orders / device.Count(),8:0.0} % {device.Sum(visit => visit.Paid ?? 0),13:N2}"));
        }
    }

    private void PrintLongest()
    {
        screen.WriteLine();
        screen.WriteLine($"{"longest visits",-14} {"device",-10} {"from",5} {"to",6} {"clicks",7}  {"pages",-20} {"paid",9}");
        screen.WriteLine(new string('─', 78));
        foreach (Visit visit in _visits.OrderByDescending(visit => visit.Last - visit.First).ThenBy(visit => visit.Visitor, StringComparer.Ordinal).Take(8))
        {
            screen.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{visit.Visitor,-14} {visit.Device,-10} {visit.First,5:HH:mm} {visit.Last,6:HH:mm} {visit.Clicks,7}  {visit.Entry + " … " + visit.Exit,-20} {visit.Paid,9:0.00}"));
        }
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
