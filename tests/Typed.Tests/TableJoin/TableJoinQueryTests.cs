namespace Typed.Tests.TableJoin;

/// <summary>Whole queries against two nested loops in C#: keys of many types, nulls, residuals, several matches.</summary>
public class TableJoinQueryTests
{
    private static readonly DateTimeOffset Start = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public Task A_text_key() => Check(
        (orders, clients) => JoinByText.From(orders, clients),
        (o, c) => o.Customer is not null && o.Customer == c.Name,
        (o, matches) => matches.Select(c => new Joined(o.Id, c.City, c.Most)));

    [Fact]
    public Task A_left_join_tells_a_missing_row_from_a_null() => Check(
        (orders, clients) => LeftJoinByText.From(orders, clients),
        (o, c) => o.Customer is not null && o.Customer == c.Name,
        (o, matches) => matches.Length == 0 ? [new Joined(o.Id, "none", null)] : matches.Select(c => new Joined(o.Id, c.City, c.Most)));

    [Fact]
    public Task Keys_of_many_types_and_null_safe_ones() => Check(
        (orders, clients) => LeftJoinByAll.From(orders, clients),
        (o, c) => o.Price is not null && o.Price == c.Price && o.Level is not null && o.Level == c.Level && Same(o.Weight, c.Weight)
            && o.Customer == c.Name && o.Token is not null && o.Token == c.Token,
        (o, matches) => matches.Length == 0 ? [new Joined(o.Id, null, null)] : matches.Select(c => new Joined(o.Id, c.City, c.Most)),
        narrow: true);

    [Fact]
    public Task A_semi_join_with_a_residual_a_parameter_and_a_filter_of_the_table() => Check(
        (orders, clients) => SemiJoinWithResidual.From(orders, clients, new SemiJoinWithResidual { Least = 3 }),
        (o, c) => o.Customer is not null && o.Customer == c.Name && o.Quantity <= c.Most && o.Quantity >= 3 && c.City != "hidden",
        (o, matches) => matches.Length == 0 ? [] : [new Joined(o.Id, null, null)]);

    [Fact]
    public Task An_anti_join_with_a_residual_over_times_that_may_be_null() => Check(
        (orders, clients) => AntiJoinWithResidual.From(orders, clients),
        (o, c) => o.Customer is not null && o.Customer == c.Name && o.Time >= c.Since,
        (o, matches) => matches.Length > 0 ? [] : [new Joined(o.Id, null, null)]);

    [Fact]
    public Task No_equality_at_all() => Check(
        (orders, clients) => EveryPair.From(orders, clients),
        (o, c) => o.Quantity > c.Most,
        (o, matches) => matches.Length == 0 ? [new Joined(o.Id, null, null)] : matches.Select(c => new Joined(o.Id, c.City, c.Most)));

    [Fact]
    public Task A_join_over_a_join() => Check(
        (orders, clients) => TwoTables.From(orders, clients, new MemoryTable<Client>(new Client(null, null, null, null, null, null, 5, "city 1"), new Client(null, null, null, null, null, null, 6, null))),
        (o, c) => o.Customer is not null && o.Customer == c.Name,
        (o, matches) => matches.Select(c => new Joined(o.Id, c.City, c.City == "city 1" ? 5 : null)));

    private static bool Same(double? left, double? right) => left is null ? right is null : right is not null && (left == right || (double.IsNaN(left.Value) && double.IsNaN(right.Value)));

    private static async Task Check(
        Func<MemorySource<Order>, MemoryTable<Client>, PipelineStart<Joined>> start, Func<Order, Client, bool> on, Func<Order, Client[], IEnumerable<Joined>> give, bool narrow = false)
    {
        int given = 0;
        for (int seed = 0; seed < 12; seed++)
        {
            Random random = new(seed);
            Client[] clients = [.. Enumerable.Range(0, random.Next(30)).Select(_ => RandomClient(random, narrow))];
            Order[] orders = [.. Enumerable.Range(0, 60).Select(id => RandomOrder(random, id, narrow))];
            MemorySource<Order> source = new() { RowsPerColumnBatch = seed % 3 == 0 ? 1 : 17 };
            source.Add(orders);
            MemorySink<Joined> sink = new();
            await using (StreamingQuery query = await start(source, new MemoryTable<Client>(clients)).To(sink).StartAsync(new() { Trigger = Trigger.AvailableNow }, TestContext.Current.CancellationToken))
                await query.Completion;
            Joined[] expected = [.. orders.SelectMany(o => give(o, [.. clients.Where(c => on(o, c))]))];
            Assert.Equal(expected, sink.Rows);
            given += clients.Length == 0 ? 0 : orders.Count(o => clients.Any(c => on(o, c)));
        }

        // A condition that nothing satisfies would prove nothing.
        Assert.True(given > 10, $"only {given} rows had a match");
    }

    private static Order RandomOrder(Random random, int id, bool narrow) => new(
        id, Text(random, narrow), Price(random, narrow), Level(random, narrow), Weight(random, narrow), Start.AddMinutes(random.Next(10)), Token(random, narrow), random.Next(8));

    private static Client RandomClient(Random random, bool narrow) => new(
        Text(random, narrow), Price(random, narrow), Level(random, narrow), Weight(random, narrow), random.Next(5) == 0 ? null : Start.AddMinutes(random.Next(10)),
        Token(random, narrow), random.Next(8), random.Next(4) switch { 0 => null, 1 => "hidden", var n => "city " + n % 2 });

    private static string? Text(Random random, bool narrow) => random.Next(narrow ? 3 : 12) switch
    {
        0 => null,
        1 => "",
        2 => "a name that is longer than twelve bytes",
        var n => "c" + n,
    };

    private static decimal? Price(Random random, bool narrow) => random.Next(narrow ? 4 : 8) switch { 0 => null, var n => n % 2 == 0 ? 1.5m : 2.25m };

    private static Tier? Level(Random random, bool narrow) => random.Next(narrow ? 6 : 3) switch { 0 => null, 1 => Tier.Basic, _ => Tier.Gold };

    private static double? Weight(Random random, bool narrow) => random.Next(narrow ? 4 : 8) switch { 0 => null, 1 => double.NaN, 2 => 0.0, _ => -0.0 };

    private static Guid? Token(Random random, bool narrow) => random.Next(narrow ? 5 : 3) switch { 0 => null, _ => new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) };
}
