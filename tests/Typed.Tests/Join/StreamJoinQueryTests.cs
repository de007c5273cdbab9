using System.Text.RegularExpressions;
using Typed.Tests.Execution;
using Typed.Tests.House;

namespace Typed.Tests.Join;

/// <summary>Whole queries with joins of streams, as the generator compiles them, batch by batch and over restarts.</summary>
public sealed partial class StreamJoinQueryTests
{
    private readonly MemorySource<Impression> _impressions = new();
    private readonly MemorySource<Click> _clicks = new();

    [Fact]
    public async Task A_left_join_gives_pairs_at_once_and_rows_without_a_match_when_the_watermark_excludes_one()
    {
        MemorySink<Attribution> sink = new();
        await using StreamingQuery query = await Start(Attributions.From(_impressions, _clicks).To(sink));
        await Add(query, [Shown("a", 0), Shown("b", 0), Shown("b", 1)], [Clicked("a", 3), Clicked("a", 11), Clicked("c", 2)]);
        Assert.Equal([new Attribution("a", "site", At(0), At(3), "user")], sink.Rows);
        Assert.Equal(6, query.Totals.StateRows);

        // A match that comes in another batch, and from the other side.
        await Add(query, [Shown("c", 1)], [Clicked("b", 10)]);
        Assert.Equal(["a 3", "b 10", "b 10", "c 2"], sink.Rows.Select(Words).Order());

        // The watermark: 5 minutes behind the slower stream. A row at 1 has until 11.
        await Add(query, [Shown("d", 4), Shown("z", 15)], [Clicked("z", 16)]);
        Assert.Equal(5, sink.Rows.Count);
        await Add(query, [Shown("z", 20)], [Clicked("z", 19)]);
        Assert.Equal(6, sink.Rows.Count);
        Assert.DoesNotContain("d -", sink.Rows.Select(Words));
        await Add(query, [Shown("z", 25)], [Clicked("y", 24)]);
        Assert.Contains("d -", sink.Rows.Select(Words));
        Assert.Equal(0, query.Totals.LateRows);
    }

    [Fact]
    public async Task Late_rows_are_counted_and_leave_no_trace()
    {
        MemorySink<Attribution> sink = new();
        Collect late = new();
        await using StreamingQuery query = await Start(Attributions.From(_impressions, _clicks).LateTo(late).To(sink));
        await Add(query, [Shown("a", 60)], [Clicked("b", 60)]);
        await Add(query, [Shown("c", 55), Shown("c", 56)], [Clicked("c", 20)]);
        await Add(query, [Shown("z", 100)], [Clicked("z", 100)]);
        Assert.Equal(2, query.Totals.LateRows);
        Assert.Equal(["a -", "c -", "z 100"], sink.Rows.Select(Words).Order());
        OperatorRows join = query.Totals.Operators.Single(one => one.Late > 0);
        Assert.StartsWith("join", join.Name);
        Assert.Equal((2L, 0L), (join.Late, join.Unaccounted));
        Assert.Equal(2, late.Committed.Count);
    }

