namespace Typed.Oracle.Nexmark;

/// <summary>
/// The events of the Nexmark benchmark: of 50 events one is a person, three are auctions, the rest bids; half of the bids go to a hot auction, three
/// quarters come from a hot bidder. Every value depends on the number of its event alone, so each run and each reader sees the same stream.
/// </summary>
/// <param name="eventsPerSecond">How dense the events lie in event time.</param>
/// <param name="disorder">The number of neighbouring events that are shuffled; 1 for none.</param>
internal sealed class NexmarkEvents(int eventsPerSecond, int disorder)
{
    private const long First = 1000;
    private const int Block = 50;
    private static readonly DateTimeOffset Start = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Cities = ["Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"];
    private static readonly string[] States = ["AZ", "CA", "ID", "OR", "WA", "WY"];
    private static readonly string[] Channels = ["Google", "Facebook", "Baidu", "Apple"];

    /// <summary>The number of the event that comes at a place of the stream.</summary>
    public long NumberAt(long place) => (place / disorder * disorder) + (place * 953 % disorder);

    /// <summary>0 for a person, 1 for an auction, 2 for a bid.</summary>
    public static int KindOf(long number) => (number % Block) switch
    {
        0 => 0,
        < 4 => 1,
        _ => 2,
    };

    public Person Person(long number)
    {
        Numbers random = new(number);
        return new Person(First + LastPerson(number), $"person {random.Below(99)}", Cities[random.Below(Cities.Length)], States[random.Below(States.Length)], TimeOf(number));
    }

    public Auction Auction(long number)
    {
        Numbers random = new(number);
        long initial = random.Price();
        long reserve = initial + random.Price();

        // As long as it takes to generate some hundred auctions.
        long longest = 2L * 1666 * 1_000_000 / eventsPerSecond / 1000;
        DateTimeOffset time = TimeOf(number);
        long seller = random.Below(4) > 0 ? LastPerson(number) / 100 * 100 : AnyPerson(number, ref random);
        return new Auction(
            First + LastAuction(number), initial, reserve, time, time.AddMilliseconds(1 + random.Below((int)longest)), First + seller, 10 + random.Below(5));
    }

    public Bid Bid(long number)
    {
        Numbers random = new(number);
        long last = LastAuction(number);
        long auction = random.Below(2) > 0 ? last / 100 * 100 : Math.Max(0, last - 100) + random.Below((int)Math.Min(last, 100) + 11);
        long bidder = random.Below(4) > 0 ? (LastPerson(number) / 100 * 100) + 1 : AnyPerson(number, ref random);
        string channel = random.Below(2) > 0 ? Channels[random.Below(Channels.Length)] : $"channel-{random.Below(10_000)}";
        return new Bid(First + auction, First + bidder, random.Price(), channel, TimeOf(number));
    }

    private static long LastPerson(long number) => number / Block;

    private static long LastAuction(long number) => (number % Block) switch
    {
        0 => Math.Max(0, (3 * (number / Block)) - 1),
        < 4 and var slot => (3 * (number / Block)) + slot - 1,
        _ => (3 * (number / Block)) + 2,
    };

    private static long AnyPerson(long number, ref Numbers random)
    {
        long last = LastPerson(number);
        return Math.Max(0, last - 1000) + random.Below((int)Math.Min(last, 1000) + 11);
    }

    private DateTimeOffset TimeOf(long number) => Start.AddMilliseconds(number * 1000 / eventsPerSecond);

    /// <summary>Random numbers of one event (the generator is SplitMix64).</summary>
    private struct Numbers(long seed)
    {
        private ulong _state = (ulong)seed * 0x9E37_79B9_7F4A_7C15;

        public int Below(int bound) => (int)(Next() % (ulong)bound);

        /// <summary>Between 1e2 and 1e8, each order of magnitude as likely as any other.</summary>
        public long Price() => (long)Math.Round(100 * Math.Pow(10, 6 * ((Next() >> 11) / (double)(1L << 53))));

        private ulong Next()
        {
            ulong z = _state += 0x9E37_79B9_7F4A_7C15;
            z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
            z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
            return z ^ (z >> 31);
        }
    }
}
