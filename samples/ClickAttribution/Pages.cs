using System.Globalization;

/// <summary>A day of advertisements on pages that do not exist, and the clicks on them, the same in each run, each in the order in which they become known.</summary>
internal sealed class Pages
{
    private static readonly DateTimeOffset Opening = new(2024, 3, 1, 6, 0, 0, TimeSpan.Zero);
    private static readonly string[] Campaigns = ["boots", "bread", "opera", "trains"];

    // Where an advertisement stands, how many of a hundred are clicked there, and how many seconds that takes in the mean.
    private static readonly (string Name, double Rate, double Seconds)[] Placements =
    [
        ("top", 2.5, 20), ("in the text", 4, 75), ("side", 1, 50), ("bottom", 0.6, 160), ("newsletter", 6, 400),
    ];

    private readonly List<(DateTimeOffset Known, Impression Impression)> _impressions = [];
    private readonly List<(DateTimeOffset Known, Click Click)> _clicks = [];

    /// <summary>Makes the day.</summary>
    /// <param name="impressions">How many advertisements are shown.</param>
    public Pages(int impressions)
    {
        Random random = new(2024);
        for (int i = 0; i < impressions; i++)
            Show(random, string.Create(CultureInfo.InvariantCulture, $"ad-{i:D7}"));
        _impressions.Sort((one, other) => one.Known.CompareTo(other.Known));
        _clicks.Sort((one, other) => one.Known.CompareTo(other.Known));
    }

    /// <summary>How many clicks there are.</summary>
    public int ClickCount => _clicks.Count;

    /// <summary>What was shown.</summary>
    public IAsyncEnumerable<Impression> Impressions() => OneByOne(_impressions);

    /// <summary>What was clicked.</summary>
    public IAsyncEnumerable<Click> Clicks() => OneByOne(_clicks);

    private static async IAsyncEnumerable<T> OneByOne<T>(List<(DateTimeOffset Known, T Row)> rows)
    {
        foreach ((_, T row) in rows)
            yield return row;
        await Task.CompletedTask;
    }

    private void Show(Random random, string id)
    {
        // Twice as many in the evening as in the morning.
        DateTimeOffset time = Opening.AddSeconds(Math.Round(57_600 * Math.Sqrt(random.NextDouble()), 1));
        (string placement, double rate, double seconds) = Placements[random.Next(Placements.Length)];
        string campaign = Campaigns[random.Next(Campaigns.Length)];
        _impressions.Add((time.AddSeconds(random.NextDouble() * 3), new Impression(id, campaign, placement, time)));
        if (random.NextDouble() * 100 >= rate * (campaign == "boots" ? 1.5 : 1))
            return;
        DateTimeOffset clicked = time.AddSeconds(Math.Round(-seconds * Math.Log(1 - random.NextDouble()), 1));
        Click(random, new Click(id, clicked));

        // An impatient finger.
        if (random.Next(20) == 0)
            Click(random, new Click(id, clicked.AddSeconds(0.4)));
    }

    private void Click(Random random, Click click)
    {
        // A telephone in a tunnel: the click is known minutes later.
        TimeSpan delay = random.Next(50) == 0 ? TimeSpan.FromMinutes(random.Next(3, 20)) : TimeSpan.FromSeconds(random.NextDouble() * 2);
        _clicks.Add((click.Time + delay, click));
    }
}
