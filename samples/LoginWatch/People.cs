using System.Globalization;

/// <summary>An attack that was made up, to hold the alarms against.</summary>
internal sealed record Attack(string User, DateTimeOffset First, int Tries, bool GetsIn, bool IsSlow);

/// <summary>A day of sign-ins to something that does not exist, the same in each run, in the order in which they become known.</summary>
internal sealed class People
{
    private static readonly DateTimeOffset Morning = new(2024, 3, 1, 6, 0, 0, TimeSpan.Zero);
    private readonly Random _random = new(2024);
    private readonly List<(DateTimeOffset Known, SignIn SignIn)> _all = [];

    /// <summary>Makes the day.</summary>
    /// <param name="signIns">About how many honest sign-ins there are.</param>
    /// <param name="attacks">How many users somebody tries to be.</param>
    public People(int signIns, int attacks)
    {
        for (int i = 0; i < signIns; i++)
            Honest();
        for (int i = 0; i < attacks; i++)
            Attacks.Add(Guess(i));
    }

    /// <summary>What the watch should find.</summary>
    public List<Attack> Attacks { get; } = [];

    /// <summary>The sign-ins.</summary>
    public async IAsyncEnumerable<SignIn> SignIns()
    {
        foreach ((_, SignIn signIn) in _all.OrderBy(one => one.Known).ThenBy(one => one.SignIn.User, StringComparer.Ordinal))
            yield return signIn;
        await Task.CompletedTask;
    }

    private void Honest()
    {
        int user = _random.Next(4_000);
        DateTimeOffset time = Morning.AddHours(16 * Math.Sqrt(_random.NextDouble()));

        // Most know their password, some mistype it, and a few try all that they ever had.
        int failures = _random.Next(1000) switch { < 900 => 0, < 970 => 1, < 999 => 2, _ => 4 + _random.Next(4) };
        for (int i = 0; i < failures; i++)
        {
            Add(Name("user", user), Address(user), false, time);
            time += TimeSpan.FromSeconds(5 + _random.Next(25));
        }

        Add(Name("user", user), Address(user), true, time);
    }

    private Attack Guess(int number)
    {
        string user = Name("user", _random.Next(4_000));
        DateTimeOffset first = Morning.AddHours(16 * _random.NextDouble());
        bool isSlow = number % 12 == 11;
        bool getsIn = !isSlow && _random.Next(5) == 0;
        int tries = 8 + _random.Next(60);
        int places = 1 + _random.Next(4);
        DateTimeOffset time = first;
        for (int i = 0; i < tries; i++)
        {
            bool last = getsIn && i == tries - 1;
            Add(user, Address(10_000 + (number * 8) + _random.Next(places)), last, time);

            // A patient one stays below every limit.
            time += isSlow ? TimeSpan.FromSeconds(100 + _random.Next(60)) : TimeSpan.FromSeconds(1 + _random.Next(8));
        }

        return new Attack(user, first, tries, getsIn, isSlow);
    }

    private void Add(string user, string address, bool succeeded, DateTimeOffset time)
    {
        TimeSpan delay = TimeSpan.FromSeconds(_random.Next(500) == 0 ? 60 + _random.Next(240) : _random.Next(30));
        _all.Add((time + delay, new SignIn(user, address, succeeded, time)));
    }

    private static string Name(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{number:D4}");

    // From the blocks that are for documentation.
    private static string Address(int number) => string.Create(CultureInfo.InvariantCulture, $"198.51.{number / 250 % 250}.{number % 250}");
}