    [Fact]
    public async Task A_semi_join_gives_a_row_once_and_an_anti_join_the_others()
    {
        MemorySink<Impression> clicked = new();
        MemorySink<Impression> never = new();
        await using StreamingQuery semi = await Start(ClickedAtAll.From(_impressions, _clicks).To(clicked));
        await using StreamingQuery anti = await Start(NeverClicked.From(_impressions, _clicks).To(never));
        _impressions.Add([Shown("a", 0), Shown("b", 0), Shown("c", 0)]);
        _clicks.Add([Clicked("a", 1), Clicked("a", 2)]);
        await All(semi, anti);
        Assert.Equal(["a"], clicked.Rows.Select(row => row.AdId));
        _clicks.Add([Clicked("a", 3), Clicked("b", 4), Clicked("b", 4)]);
        await All(semi, anti);
        Assert.Equal(["a", "b"], clicked.Rows.Select(row => row.AdId));
        Assert.Empty(never.Rows);
        _impressions.Add([Shown("z", 30)]);
        _clicks.Add([Clicked("z", 29)]);
        await All(semi, anti);
        Assert.Equal(["a", "b"], clicked.Rows.Select(row => row.AdId));
        Assert.Equal(["c"], never.Rows.Select(row => row.AdId));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(7, true)]
    public async Task Pairs_are_those_of_nested_loops_whatever_the_batches_and_the_restarts(int mostRows, bool restarts)
    {
        MemorySource<Impression> impressions = new() { RowsPerColumnBatch = mostRows };
        MemorySource<Click> clicked = new() { RowsPerColumnBatch = mostRows };
        Random random = new(mostRows);
        Impression[] shown = [.. Enumerable.Range(0, 60).Select(i => Shown("ad number " + random.Next(8), i / 3))];
        Click[] clicks = [.. Enumerable.Range(0, 60).Select(i => Clicked("ad number " + random.Next(8), i / 3))];
        MemorySink<Attribution> sink = new() { SurvivesRestart = true };
        string checkpoint = Directory.CreateTempSubdirectory("typed-joins").FullName;
        try
        {
            int step = restarts ? 12 : 60;
            for (int from = 0; from < 60; from += step)
            {
                impressions.Add(shown[from..(from + step)]);
                clicked.Add(clicks[from..(from + step)]);
                await using StreamingQuery query = await ClickedOnly.From(impressions, clicked).To(sink)
                    .StartAsync(new() { Checkpoint = checkpoint, Trigger = Trigger.AvailableNow }, TestContext.Current.CancellationToken);
                await query.Completion;
                Assert.Equal(0, query.Totals.Operators.Sum(one => one.Unaccounted));
            }
        }
        finally
        {
            Directory.Delete(checkpoint, recursive: true);
        }

        string[] expected =
        [
            .. from i in shown
               from c in clicks
               where i.AdId == c.AdId && c.Time >= i.Time && c.Time <= i.Time.AddMinutes(10)
               select $"{i.AdId} {i.Time.Ticks} {c.Time.Ticks}",
        ];
        Assert.True(expected.Length > 100);
        Assert.Equal(expected.Order(), sink.Rows.Select(row => $"{row.AdId} {row.Shown.Ticks} {row.Clicked?.Ticks}").Order());
    }

