/// <summary>A day at a market that does not exist, the same in each run: its sales in the order in which they become known.</summary>
internal static class Market
{
    private static readonly DateTimeOffset Opening = new(2024, 6, 1, 7, 0, 0, TimeSpan.Zero);
    private static readonly (string Name, int Tills, double Price)[] Stalls =
        [("bread", 3, 4), ("cheese", 2, 11), ("fish", 2, 18), ("flowers", 1, 14), ("fruit", 4, 6), ("honey", 1, 9)];

    /// <summary>The sales.</summary>
    /// <param name="count">How many there are.</param>
    public static async IAsyncEnumerable<Sale> Sales(int count)
    {
        Random random = new(2024);
        (DateTimeOffset From, DateTimeOffset To)[][] cuts = [.. Stalls.Select(stall => Enumerable.Range(0, stall.Tills).Select(_ => Cut(random)).ToArray())];
        List<Sale> all = [];
        for (int i = 0; i < count; i++)
        {
            int stall = random.Next(Stalls.Length);
            int till = random.Next(Stalls[stall].Tills);

            // Most people come in the late morning.
            DateTimeOffset time = Opening.AddHours(11 * (random.NextDouble() + random.NextDouble()) / 2);
            decimal paid = Math.Round((decimal)(Stalls[stall].Price * (0.3 - Math.Log(1 - random.NextDouble()))), 2);

            // A till without a net sends what it has when it is back, all at once; a few sales are slow by themselves.
            (DateTimeOffset from, DateTimeOffset to) = cuts[stall][till];
            DateTimeOffset known = time >= from && time < to ? to
                : time.AddSeconds(random.Next(100) == 0 ? random.Next(60, 2_400) : random.Next(1, 20));
            all.Add(new Sale(Stalls[stall].Name, till + 1, paid, known, time));
        }

        foreach (Sale sale in all.OrderBy(one => one.Known).ThenBy(one => one.Time))
            yield return sale;
        await Task.CompletedTask;
    }

    // One till in three loses its net once a day, for some minutes or for hours.
    private static (DateTimeOffset From, DateTimeOffset To) Cut(Random random)
    {
        DateTimeOffset from = Opening.AddHours(random.NextDouble() * 9);
        return random.Next(3) == 0 ? (from, from.AddMinutes(random.Next(5, 200))) : (from, from);
    }
}
