using Typed.Schema;
using static Typed.Durations;

namespace Typed.Tests.Execution.Workers;

[StreamRecord]
public readonly partial record struct PageReach(DateTimeOffset Start, long Pages, long Hits, long Bytes);

[StreamRecord]
public readonly partial record struct PagePair(string Page, DateTimeOffset Time, int Bytes, int? Before);

[StreamRecord]
public readonly partial record struct Answered(DateTimeOffset Start, string Page, long Hits, long Answers);

/// <summary>Each page and size once, then minutes.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class DistinctHitsByMinute
{
    public static Stream<HitsAt> Define(Stream<Hit> hits) => hits
        .WithWatermark(h => h.Time, "10 seconds")
        .DropDuplicatesWithinWatermark(h => new { h.Page, h.Bytes })
        .GroupBy(h => h.Page, Window.Tumbling("1 minute"))
        .Select(g => new HitsAt(g.Window.Start, g.Key, g.Count(), g.Sum(h => h.Bytes)));
}

/// <summary>Windows of windows.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class PagesByMinute
{
    public static Stream<PageReach> Define(Stream<Hit> hits) => hits
        .WithWatermark(h => h.Time, "10 seconds")
        .GroupBy(h => h.Page, Window.Tumbling("20 seconds"))
        .Select(g => new { g.Window.Time, Hits = g.Count(), Bytes = g.Sum(h => h.Bytes) })
        .GroupBy(Window.Tumbling("1 minute"))
        .Select(g => new PageReach(g.Window.Start, g.Count(), g.Sum(p => p.Hits), g.Sum(p => p.Bytes)));
}

/// <summary>Sessions, and in which minutes they end.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class SessionsByMinute
{
    public static Stream<PageReach> Define(Stream<Hit> hits) => hits
        .WithWatermark(h => h.Time, "10 seconds")
        .GroupBy(h => h.Page, Window.Session("5 seconds"))
        .Select(g => new { g.Window.Time, Hits = g.Count(), Bytes = g.Sum(h => h.Bytes) })
        .GroupBy(Window.Tumbling("1 minute"))
        .Select(g => new PageReach(g.Window.Start, g.Count(), g.Sum(p => p.Hits), g.Sum(p => p.Bytes)));
}

/// <summary>A join of two sides with state, and minutes of what it gives.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class AnswersByMinute
{
    public static Stream<Answered> Define(Stream<Hit> hits, Stream<Hit> answers) => hits
        .WithWatermark(h => h.Time, "10 seconds")
        .DropDuplicatesWithinWatermark(h => new { h.Page, h.Bytes })
        .LeftJoin(
            answers.WithWatermark(a => a.Time, "10 seconds"),
            on: (h, a) => h.Page == a.Page && a.Time >= h.Time && a.Time <= h.Time + Seconds(20),
            select: (h, a) => new { h.Page, h.Time, Answer = a?.Bytes })
        .GroupBy(p => p.Page, Window.Tumbling("1 minute"))
        .Select(g => new Answered(g.Window.Start, g.Key, g.Count(), g.Count(p => p.Answer != null)));
}

/// <summary>Two aggregations joined by window and key, closed by the same watermark.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class HitsAndAnswers
{
    public static Stream<Answered> Define(Stream<Hit> hits, Stream<Hit> answers) => hits
        .WithWatermark(h => h.Time, "10 seconds")
        .GroupBy(h => h.Page, Window.Tumbling("1 minute"))
        .Select(g => new { g.Key, g.Window, Hits = g.Count() })
        .Join(
            answers.WithWatermark(a => a.Time, "10 seconds")
                .GroupBy(a => a.Page, Window.Tumbling("1 minute"))
                .Select(g => new { g.Key, g.Window, Answers = g.Count() }),
            on: (h, a) => h.Key == a.Key && h.Window == a.Window,
            select: (h, a) => new Answered(h.Window.Start, h.Key, h.Hits, a.Answers));
}

/// <summary>The pages of each minute with most bytes.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class TopPagesByMinute
{
    public static Stream<HitsAt> Define(Stream<Hit> hits) => hits
        .WithWatermark(h => h.Time, "10 seconds")
        .GroupBy(h => h.Page, Window.Tumbling("1 minute"))
        .Select(g => new { g.Window, Page = g.Key, Hits = g.Count(), Bytes = g.Sum(h => h.Bytes) })
        .TopBy(3, group: c => c.Window, by: c => c.Bytes)
        .Select(c => new HitsAt(c.Window.Start, c.Page, c.Hits, c.Bytes));
}

/// <summary>All pages in an order.</summary>
[Pipeline(OutputMode.Complete)]
public sealed partial class PagesInOrder
{
    public static Stream<PageHits> Define(Stream<Hit> hits) => hits
        .GroupBy(h => h.Page)
        .Select(g => new PageHits(g.Key, g.Count(), g.Sum(h => h.Bytes), g.Max(h => h.Bytes)))
        .OrderByDescending(p => p.Hits).ThenBy(p => p.Page);
}

