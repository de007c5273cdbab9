using Typed.Tests.Files;

namespace Typed.Tests.Processors;

/// <summary>Generated processors in whole queries: every type of state, keys and rows of several parts, the initial state.</summary>
public class ProcessorQueryTests
{
    private static readonly DateTimeOffset Start = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What is told back is what the same fields hold in memory, over batches and a restart after each.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public async Task State_of_every_type_is_kept_for_each_key(int seed, bool restarts)
    {
        Random random = new(seed);
        using Folder folder = new();
        MemorySource<Ask> source = new() { RowsPerColumnBatch = seed + 1 };
        MemorySink<Told> sink = new() { SurvivesRestart = true };
        Dictionary<(string, int), Remembered> remembered = [];
        List<Told> expected = [];
        for (int batch = 0; batch < 6; batch++)
        {
            Ask[] asks = [.. Enumerable.Range(0, 40).Select(_ => Any(random))];

            // Handlers get the rows of a key together.
            foreach (Ask ask in asks.GroupBy(ask => (ask.User, ask.Part)).SelectMany(group => group))
            {
                if (!remembered.TryGetValue((ask.User, ask.Part), out Remembered? own))
                    remembered.Add((ask.User, ask.Part), own = new Remembered());
                if (ask.Do == "keep")
                    own.Keep(ask);
                else if (ask.Do == "forget")
                    remembered[(ask.User, ask.Part)] = new Remembered();
                else
                    expected.Add(new Told(ask.User, ask.Part, "> " + own.Tell()));
            }

            source.Add(asks);
            if (restarts || batch == 5)
                await Run(source, sink, folder.Checkpoint);
        }

        Assert.True(expected.Count > 20);
        Assert.Equal(expected.Order(ByText), sink.Rows.Order(ByText));
    }

    [Fact]
    public async Task A_group_processor_begins_with_a_table_and_ends_by_the_clock()
    {
        await using var test = Counting.Test();
        test.Begins.Set(new Begin("a", 10), new Begin(null, 5), new Begin("z", 1));
        test.Asks.Add(Asked("a"), Asked("a"), Asked(null), Asked("b"));
        await test.RunUntilIdleAsync();
        test.Output.ExpectNew(new(null, 7, false), new("a", 14, false), new("b", 2, false), new("z", 1, false));
        await test.AdvanceAsync(TimeSpan.FromHours(1));
        test.Output.ExpectNew();
        await test.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        test.Output.ExpectNew(new(null, 7, true), new("a", 14, true), new("b", 2, true), new("z", 1, true));
    }

    private static IComparer<Told> ByText { get; } = Comparer<Told>.Create((left, right) => string.CompareOrdinal(left.ToString(), right.ToString()));

    private static async Task Run(MemorySource<Ask> source, MemorySink<Told> sink, string checkpoint)
    {
        await using StreamingQuery query = await Keeping.From(source, new Keeping { Prefix = "> " }).To(sink)
            .StartAsync(new() { Checkpoint = checkpoint, Trigger = Trigger.AvailableNow }, TestContext.Current.CancellationToken);
        await query.Completion;
    }

    private static Ask Asked(string? text) => new("u", 1, "", false, 1, 1, 1, text, Start, default, default, default, Mood.Calm, null, []);

    private static Ask Any(Random random) => new(
        "user " + random.Next(3), random.Next(3), random.Next(4) switch { 0 or 1 => "keep", 2 when random.Next(3) == 0 => "forget", _ => "tell" }, random.Next(2) == 0, random.Next(-5, 300),
        random.Next(5) switch { 0 => double.NaN, 1 => -0.0, _ => random.NextDouble() }, random.Next(-9999, 9999) / 100m, random.Next(3) == 0 ? null : "text " + random.Next(5),
        Start.AddTicks(random.NextInt64(1_000_000_000_000) * 10), new DateOnly(1999, 1, 1).AddDays(random.Next(2000)), TimeSpan.FromMilliseconds(random.Next(-9999, 9999)),
        new Guid(random.Next(3), 1, 2, new byte[8]), random.Next(2) == 0 ? Mood.Calm : Mood.Tense,
        random.Next(3) == 0 ? null : new Place("city " + random.Next(4), random.Next(2) == 0 ? null : random.Next(99), Mood.Tense),
        [.. Enumerable.Range(0, random.Next(3)).Select(_ => "tag " + random.Next(9))]);

    /// <summary>The same fields in memory.</summary>
    private sealed class Remembered
    {
        private readonly List<string> _tags = [];
        private readonly List<Note> _notes = [];
        private readonly Dictionary<string, decimal> _prices = [];
        private Ask? _kept;
        private Place? _lastPlace;

        public void Keep(Ask ask)
        {
            _kept = ask;
            _lastPlace = ask.Place ?? _lastPlace;
            _tags.AddRange(ask.Tags);
            _notes.Add(NoteOf(ask));
            _prices[ask.Text ?? ""] = ask.Exact;
        }

        public string Tell()
        {
            Ask ask = _kept ?? default;
            bool known = _kept is not null;
            return Telling.Of(
                ask.Flag, known ? ask.Flag : null, (byte)ask.Number, ask.Number, known ? (ulong)ask.Number : null, (float)ask.Real, ask.Real, known ? ask.Real : null,
                ask.Exact, known ? ask.Exact : null, ask.Time, known ? ask.Time : null, ask.Day, known ? ask.Day : null, ask.Span, ask.Id, known ? ask.Id : null,
                ask.Mood, known ? ask.Mood : null, ask.Text, known ? ask.Id.ToByteArray().Take(ask.Part).ToArray() : null, ask.Place,
                ask.Text is null ? null : NoteOf(ask), known ? new TimeWindow(ask.Time, ask.Time + ask.Span) : null, _lastPlace,
                _tags.ToArray(), _notes.ToArray(), _prices.OrderBy(price => price.Key, StringComparer.Ordinal).ToArray());
        }

        private static Note NoteOf(Ask ask) => new("about " + ask.Text, ask.Flag ? ask.Id.ToByteArray() : null, ask.Place, ask.Span);
    }
}
