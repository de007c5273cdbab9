using System.Globalization;
using Typed;

/// <summary>What the program shows: which places are clicked, how long that takes, and where every row is.</summary>
internal sealed class Report(TextWriter screen)
{
    private static readonly (string Name, double Below)[] Waits =
    [
        ("under 10 s", 10), ("10 to 30 s", 30), ("30 s to 1 min", 60), ("1 to 2 min", 120), ("2 to 5 min", 300), ("5 to 10 min", double.MaxValue),
    ];

    private readonly List<Attribution> _rows = [];

    /// <summary>Takes what was settled in a batch.</summary>
    public Task Settled(BatchRows<Attribution> batch, ForeachBatchContext context)
    {
        _rows.AddRange(batch.Rows);
        return Task.CompletedTask;
    }

    /// <summary>Prints everything.</summary>
    public void Print(int clicks, QueryTotals totals)
    {
        PrintRates();
        PrintWaits();
        OperatorRows join = totals.Operators.Single(one => one.Name == "join-1");
        int attributed = _rows.Count(row => row.Clicked is not null);
        screen.WriteLine();
        screen.WriteLine($"{Number(totals.InputRows - clicks)} impressions and {Number(clicks)} clicks = {Number(join.Late)} late"
            + $" + {Number(join.Expired)} clicks after more than ten minutes + {Number(join.Closed)} settled + {Number(join.Held)} that may still find a match");
        screen.WriteLine($"{Number(attributed)} clicks attributed, {Number(_rows.Count - attributed)} impressions without a click");
    }

    private void PrintRates()
    {
        screen.WriteLine($"{"place",-12} {"shown",8} {"clicked",8} {"of 100",7} {"median wait",12}   best campaign");
        screen.WriteLine(new string('─', 72));
        foreach (IGrouping<string, Attribution> place in _rows.GroupBy(row => row.Placement).OrderByDescending(Rate))
        {
            IGrouping<string, Attribution> best = place.GroupBy(row => row.Campaign).MaxBy(Rate)!;
            screen.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{place.Key,-12} {Shown(place),8:N0} {Clicked(place),8:N0} {Rate(place),7:0.00} {Median(place),10:0.0} s   {best.Key} ({Rate(best):0.00})"));
        }
    }

    private void PrintWaits()
    {
        screen.WriteLine();
        screen.WriteLine("from the impression to the click");
        int[] counts = new int[Waits.Length];
        foreach (Attribution row in _rows)
        {
            if (row.Clicked is { } clicked)
                counts[Array.FindIndex(Waits, wait => (clicked - row.Shown).TotalSeconds < wait.Below)]++;
        }

        int most = Math.Max(1, counts.Max());
        for (int i = 0; i < counts.Length; i++)
            screen.WriteLine($"{Waits[i].Name,14} {Number(counts[i]),7} {new string('█', counts[i] * 40 / most)}");
    }

    private static int Shown(IEnumerable<Attribution> rows) => rows.DistinctBy(row => row.Id).Count();

    private static int Clicked(IEnumerable<Attribution> rows) => rows.Where(row => row.Clicked is not null).DistinctBy(row => row.Id).Count();

    private static double Rate(IEnumerable<Attribution> rows) => 100.0 * Clicked(rows) / Shown(rows);

    private static double Median(IEnumerable<Attribution> rows)
    {
        double[] waits = [.. rows.Where(row => row.Clicked is not null).Select(row => (row.Clicked!.Value - row.Shown).TotalSeconds).Order()];
        return waits.Length == 0 ? 0 : waits[waits.Length / 2];
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
