using Typed.Tests.Files;
using Typed.Tests.State.Evolution.Before;

namespace Typed.Tests.State.Evolution;

/// <summary>What stands before an operator with state may change; the names that the operator reads are what its keys and conditions are known by.</summary>
public sealed class BeforeStateTests : IDisposable
{
    private static readonly DateTimeOffset s_noon = new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly Folder _folder = new();
    private readonly MemorySource<Purchase> _sales = new();
    private readonly MemorySource<Purchase> _others = new();
    private readonly MemorySink<Sold> _sold = new() { SurvivesRestart = true };

    private delegate Task<StreamingQuery> Start(QueryOptions options, CancellationToken cancellation);

    [Fact]
    public async Task A_renamed_column_keeps_its_state_where_a_projection_gives_it_the_old_name()
    {
        _sales.Add(new Purchase("u", "s", 3, s_noon));
        await RunAsync(Before.First.Renamed.From(_sales).To(_sold).StartAsync);

        // The same stream under new names: its first row has been read.
        MemorySource<PurchaseAnew> anew = new();
        anew.Add(new PurchaseAnew("u", "s", 3, s_noon), new PurchaseAnew("u", "s", 4, s_noon));
        await RunAsync(Before.Other.Renamed.From(anew).To(_sold).StartAsync);
        Assert.Equal([new Sold("u", 3), new Sold("u", 7)], _sold.Rows);
    }

    [Fact]
    public async Task Another_meaning_under_the_same_name_is_not_seen()
    {
        _sales.Add(new Purchase("u", "s", 3, s_noon), new Purchase("s", "s", 5, s_noon));
        await RunAsync(Before.First.Meant.From(_sales).To(_sold).StartAsync);
        _sales.Add(new Purchase("u", "s", 4, s_noon));
        await RunAsync(Before.Other.Meant.From(_sales).To(_sold).StartAsync);
        Assert.Equal(new Sold("s", 405), _sold.Rows[^1]);
    }

    [Theory]
    [InlineData("Inner")]
    [InlineData("Left")]
    public async Task A_condition_on_one_side_of_a_join_is_no_part_of_its_state(string pipeline)
    {
        await RunAsync(JoinOf(pipeline, first: true), s_noon);
        await RunAsync(JoinOf(pipeline, first: false), s_noon.AddMinutes(1));
        Assert.Equal(3, _sold.Rows.Count(sold => sold == new Sold("u", 3)));
    }

    [Fact]
    public async Task Equalities_of_a_join_have_their_order()
    {
        await RunAsync(Before.First.Swapped.From(_sales, _others).To(_sold).StartAsync, s_noon);
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => RunAsync(Before.Other.Swapped.From(_sales, _others).To(_sold).StartAsync, s_noon));
        Assert.Equal("state-schema-changed", refused.Rule);
    }

    public void Dispose() => _folder.Dispose();

    private Start JoinOf(string pipeline, bool first) => (pipeline, first) switch
    {
        ("Inner", true) => Before.First.Inner.From(_sales, _others).To(_sold).StartAsync,
        ("Inner", false) => Before.Other.Inner.From(_sales, _others).To(_sold).StartAsync,
        (_, true) => Before.First.Left.From(_sales, _others).To(_sold).StartAsync,
        _ => Before.Other.Left.From(_sales, _others).To(_sold).StartAsync,
    };

    private Task RunAsync(Start start, DateTimeOffset time)
    {
        _sales.Add(new Purchase("u", "s", 3, time));
        _others.Add(new Purchase("u", "s", 3, time));
        return RunAsync(start);
    }

    private async Task RunAsync(Start start)
    {
        QueryOptions options = new() { Checkpoint = _folder.Checkpoint, Trigger = Trigger.AvailableNow };
        await using StreamingQuery query = await start(options, TestContext.Current.CancellationToken);
        await query.Completion;
    }
}