    [Fact]
    public async Task A_full_join_matches_null_with_null_and_keeps_the_rest_of_both()
    {
        MemorySource<Offer> offers = new();
        MemorySource<Offer> bids = new();
        MemorySink<OfferPair> sink = new();
        await using StreamingQuery query = await Start(OffersOfOneItem.From(offers, bids).To(sink));
        offers.Add([Offered(1, "book", 0), Offered(2, null, 0), Offered(3, "alone", 0)]);
        bids.Add([Offered(11, "book", 1), Offered(12, null, 0), Offered(13, "alone", 2), Offered(14, "a title of more than twelve bytes", 0)]);
        await query.ProcessAllAvailableAsync();
        Assert.Equal([new OfferPair(1, 11), new OfferPair(2, 12)], sink.Rows.OrderBy(pair => pair.Left));
        offers.Add([Offered(4, "a title of more than twelve bytes", 0), Offered(5, "end", 60)]);
        bids.Add([Offered(15, "other end", 60)]);
        await query.ProcessAllAvailableAsync();
        Assert.Equal(["-13", "1-11", "2-12", "3-", "4-14"], sink.Rows.Select(pair => $"{pair.Left}-{pair.Right}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Several_keys_have_to_be_equal_and_only_null_safe_ones_may_be_null()
    {
        MemorySource<Offer> offers = new();
        MemorySource<Offer> bids = new();
        MemorySink<OfferPair> sink = new();
        Guid token = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        Offer all = new(1, "book", 2.50m, Region.South, token, At(0));
        await using StreamingQuery query = await Start(OffersByAllKeys.From(offers, bids).To(sink));
        offers.Add([all, all with { Id = 2, Region = null }, all with { Id = 3, Price = null }, all with { Id = 4, Item = null }]);
        bids.Add(
        [
            all with { Id = 11 }, all with { Id = 12, Region = null }, all with { Id = 13, Price = null }, all with { Id = 14, Item = null },
            all with { Id = 15, Token = Guid.Empty }, all with { Id = 16, Price = 2.51m }, all with { Id = 17, Region = Region.North },
        ]);
        await query.ProcessAllAvailableAsync();
        Assert.Equal([new OfferPair(1, 11), new OfferPair(2, 12)], sink.Rows.OrderBy(pair => pair.Left));
        offers.Add([all with { Id = 5, Item = "end", Time = At(60) }]);
        bids.Add([all with { Id = 18, Item = "other end", Time = At(60) }]);
        await query.ProcessAllAvailableAsync();
        Assert.Equal(["-13", "-14", "-15", "-16", "-17", "1-11", "2-12"], sink.Rows.Select(pair => $"{pair.Left}-{pair.Right}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Windows_are_joined_in_the_batch_in_which_they_close()
    {
        MemorySink<SiteHour> sink = new();
        await using StreamingQuery query = await Start(ShownAndClicked.From(_impressions, _clicks).To(sink));
        await Add(query, [Shown("a", 10), Shown("a", 20), Shown("b", 59), Shown("a", 61)], [Clicked("a", 30), Clicked("b", 60)]);
        Assert.Empty(sink.Rows);
        await Add(query, [Shown("z", 70)], [Clicked("z", 65)]);
        Assert.Equal(
            [new SiteHour("a", At(0), 2, 1), new SiteHour("b", At(0), 1, null)],
            sink.Rows.OrderBy(row => row.Site));
    }

    [Fact]
    public async Task A_join_over_a_join_waits_as_long_as_both_together()
    {
        MemorySource<Offer> orders = new();
        MemorySink<Journey> sink = new();
        await using StreamingQuery query = await Start(Journeys.From(_impressions, _clicks, orders).To(sink));
        _impressions.Add([Shown("a", 0), Shown("b", 0)]);
        _clicks.Add([Clicked("a", 5), Clicked("b", 5)]);
        orders.Add([Offered(7, "a", 20)]);
        await query.ProcessAllAvailableAsync();
        Assert.Equal([new Journey("a", At(0), At(5), 7)], sink.Rows);

        // A click at 5 counts until 35. With the watermark at 45 the first join may still give pairs with a click at 35 less a little.
        foreach ((int minute, int rows) in ((int, int)[])[(40, 1), (50, 1), (51, 2)])
            await MoveTo(minute, rows);
        Assert.Equal(new Journey("b", At(0), At(5), null), sink.Rows[1]);

        async Task MoveTo(int minute, int rows)
        {
            _impressions.Add([Shown("z", minute)]);
            _clicks.Add([Clicked("y", minute)]);
            orders.Add([Offered(9, "x", minute)]);
            await query.ProcessAllAvailableAsync();
            Assert.Equal(rows, sink.Rows.Count);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whole_minutes_are_as_far_as_the_next_one(bool asInt)
    {
        MemorySink<Attribution> sink = new();
        await using StreamingQuery query = asInt
            ? await Start(ClickedInFewMinutes.From(_impressions, _clicks).To(sink))
            : await Start(ClickedInWholeMinutes.From(_impressions, _clicks).To(sink));
        Click[] clicks =
        [
            new("a", "user", At(-1)), new("a", "user", At(0).AddSeconds(-59)), new("a", "user", At(10).AddSeconds(59)), new("a", "user", At(11)),
        ];
        await Add(query, [Shown("a", 0), Shown("b", 0)], clicks);
        Assert.Equal([At(0).AddSeconds(-59), At(10).AddSeconds(59)], sink.Rows.Select(row => row.Clicked).Order());

        // The watermark at 10.5 lets a click at 10:59 come yet.
        await Add(query, [new("z", "site", At(15).AddSeconds(30))], [new("z", "user", At(15).AddSeconds(30))]);
        await Add(query, [], [new("b", "user", At(10).AddSeconds(59))]);
        Assert.Contains(sink.Rows, row => row.AdId == "b" && row.Clicked == At(10).AddSeconds(59));
        Assert.DoesNotContain(sink.Rows, row => row.AdId == "b" && row.Clicked is null);
    }

    [Fact]
    public async Task A_join_that_fails_between_two_batches_gives_back_what_it_holds_and_the_query_can_start_again()
    {
        // So many rows come out of each click that they are sent on before the next batch: the second one fails half-way, the third one waits.
        MemorySource<Impression> impressions = new();
        MemorySource<Click> clicks = new() { RowsPerColumnBatch = 1 };
        impressions.Add([.. Enumerable.Repeat(Shown("a", 0), 9_000)]);
        clicks.Add([Clicked("a", 1), new("a", "robot", At(2)), new("a", "robot", At(3))]);
        MemorySink<Attribution> sink = new() { SurvivesRestart = true };
        string checkpoint = Directory.CreateTempSubdirectory("typed-joins").FullName;
        try
        {
            for (int i = 0; i < 2; i++)
            {
                StreamingQuery query = await ClickedByOthers.From(impressions, clicks).To(sink)
                    .StartAsync(new() { Checkpoint = checkpoint, Trigger = Trigger.AvailableNow }, TestContext.Current.CancellationToken);
                StreamingQueryException failure = await Assert.ThrowsAsync<StreamingQueryException>(() => query.Completion);
                Assert.Contains("others", failure.Message);
                await query.DisposeAsync();
            }
        }
        finally
        {
            Directory.Delete(checkpoint, recursive: true);
        }
    }

    [Fact]
    public void The_example_of_the_page_is_the_one_that_is_tested()
    {
        string page = File.ReadAllText(Checkout.At("docs", "operators", "joins.md"));
        string example = FirstExample().Match(page).Groups[1].Value.Trim();
        Assert.Contains("LeftJoin", example);
        Assert.Contains(example, File.ReadAllText(Checkout.At("tests", "Typed.Tests", "Join", "StreamJoinPipelines.cs")));
    }

    private static Task<StreamingQuery> Start<T>(PipelineStart<T> pipeline) => pipeline.StartAsync(new(), TestContext.Current.CancellationToken);

    private static async Task All(params StreamingQuery[] queries)
    {
        foreach (StreamingQuery query in queries)
            await query.ProcessAllAvailableAsync();
    }

    private async Task Add(StreamingQuery query, Impression[] impressions, Click[] clicks)
    {
        _impressions.Add(impressions);
        _clicks.Add(clicks);
        await query.ProcessAllAvailableAsync();
    }

    private static DateTimeOffset At(int minute) => new DateTimeOffset(2024, 3, 1, 10, 0, 0, TimeSpan.Zero).AddMinutes(minute);

    private static Impression Shown(string ad, int minute) => new(ad, "site", At(minute));

    private static Click Clicked(string ad, int minute) => new(ad, "user", At(minute));

    private static Offer Offered(int id, string? item, int minute) => new(id, item, null, null, null, At(minute));

    private static string Words(Attribution row) => $"{row.AdId} {(row.Clicked is { } clicked ? (clicked - At(0)).TotalMinutes : "-")}";

    [GeneratedRegex("```csharp\n(?:using [^\n]*\n\n)?(.*?)```", RegexOptions.Singleline)]
    private static partial Regex FirstExample();
}
