namespace Typed.Tests.Stall;

/// <summary>What <see cref="StreamingQuery.Explain"/> says, word for word, for each cause by which rows wait.</summary>
public sealed class ExplainTests
{
    [Fact]
    public async Task Nothing_has_come()
    {
        using StallBench<SeenCount> bench = new();
        await using StreamingQuery query = await bench.StartAsync(SeenByMinute.From(bench.Shown, bench.Clicks));
        bench.Clock.Advance(TimeSpan.FromMinutes(3));
        Says(
            query,
            "Nothing is held back. "
            + "The watermark is 1970-01-01 00:00:00Z, its beginning: no row has come since the run began, 3 min ago. "
            + "The query waits for rows.");
    }

    [Fact]
    public async Task An_input_has_no_data_yet()
    {
        using StallBench<SeenCount> bench = new();
        await using StreamingQuery query = await bench.StartAsync(SeenByMinute.From(bench.Shown, bench.Clicks));
        await bench.AddAsync(query, [0, 1, 5]);
        bench.Clock.Advance(TimeSpan.FromMinutes(3));
        Says(
            query,
            "aggregate-1 holds 3 groups of 3 rows, the first of them until its watermark reaches 2025-01-01 10:01:00Z. "
            + "The watermark is 1970-01-01 00:00:00Z, held back by clicks: it has brought no row since the run began, 3 min ago. "
            + "shown has come to 2025-01-01 10:04:50Z. "
            + "It takes an event time of clicks at 2025-01-01 10:01:20Z or later; with idleAfter, clicks would not be waited for when it is silent. "
            + "The query waits for rows; the last batch with rows was 3 min ago.");
    }

    [Fact]
    public async Task One_of_two_inputs_has_fallen_silent()
    {
        using StallBench<SeenCount> bench = new();
        await using StreamingQuery query = await bench.StartAsync(SeenByMinute.From(bench.Shown, bench.Clicks));
        await bench.AddAsync(query, [0, 1, 5], [1]);
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        await bench.AddAsync(query, [7]);
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        Says(
            query,
            "aggregate-1 holds 4 groups of 5 rows, the first of them until its watermark reaches 2025-01-01 10:01:00Z. "
            + "The watermark is 2025-01-01 10:00:40Z, held back by clicks: it brought its last event time 3 min ago, at 2025-01-01 12:00:00Z. "
            + "shown has come to 2025-01-01 10:06:50Z. "
            + "It takes an event time of clicks at 2025-01-01 10:01:20Z or later; with idleAfter, clicks would not be waited for when it is silent. "
            + "The query waits for rows; the last batch with rows was 1 min ago.");
    }

    [Fact]
    public async Task One_of_two_inputs_lags()
    {
        using StallBench<SeenCount> bench = new();
        await using StreamingQuery query = await bench.StartAsync(SeenByMinute.From(bench.Shown, bench.Clicks));
        await bench.AddAsync(query, [20], [1.5]);
        Says(
            query,
            "aggregate-1 holds 2 groups of 2 rows, the first of them until its watermark reaches 2025-01-01 10:02:00Z. "
            + "The watermark is 2025-01-01 10:01:10Z, held back by clicks: its event times are behind, though the last came 0 s ago, at 2025-01-01 12:00:00Z. "
            + "shown has come to 2025-01-01 10:19:50Z. "
            + "It takes an event time of clicks at 2025-01-01 10:02:20Z or later; with idleAfter, clicks would not be waited for when it is silent. "
            + "The query waits for rows; the last batch with rows was 0 s ago.");
        bench.Options = bench.Options with { Checkpoint = null, WatermarkPolicy = WatermarkPolicy.Max };
        await using StreamingQuery fastest = await bench.StartAsync(SeenByMinute.From(bench.Shown, bench.Clicks));
        Says(
            fastest,
            "aggregate-1 holds 1 group of 1 row until its watermark reaches 2025-01-01 10:21:00Z. "
            + "The watermark is 2025-01-01 10:19:50Z, as far as shown has come; the last event time came 0 s ago, at 2025-01-01 12:00:00Z. "
            + "It takes an event time of shown at 2025-01-01 10:21:10Z or later. "
            + "The query waits for rows; the last batch with rows was 0 s ago.");
    }

