using Typed.Execution;
using Typed.State;

namespace Typed.Tests.Execution.Workers;

[StreamRecord]
public readonly partial record struct Hit([EventTime] DateTimeOffset Time, string Page, int Bytes);

[StreamRecord]
public readonly partial record struct PageHits(string Page, long Hits, long Bytes, int Greatest);

[StreamRecord]
public readonly partial record struct AllHits(long Hits, long Large);

[StreamRecord]
public readonly partial record struct HitsAt(DateTimeOffset Start, string Page, long Hits, long Bytes);

[Pipeline(OutputMode.Update)]
public sealed partial class HitsByPage
{
    public static Stream<PageHits> Define(Stream<Hit> hits) => hits
        .GroupBy(h => h.Page)
        .Select(g => new PageHits(g.Key, g.Count(), g.Sum(h => h.Bytes), g.Max(h => h.Bytes)));
}

[Pipeline(OutputMode.Complete)]
public sealed partial class HitsInAll
{
    public static Stream<AllHits> Define(Stream<Hit> hits) => hits
        .Aggregate(g => new AllHits(g.Count(), g.Count(h => h.Bytes > 5000)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class HitsByPageAndMinute
{
    public static Stream<HitsAt> Define(Stream<Hit> hits) => hits
        .WithWatermark(h => h.Time, "10 seconds")
        .GroupBy(h => h.Page, Window.Tumbling("1 minute"))
        .Select(g => new HitsAt(g.Window.Start, g.Key, g.Count(), g.Sum(h => h.Bytes)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class HitsInTwoMinutes
{
    public static Stream<HitsAt> Define(Stream<Hit> hits) => hits
        .WithWatermark(h => h.Time, "10 seconds")
        .GroupBy(Window.Sliding("2 minutes", every: "30 seconds"))
        .Select(g => new HitsAt(g.Window.Start, "all", g.Count(), g.Sum(h => h.Bytes)));
}

[Pipeline(OutputMode.Update)]
public sealed partial class HitsByMinute
{
    public static Stream<HitsAt> Define(Stream<Hit> hits) => hits
        .WithWatermark(h => h.Time, "10 seconds")
        .GroupBy(Window.Tumbling("1 minute"))
        .Select(g => new HitsAt(g.Window.Start, "all", g.Count(), g.Sum(h => h.Bytes)));
}

/// <summary>A key that half of the rows have is combined by each worker, and nothing but the work of the workers changes by that.</summary>
public sealed class SkewTests
{
    public static TheoryData<int, int?, bool> Many => new() { { 2, null, false }, { 2, 100, true }, { 7, 70, false }, { 7, 90, true } };

    [Theory]
    [MemberData(nameof(Many))]
    public Task Groups(int workers, int? batchSize, bool spills) => SameAsync<PageHits>((source, sink, options) => HitsByPage.From(source).To(sink).StartAsync(options, TestContext.Current.CancellationToken), workers, batchSize, spills);

    [Theory]
    [MemberData(nameof(Many))]
    public Task All_rows(int workers, int? batchSize, bool spills) => SameAsync<AllHits>((source, sink, options) => HitsInAll.From(source).To(sink).StartAsync(options, TestContext.Current.CancellationToken), workers, batchSize, spills);

    [Theory]
    [MemberData(nameof(Many))]
    public Task Windows_of_keys(int workers, int? batchSize, bool spills) => SameAsync<HitsAt>((source, sink, options) => HitsByPageAndMinute.From(source).To(sink).StartAsync(options, TestContext.Current.CancellationToken), workers, batchSize, spills);

    [Theory]
    [MemberData(nameof(Many))]
    public Task Sliding_windows_of_all_rows(int workers, int? batchSize, bool spills) => SameAsync<HitsAt>((source, sink, options) => HitsInTwoMinutes.From(source).To(sink).StartAsync(options, TestContext.Current.CancellationToken), workers, batchSize, spills);

    [Theory]
    [MemberData(nameof(Many))]
    public Task Windows_of_all_rows(int workers, int? batchSize, bool spills) => SameAsync<HitsAt>((source, sink, options) => HitsByMinute.From(source).To(sink).StartAsync(options, TestContext.Current.CancellationToken), workers, batchSize, spills);

    [Fact]
    public void Keys_that_many_rows_have_are_found_and_others_are_not()
    {
        Random random = new(5);
        uint[] hashes = new uint[4096];
        for (int i = 0; i < hashes.Length; i++)
            hashes[i] = i % 3 == 0 ? 0x1234_56FFu : (uint)random.Next();
        HotKeys hot = new(workers: 2);
        hot.Find(hashes);
        Assert.Equal((1, 0x1234_56FFu), (hot.Count, hot[0]));
        hot.Find(hashes.AsSpan(0, 32));
        Assert.Equal(0, hot.Count);
    }

    [Fact]
    public async Task Progress_shows_the_shard_that_has_most_rows()
    {
        MemorySource<Hit> source = new();
        source.Add(Hits(new Random(1), 0));
        await using StreamingQuery query = await HitsByPage.From(source).To(new MemorySink<PageHits>()).StartAsync(
            new QueryOptions { Workers = 2, UncappedWorkers = true, Trigger = Trigger.AvailableNow }, TestContext.Current.CancellationToken);
        await query.Completion;
        StateOperatorProgress state = query.RecentProgress.First(progress => progress.InputRows > 0).StateOperators[0];
        Assert.Equal((256, 1000L), (state.ShardRows.Count, state.ShardRows.Sum()));
        Assert.InRange(state.ShardRows.Max(), 450, 600);
        Assert.Contains("\"hottestShardRows\":", query.RecentProgress.First(progress => progress.InputRows > 0).ToJson(), StringComparison.Ordinal);
    }

    private static IEnumerable<Hit> Hits(Random random, int batch) => Enumerable.Range(0, 1000).Select(i => new Hit(
        DateTimeOffset.UnixEpoch.AddSeconds((batch * 100) + random.Next(130)), random.Next(2) == 0 ? "/" : $"/{random.Next(300)}", random.Next(10_000)));

    private static async Task SameAsync<TOut>(
        Func<MemorySource<Hit>, MemorySink<TOut>, QueryOptions, Task<StreamingQuery>> start, int workers, int? batchSize, bool spills)
        where TOut : Schema.IStreamRecord<TOut>
    {
        MemorySink<TOut> one = new();
        MemorySink<TOut> several = new();
        foreach ((MemorySink<TOut> sink, int count) in ((MemorySink<TOut>, int)[])[(one, 1), (several, workers)])
        {
            MemorySource<Hit> source = new();
            RowAccount account = new();
            QueryOptions options = new()
            {
                Workers = count, UncappedWorkers = true, BatchSize = batchSize, Stepped = true, State = count > 1 && spills ? new MemorySpillStore(0) : null,
            };
            await using StreamingQuery query = await start(source, sink, options);
            Random random = new(3);
            for (int batch = 0; batch < 6; batch++)
            {
                source.Add(Hits(random, batch));
                await query.ProcessAllAvailableAsync();
            }

            Assert.Empty(query.RecentProgress.SelectMany(account.Add));
        }

        Assert.NotEmpty(one.Rows);
        Assert.Equal(one.Rows.Select(row => row.ToString()).Order(StringComparer.Ordinal), several.Rows.Select(row => row.ToString()).Order(StringComparer.Ordinal));
    }
}
