using Typed.Operators;
using Typed.Tests.Generator;

namespace Typed.Tests.Aggregate;

/// <summary>Aggregations as the generator compiles them from a query.</summary>
public sealed class GeneratedAggregateTests
{
    [Fact]
    public void Sliding_windows_close_in_order()
    {
        using PipelineRun<ShopTotal> run = new(new SlidingSales());
        StatefulOperator aggregate = run.Graph.Stateful.Single();
        Assert.Equal([], run.Batch(Some("A", 2, 5), Some(null, 1, 12), Some("A", 4, 14), Some("A", 0, 15)));
        aggregate.EvictionWatermark = At(20);
        Assert.Equal(
            [
                new(Time(-20), Time(10), "A", 1, 2, 2, 2.5, 3m),
                new(Time(-10), Time(20), "A", 2, 6, 3, 2.5, 6m),
                new(Time(-10), Time(20), null, 1, 1, 1, 2.5, 3m),
            ],
            run.Batch<Sale>().OrderBy(row => row.Start).ThenByDescending(row => row.Shop));
        Assert.Equal((3L, 4L), (aggregate.State.Removed, aggregate.State.Total));
    }

    [Fact]
    public void A_users_aggregate_and_a_list()
    {
        using PipelineRun<Running> run = new(new RunningSales());
        Assert.Equal([new("A", 2, 3, [])], run.Batch(Some("A", 5, 1), Some("A", 2, 2)).Select(row => row with { Sizes = [] }));
        List<Running> second = run.Batch(Some("B", 7, 3), Some("A", 9, 4), Some("A", 1, 5));
        Assert.Equal([("B", 0L), ("A", 8L)], second.Select(row => (row.Shop, row.Spread!.Value)));
        Assert.Equal([2, 5, 9], second[1].Sizes);
    }

    private static Sale Some(string? shop, int quantity, int second) => new(shop, quantity, 2.5, 3m, Time(second));

    private static DateTimeOffset Time(int second) => DateTimeOffset.UnixEpoch.AddSeconds(1_000_000 + second);

    private static long At(int second) => (1_000_000L + second) * 1_000_000;
}