    [Fact]
    public async Task An_input_that_holds_the_other_back_has_ended()
    {
        using StallBench<SeenCount> bench = new();
        await using StreamingQuery query = await bench.StartAsync(SeenByMinute.From(bench.Shown, OneAsync().AsSource()));
        await bench.AddAsync(query, [0, 5]);
        Says(
            query,
            "aggregate-1 holds 2 groups of 3 rows, the first of them until its watermark reaches 2025-01-01 10:01:00Z. "
            + "The watermark is 2025-01-01 09:59:40Z, held back by clicks: its event times are behind, though the last came 0 s ago, at 2025-01-01 12:00:00Z. "
            + "shown has come to 2025-01-01 10:04:50Z. "
            + "It takes an event time of clicks at 2025-01-01 10:01:20Z or later; but clicks has ended; with idleAfter, clicks would not be waited for when it is silent. "
            + "The query waits for rows; the last batch with rows was 0 s ago.");

        static async IAsyncEnumerable<Seen> OneAsync()
        {
            yield return Seen.At(0);
            await Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_partition_is_silent_and_is_then_left_out()
    {
        using StallBench<SeenCount> bench = new(partitions: 3);
        await using StreamingQuery query = await bench.StartAsync(SeenInTime.From(bench.Shown));
        bench.Shown.AddTo(0, Seen.At(0), Seen.At(5));
        bench.Shown.AddTo(1, Seen.At(0.5));
        await query.ProcessAllAvailableAsync();
        bench.Clock.Advance(TimeSpan.FromSeconds(20));
        bench.Shown.AddTo(0, Seen.At(6));
        await query.ProcessAllAvailableAsync();
        bench.Shown.AddTo(2, Seen.At(6));
        await query.ProcessAllAvailableAsync();
        Says(
            query,
            "aggregate-1 holds 3 groups of 5 rows, the first of them until its watermark reaches 2025-01-01 10:01:00Z. "
            + "The watermark is 2025-01-01 10:00:20Z, held back by shown[1]: it brought its last event time 20 s ago, at 2025-01-01 12:00:00Z. "
            + "shown[0] has come to 2025-01-01 10:05:50Z. "
            + "It takes an event time of shown[1] at 2025-01-01 10:01:10Z or later, or that shown[1] stays silent until 2025-01-01 12:00:30Z: it is not waited for after 30 s (idleAfter). "
            + "The query waits for rows; the last batch with rows was 0 s ago.");
        bench.Clock.Advance(TimeSpan.FromSeconds(10));
        await query.ProcessAllAvailableAsync();
        Assert.Single(bench.Sink.Rows);
        Says(
            query,
            "aggregate-1 holds 2 groups of 3 rows, the first of them until its watermark reaches 2025-01-01 10:06:00Z. "
            + "The watermark is 2025-01-01 10:05:50Z, as far as shown[0] and shown[2] have come; the last event time came 10 s ago, at 2025-01-01 12:00:20Z. "
            + "It takes an event time of shown[0] at 2025-01-01 10:06:10Z or later and one of shown[2] at 2025-01-01 10:06:10Z or later. "
            + "shown[1] is not waited for: it has been silent since 2025-01-01 12:00:00Z, for longer than idleAfter, 30 s. "
            + "The query waits for rows; the last batch with rows was 10 s ago.");
    }

    [Fact]
    public async Task A_partition_has_never_spoken()
    {
        using StallBench<SeenCount> bench = new(partitions: 2);
        await using StreamingQuery query = await bench.StartAsync(SeenInTime.From(bench.Shown));
        bench.Clock.Advance(TimeSpan.FromSeconds(20));
        await bench.AddAsync(query, [0, 5]);
        Says(
            query,
            "aggregate-1 holds 2 groups of 2 rows, the first of them until its watermark reaches 2025-01-01 10:01:00Z. "
            + "The watermark is 1970-01-01 00:00:00Z, held back by shown[1]: it has brought no row since the run began, 20 s ago. "
            + "shown[0] has come to 2025-01-01 10:04:50Z. "
            + "It takes an event time of shown[1] at 2025-01-01 10:01:10Z or later, or that shown[1] stays silent until 2025-01-01 12:00:30Z: it is not waited for after 30 s (idleAfter). "
            + "The query waits for rows; the last batch with rows was 0 s ago.");
    }

    [Fact]
    public async Task All_inputs_are_silent()
    {
        using StallBench<SeenCount> bench = new();
        bench.Options = bench.Options with { IdleAfter = "30 seconds" };
        await using StreamingQuery query = await bench.StartAsync(SeenByMinute.From(bench.Shown, bench.Clicks));
        await bench.AddAsync(query, [0], [0]);
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        await bench.AddAsync(query, [5]);
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        await query.ProcessAllAvailableAsync();
        Says(
            query,
            "aggregate-1 holds 1 group of 1 row until its watermark reaches 2025-01-01 10:06:00Z. "
            + "The watermark is 2025-01-01 10:04:50Z, as far as shown has come; the last event time came 2 min ago, at 2025-01-01 12:00:01Z. "
            + "It takes an event time of shown at 2025-01-01 10:06:10Z or later. "
            + "clicks is not waited for: it has been silent since 2025-01-01 12:00:00Z, for longer than idleAfter, 30 s. "
            + "The query waits for rows; the last batch with rows was 2 min ago.");
    }

    [Fact]
    public async Task A_clock_in_the_future_is_kept_out()
    {
        using StallBench<SeenCount> bench = new();
        await using StreamingQuery query = await bench.StartAsync(SeenInTime.From(bench.Shown));
        await bench.AddAsync(query, [0, 1.5, 38_940_000, 38_940_001]);
        Says(
            query,
            "aggregate-1 holds 3 groups of 3 rows, the first of them until its watermark reaches 2025-01-01 10:02:00Z. "
            + "The watermark is 2025-01-01 10:01:20Z, as far as shown has come; the last event time came 0 s ago, at 2025-01-01 12:00:00Z. "
            + "It takes an event time of shown at 2025-01-01 10:02:10Z or later. 2 event times of shown, the first 2099-01-15 02:00:00Z, were further ahead of the clock than maxAhead, 1 h, and did not move the watermark. "
            + "The query waits for rows; the last batch with rows was 0 s ago.");
    }

    [Fact]
    public async Task All_clocks_are_in_the_future()
    {
        using StallBench<SeenCount> bench = new();
        await using StreamingQuery query = await bench.StartAsync(SeenInTime.From(bench.Shown));
        await bench.AddAsync(query, [38_940_000]);
        Says(
            query,
            "aggregate-1 holds 1 group of 1 row until its watermark reaches 2099-01-15 02:01:00Z. "
            + "The watermark is 1970-01-01 00:00:00Z: the only row of shown is further ahead of the clock than maxAhead, 1 h. "
            + "It takes an event time of shown at 2099-01-15 02:01:10Z or later, which counts from 2099-01-15 01:01:10Z on (maxAhead). 1 event time of shown, the first 2099-01-15 02:00:00Z, was further ahead of the clock than maxAhead, 1 h, and did not move the watermark. "
            + "The query waits for rows; the last batch with rows was 0 s ago.");
    }

    [Fact]
    public async Task A_clock_in_the_future_has_moved_the_watermark()
    {
        using StallBench<SeenCount> bench = new();
        await using StreamingQuery query = await bench.StartAsync(SeenByMinute.From(bench.Shown, bench.Clicks));
        await bench.AddAsync(query, [38_940_000], [38_940_000]);
        await bench.AddAsync(query, [0, 1]);
        Says(
            query,
            "aggregate-1 holds 1 group of 2 rows until its watermark reaches 2099-01-15 02:01:00Z. "
            + "The watermark is 2099-01-15 01:59:40Z, held back by clicks: its event times are behind, though the last came 0 s ago, at 2025-01-01 12:00:00Z. "
            + "shown has come to 2099-01-15 01:59:50Z. "
            + "It takes an event time of shown at 2099-01-15 02:01:10Z or later and one of clicks at 2099-01-15 02:01:20Z or later; with idleAfter, clicks would not be waited for when it is silent. "
            + "The watermark is 74 years ahead of the clock, and what is behind it is late, 2 rows so far; maxAhead keeps event times out that lie too far ahead. "
            + "The query waits for rows; the last batch with rows was 0 s ago.");
    }

    [Fact]
    public async Task Event_times_are_all_null()
    {
        using StallBench<SeenCount> bench = new();
        await using StreamingQuery query = await bench.StartAsync(SeenByMinute.From(bench.Shown, bench.Clicks));
        bench.Clicks.Add(new Seen("a", null), new Seen("b", null));
        await bench.AddAsync(query, [0, 5]);
        Says(
            query,
            "aggregate-1 holds 2 groups of 2 rows, the first of them until its watermark reaches 2025-01-01 10:01:00Z. "
            + "The watermark is 1970-01-01 00:00:00Z, held back by clicks: all 2 rows that it brought have no event time. "
            + "shown has come to 2025-01-01 10:04:50Z. "
            + "It takes an event time of clicks at 2025-01-01 10:01:20Z or later; with idleAfter, clicks would not be waited for when it is silent. "
            + "The query waits for rows; the last batch with rows was 0 s ago.");
        bench.Options = bench.Options with { Checkpoint = null };
        await using StreamingQuery single = await bench.StartAsync(SeenInTime.From(bench.Clicks));
        Says(
            single,
            "Nothing is held back. "
            + "The watermark is 1970-01-01 00:00:00Z: all 2 rows of shown have no event time. "
            + "The query waits for rows; the last batch with rows was 0 s ago.");
    }

    [Fact]
    public async Task An_operator_holds_rows_until_there_is_new_data()
    {
        using StallBench<SeenCount> bench = new();
        await using StreamingQuery query = await bench.StartAsync(SeenInTime.From(bench.Shown));
        await bench.AddAsync(query, [0, 0.5, 1]);
        bench.Clock.Advance(TimeSpan.FromSeconds(20));
        Says(
            query,
            "aggregate-1 holds 2 groups of 3 rows, the first of them until its watermark reaches 2025-01-01 10:01:00Z. "
            + "The watermark is 2025-01-01 10:00:50Z, as far as shown has come; the last event time came 20 s ago, at 2025-01-01 12:00:00Z. "
            + "It takes an event time of shown at 2025-01-01 10:01:10Z or later. "
            + "The query waits for rows; the last batch with rows was 20 s ago.");
    }

    [Fact]
    public async Task A_join_holds_rows_that_may_still_find_a_match()
    {
        using StallBench<SeenPair> bench = new();
        await using StreamingQuery query = await bench.StartAsync(ClicksOfShown.From(bench.Shown, bench.Clicks));
        await bench.AddAsync(query, [0, 1], [1]);
        bench.Clock.Advance(TimeSpan.FromMinutes(4));
        await bench.AddAsync(query, [8]);
        Says(
            query,
            "join-1 holds 4 rows, the first one without a match until its watermark reaches 2025-01-01 10:13:00.001Z. "
            + "The watermark is 2025-01-01 10:01:00Z, held back by clicks: it brought its last event time 4 min ago, at 2025-01-01 12:00:00Z. "
            + "shown has come to 2025-01-01 10:08:00Z. "
            + "It takes an event time of shown at 2025-01-01 10:13:00.001Z or later and one of clicks at 2025-01-01 10:13:00.001Z or later; with idleAfter, clicks would not be waited for when it is silent. "
            + "The query waits for rows; the last batch with rows was 0 s ago.");
    }

    [Fact]
    public async Task An_operator_behind_a_join_lags_behind_it()
    {
        using StallBench<SeenCount> bench = new();
        await using StreamingQuery query = await bench.StartAsync(ClicksByMinute.From(bench.Shown, bench.Clicks));
        await bench.AddAsync(query, [0, 3.5, 10], [3.6, 9]);
        Says(
            query,
            "join-1 holds 2 rows, the first one without a match until its watermark reaches 2025-01-01 10:15:00.001Z. "
            + "aggregate-1 holds 1 group of 1 row until its watermark reaches 2025-01-01 10:04:00Z; that is 2025-01-01 10:03:59.999Z, behind that of the query. "
            + "The watermark is 2025-01-01 10:09:00Z, held back by clicks: its event times are behind, though the last came 0 s ago, at 2025-01-01 12:00:00Z. "
            + "shown has come to 2025-01-01 10:10:00Z. "
            + "It takes an event time of clicks at 2025-01-01 10:09:00.001Z or later; with idleAfter, clicks would not be waited for when it is silent. "
            + "The query waits for rows; the last batch with rows was 0 s ago.");
    }

    [Fact]
    public async Task The_next_trigger_is_due_later()
    {
        using StallBench<Seen> bench = new();
        bench.Options = bench.Options with { Stepped = false, Trigger = Trigger.Every("10 minutes") };
        bench.Clock.Advance(TimeSpan.FromMinutes(7));
        bench.Shown.Add(Seen.At(0));
        await using StreamingQuery query = await AdsOnly.From(bench.Shown).To(bench.Sink).StartAsync(bench.Options, TestContext.Current.CancellationToken);
        while (bench.Clock.Waiting == 0)
            await Task.Delay(1, TestContext.Current.CancellationToken);
        Says(
            query,
            "Nothing is held back. "
            + "The next batch is due at 2025-01-01 12:10:00Z; the last batch with rows was 0 s ago.");
    }

    [Fact]
    public async Task What_could_close_waits_for_data_after_a_restart()
    {
        using StallBench<SeenCount> bench = new();
        bench.Options = bench.Options with { NoDataBatches = false };
        await using (StreamingQuery query = await bench.StartAsync(SeenInTime.From(bench.Shown)))
        {
            await bench.AddAsync(query, [0, 5]);
            Says(
                query,
                "aggregate-1 holds 2 groups of 2 rows, the first of them until its watermark reaches 2025-01-01 10:01:00Z. "
                + "The watermark is 2025-01-01 10:04:50Z, as far as shown has come; the last event time came 0 s ago, at 2025-01-01 12:00:00Z. "
                + "It is reached; the next data lets it out, since batches without data are off (NoDataBatches). "
                + "The query waits for rows; the last batch with rows was 0 s ago.");
        }

        bench.Options = bench.Options with { NoDataBatches = true };
        await using StreamingQuery again = await bench.StartAsync(SeenInTime.From(bench.Shown));
        Says(
            again,
            "aggregate-1 holds 2 groups of 2 rows, the first of them until its watermark reaches 2025-01-01 10:01:00Z. "
            + "The watermark is 2025-01-01 10:04:50Z, as far as shown has come; the last event time came 0 s ago, at 2025-01-01 12:00:00Z. "
            + "It is reached; the next data lets it out, since no batch without data is the first one of a run. "
            + "The query waits for rows.");
    }

    [Fact]
    public async Task Nothing_is_held_back()
    {
        using StallBench<Seen> bench = new();
        await using StreamingQuery query = await bench.StartAsync(AdsOnly.From(bench.Shown));
        await bench.AddAsync(query, [0, 5]);
        bench.Clock.Advance(TimeSpan.FromMinutes(3));
        Says(
            query,
            "Nothing is held back. "
            + "The query waits for rows; the last batch with rows was 3 min ago.");
        await query.StopAsync(TestContext.Current.CancellationToken);
        Says(query, "The query has ended.");
    }

    // A machine that is busy with other tests may take long to begin.
    private static void Says(StreamingQuery query, string expected)
    {
        query.Loop.PatienceMillis = 120_000;
        Assert.Equal(expected, query.Explain());
    }
}
