using Typed.Testing;
using Typed.Tests.Files;
using Typed.Tests.Processors.Versions;

namespace Typed.Tests.Processors;

/// <summary>What may be changed in a processor between two runs of its query, and what may not (semantics 10.10).</summary>
public sealed class ProcessorRestartTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly MemorySource<Hit> _hits = new();
    private readonly MemorySink<Score> _scores = new() { SurvivesRestart = true };

    [Fact]
    public async Task Variables_are_added_and_dropped()
    {
        await RunAsync(Versions.First.Game.From(_hits).To(_scores), new Hit("a", 2), new Hit("b", 3));
        await RunAsync(Versions.Grown.Game.From(_hits).To(_scores), new Hit("a", 5));
        await RunAsync(Versions.Grown.Game.From(_hits).To(_scores), new Hit("a", 1));
        Assert.Equal([new("a", "2 first 2"), new("b", "3 first 3"), new("a", "7 - - 0 2,5"), new Score("a", "8 5 grown 1 2,5,1")], _scores.Rows);

        // And back again: what is gone begins anew, what stayed is there.
        await RunAsync(Versions.First.Game.From(_hits).To(_scores), new Hit("b", 1));
        Assert.Equal(new Score("b", "4 first 3,1"), _scores.Rows[^1]);
    }

    /// <summary>A variable that was added later is not in the file that says whom the checkpoint belongs to, but the state knows it.</summary>
    [Fact]
    public async Task A_variable_that_was_added_later_cannot_change_either()
    {
        await RunAsync(Versions.Timed.Game.From(_hits).To(_scores), new Hit("a", 2));
        await RunAsync(Versions.Expiring.Game.From(_hits).To(_scores), new Hit("a", 2));
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => RunAsync(Versions.Lasting.Game.From(_hits).To(_scores)));
        Assert.Equal("tws-output-mode-changed", refused.Rule);
        Assert.Contains("'_fresh value<long>', where '_fresh value<long> with a lifetime' is stored", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Keep the state variable '_fresh' of ", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("[Migration", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_type_a_time_mode_and_an_output_mode_stay()
    {
        await RunAsync(Versions.First.Game.From(_hits).To(_scores), new Hit("a", 2));
        await RefusedAsync(Versions.Changed.Game.From(_hits).To(_scores), "state-schema-changed", "'_points int', where '_points long' is stored");
        await RefusedAsync(Versions.Timed.Game.From(_hits).To(_scores), "tws-output-mode-changed", "time mode ProcessingTime, where 'None'");
        await RefusedAsync(Versions.Updating.Game.From(_hits).To(_scores), "tws-output-mode-changed", "Update mode, where 'Append'");
        await RefusedAsync(Versions.Rekeyed.Game.From(_hits).To(_scores), "state-schema-changed", "has the key '");
        await RunAsync(Versions.First.Game.From(_hits).To(_scores), new Hit("a", 1));
        Assert.Equal(new Score("a", "3 first 2,1"), _scores.Rows[^1]);
    }

    [Fact]
    public async Task An_initial_state_comes_too_late_after_the_first_batch()
    {
        MemoryTable<Versions.Begun.Start> starts = new(new Versions.Begun.Start("a", 100), new("b", 10));
        await RunAsync(Versions.First.Game.From(_hits).To(_scores), new Hit("a", 2));
        await RunAsync(Versions.Begun.Game.From(_hits, starts).To(_scores), new Hit("a", 1), new Hit("b", 1));
        Assert.Equal([new("a", "3"), new Score("b", "1")], _scores.Rows.Skip(1));
    }

    /// <summary>The clock never stands still, so it could always be asked again; what ends with the data has to end (semantics 11.5).</summary>
    [Fact]
    public async Task Timers_do_not_keep_a_query_that_ends_with_the_data()
    {
        VirtualClock time = new(DateTimeOffset.UnixEpoch.AddDays(1));
        QueryOptions options = new() { Checkpoint = _folder.Checkpoint, Trigger = Trigger.AvailableNow, TimeProvider = time };
        _hits.Add(new Hit("a", 1));
        await using (StreamingQuery query = await Versions.Timed.Game.From(_hits).To(_scores).StartAsync(options, TestContext.Current.CancellationToken))
        {
            await query.Completion.WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
            Assert.Equal([1, 0], query.RecentProgress.Select(one => one.InputRows));
        }

        // The timer waits in the checkpoint, and the next run with data finds it.
        Assert.Empty(_scores.Rows);
        time.Advance(TimeSpan.FromMinutes(1));
        _hits.Add(new Hit("b", 1));
        await using StreamingQuery later = await Versions.Timed.Game.From(_hits).To(_scores).StartAsync(options, TestContext.Current.CancellationToken);
        await later.Completion.WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
        Assert.Equal([new Score("a", "1")], _scores.Rows);
    }

    /// <summary>Without ticks a batch runs when a timer is due, and none in between.</summary>
    [Fact]
    public async Task Without_ticks_a_timer_runs_a_batch_when_it_is_due()
    {
        VirtualClock time = new(DateTimeOffset.UnixEpoch.AddDays(1));
        _hits.Add(new Hit("a", 1));
        await using StreamingQuery query = await Versions.Timed.Game.From(_hits).To(_scores).StartAsync(
            new() { Checkpoint = _folder.Checkpoint, TimeProvider = time }, TestContext.Current.CancellationToken);
        await query.ProcessAllAvailableAsync();
        time.Advance(TimeSpan.FromMilliseconds(9999));
        await query.ProcessAllAvailableAsync();
        Assert.Empty(_scores.Rows);
        Assert.Single(query.RecentProgress, one => one.BatchId == query.LastProgress!.BatchId);
        Assert.Equal(0, query.LastProgress!.BatchId);

        // It asks for the time and then waits: the clock stands still in between.
        while (time.Waiting == 0)
            await Task.Delay(1, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromMilliseconds(1));
        for (int i = 0; i < 12_000 && _scores.Rows.Count == 0; i++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.Equal([new Score("a", "1")], _scores.Rows);
    }

    [Fact]
    public async Task All_that_is_available_is_through_though_each_tick_runs_a_batch()
    {
        VirtualClock time = new(DateTimeOffset.UnixEpoch.AddDays(1));
        _hits.Add(new Hit("a", 1));
        await using StreamingQuery query = await Versions.Timed.Game.From(_hits).To(_scores).StartAsync(
            new() { Checkpoint = _folder.Checkpoint, TimeProvider = time, Trigger = Trigger.Every("1 second"), Stepped = true }, TestContext.Current.CancellationToken);
        await query.ProcessAllAvailableAsync();
        Assert.Equal([1, 0], query.RecentProgress.Select(one => one.InputRows));
    }

    public void Dispose() => _folder.Dispose();

    private async Task RefusedAsync(PipelineStart<Score> start, string rule, string says)
    {
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => RunAsync(start));
        Assert.Equal(rule, refused.Rule);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    private async Task RunAsync(PipelineStart<Score> start, params Hit[] hits)
    {
        if (hits.Length > 0)
            _hits.Add(hits);
        await using StreamingQuery query = await start.StartAsync(new() { Checkpoint = _folder.Checkpoint, Trigger = Trigger.AvailableNow }, TestContext.Current.CancellationToken);
        await query.Completion;
    }
}
