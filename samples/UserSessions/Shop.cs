using System.Globalization;

/// <summary>A day of clicks in a shop that does not exist, the same in each run, in the order in which they become known.</summary>
internal static class Shop
{
    private static readonly DateTimeOffset Opening = new(2024, 3, 1, 6, 0, 0, TimeSpan.Zero);
    private static readonly string[] Entries = ["home", "search", "offers", "product"];
    private static readonly string[] Middle = ["search", "product", "product", "basket", "reviews"];

    /// <summary>The clicks.</summary>
    /// <param name="visits">About how many visits there are.</param>
    public static async IAsyncEnumerable<Click> Clicks(int visits)
    {
        Random random = new(2024);
        List<(DateTimeOffset Known, Click Click)> all = [];
        for (int visit = 0; visit < visits; visit++)
            Visit(random, all);
        foreach ((_, Click click) in all.OrderBy(one => one.Known).ThenBy(one => one.Click.Visitor, StringComparer.Ordinal))
            yield return click;
        await Task.CompletedTask;
    }

    private static void Visit(Random random, List<(DateTimeOffset Known, Click Click)> all)
    {
        // Twice as many in the evening as in the morning.
        double hour = 16 * Math.Sqrt(random.NextDouble());
        DateTimeOffset time = Opening.AddHours(hour);
        string visitor = string.Create(CultureInfo.InvariantCulture, $"visitor-{random.Next(2_000):D4}");
        string device = random.Next(10) switch { < 6 => "telephone", < 9 => "computer", _ => "tv" };
        int clicks = 1 + (int)(-4 * Math.Log(1 - random.NextDouble()));
        bool buys = clicks >= 4 && random.Next(4) == 0;

        // A telephone in a tunnel: what was clicked there is known minutes later, behind what was clicked after it.
        int tunnel = device == "telephone" && random.Next(5) == 0 ? random.Next(clicks) : -1;
        for (int i = 0; i < clicks; i++)
        {
            bool last = i == clicks - 1;
            string page = i == 0 ? Entries[random.Next(Entries.Length)] : last && buys ? "order" : Middle[random.Next(Middle.Length)];
            decimal? paid = page == "order" ? Math.Round(5 + ((decimal)random.NextDouble() * 195), 2) : null;
            TimeSpan delay = i == tunnel ? TimeSpan.FromMinutes(random.Next(4, 40)) : TimeSpan.FromSeconds(random.NextDouble() * 2);
            all.Add((time + delay, new Click(visitor, device, page, paid, time)));
            time += TimeSpan.FromSeconds(Math.Round((device == "tv" ? 240 : 70) * -Math.Log(1 - random.NextDouble()), 1));
        }
    }
}