/// <summary>With two operators with state, one behind the other, several workers give what one gives.</summary>
public sealed class TwoOperatorsTests
{
    public static TheoryData<int, int?, int> Many => new() { { 2, null, 1 }, { 2, 33, 2 }, { 7, 40, 3 }, { 7, 1000, 4 }, { 7, 1, 5 } };

    [Theory]
    [MemberData(nameof(Many))]
    public Task Duplicates_and_then_windows(int workers, int? batchSize, int seed) => SameAsync<HitsAt>(
        (hits, _, sink, options) => DistinctHitsByMinute.From(hits).To(sink).StartAsync(options, TestContext.Current.CancellationToken), workers, batchSize, seed);

    [Theory]
    [MemberData(nameof(Many))]
    public Task Windows_of_windows(int workers, int? batchSize, int seed) => SameAsync<PageReach>(
        (hits, _, sink, options) => PagesByMinute.From(hits).To(sink).StartAsync(options, TestContext.Current.CancellationToken), workers, batchSize, seed);

    [Theory]
    [MemberData(nameof(Many))]
    public Task Sessions_and_then_windows(int workers, int? batchSize, int seed) => SameAsync<PageReach>(
        (hits, _, sink, options) => SessionsByMinute.From(hits).To(sink).StartAsync(options, TestContext.Current.CancellationToken), workers, batchSize, seed);

    [Theory]
    [MemberData(nameof(Many))]
    public Task Duplicates_and_a_join_and_windows(int workers, int? batchSize, int seed) => SameAsync<Answered>(
        (hits, answers, sink, options) => AnswersByMinute.From(hits, answers).To(sink).StartAsync(options, TestContext.Current.CancellationToken), workers, batchSize, seed);

    [Theory]
    [MemberData(nameof(Many))]
    public Task A_join_of_windows(int workers, int? batchSize, int seed) => SameAsync<Answered>(
        (hits, answers, sink, options) => HitsAndAnswers.From(hits, answers).To(sink).StartAsync(options, TestContext.Current.CancellationToken), workers, batchSize, seed);

    [Theory]
    [MemberData(nameof(Many))]
    public Task Windows_and_the_first_of_each(int workers, int? batchSize, int seed) => SameAsync<HitsAt>(
        (hits, _, sink, options) => TopPagesByMinute.From(hits).To(sink).StartAsync(options, TestContext.Current.CancellationToken), workers, batchSize, seed);

    /// <summary>What is sorted has the same order, row by row.</summary>
    [Theory]
    [MemberData(nameof(Many))]
    public Task Groups_in_an_order(int workers, int? batchSize, int seed) => SameAsync<PageHits>(
        (hits, _, sink, options) => PagesInOrder.From(hits).To(sink).StartAsync(options, TestContext.Current.CancellationToken), workers, batchSize, seed, inOrder: true);

    private static IEnumerable<Hit> Hits(Random random, int batch, int count) => Enumerable.Range(0, count).Select(i => new Hit(
        DateTimeOffset.UnixEpoch.AddMilliseconds((batch * 40_000) + random.Next(60_000)), $"/{random.Next(40)}", random.Next(1_000_000)));

    private static async Task SameAsync<TOut>(
        Func<MemorySource<Hit>, MemorySource<Hit>, MemorySink<TOut>, QueryOptions, Task<StreamingQuery>> start, int workers, int? batchSize, int seed, bool inOrder = false)
        where TOut : IStreamRecord<TOut>
    {
        // What stands in one micro-batch is compared with what stands in it, so that the batch in which a row comes is the same too.
        List<string[]> one = await RunAsync(start, 1, null, seed, inOrder);
        Assert.NotEmpty(one.SelectMany(rows => rows));
        Assert.Equal(one, await RunAsync(start, workers, batchSize, seed, inOrder));
    }

    // What is to be in order is the whole result each time.
    private static async Task<List<string[]>> RunAsync<TOut>(
        Func<MemorySource<Hit>, MemorySource<Hit>, MemorySink<TOut>, QueryOptions, Task<StreamingQuery>> start, int workers, int? batchSize, int seed, bool inOrder)
        where TOut : IStreamRecord<TOut>
    {
        MemorySource<Hit> hits = new();
        MemorySource<Hit> answers = new();
        MemorySink<TOut> sink = new();
        RowAccount account = new();
        QueryOptions options = new() { Workers = workers, UncappedWorkers = true, BatchSize = batchSize, Stepped = true };
        await using StreamingQuery query = await start(hits, answers, sink, options);
        Random random = new(seed);
        List<string[]> batches = [];
        for (int batch = 0; batch < 6; batch++)
        {
            int before = sink.Rows.Count;
            Hit[] some = [.. Hits(random, batch, 200)];
            hits.Add([.. some, .. some.Where(_ => random.Next(3) == 0)]);
            answers.Add(Hits(random, batch, 60));
            await query.ProcessAllAvailableAsync();
            IEnumerable<string> rows = sink.Rows.Skip(inOrder ? 0 : before).Select(row => row.ToString()!);
            batches.Add([.. inOrder ? rows : rows.Order(StringComparer.Ordinal)]);
        }

        Assert.Empty(query.RecentProgress.SelectMany(account.Add));
        return batches;
    }
}
