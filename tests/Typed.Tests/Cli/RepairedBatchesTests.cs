using System.Globalization;
using System.Text.RegularExpressions;
using Typed.Cli;
using Typed.Execution;

namespace Typed.Tests.Cli;

/// <summary>A query that had batches without data is set back: they come again at their places, or the repair says beforehand that they do not.</summary>
public sealed class RepairedBatchesTests : IDisposable
{
    private readonly SalesFolder _sales = new();

    public void Dispose() => _sales.Dispose();

    /// <summary>Files wait when it starts again, so that what is planned anew would be other batches.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(9)]
    public async Task Batches_without_data_come_again_at_their_places(long to)
    {
        await _sales.RunLiveAsync(8);
        string[] rows = _sales.Rows();
        Assert.NotEmpty(rows);
        long last = LastBatch();
        Assert.True(last > 8 && to < last, $"{last}");
        (int code, string output) = await SalesFolder.ProcessAsync("checkpoint", "repair", _sales.Checkpoint, "--to", $"{to}", "--yes");
        Assert.True(code == ExitCode.Done, output);
        Assert.Contains("again as planned, with the same rows under the same number", output);
        Assert.Contains("again as planned before the checkpoint was set back", output);
        (code, output) = await SalesFolder.ProcessAsync("checkpoint", "check", _sales.Checkpoint);
        Assert.True(code == ExitCode.Done, output);

        await _sales.RunAsync(3);
        Assert.False(Directory.Exists(_sales.At("planned")));
        using SalesFolder undisturbed = new();
        await undisturbed.RunLiveAsync(8);
        await undisturbed.RunAsync(3);
        Assert.Equal(undisturbed.Rows(), _sales.Rows());
        Assert.Empty(rows.Except(_sales.Rows()));
    }

    /// <summary>The run after the repair ends in the middle of what comes again, at any batch of it.</summary>
    [Fact]
    public async Task Set_back_twice_and_stopped_in_between_nothing_is_lost_or_doubled()
    {
        await _sales.RunLiveAsync(8);
        string[] rows = _sales.Rows();
        long last = LastBatch();
        Assert.Equal(ExitCode.Done, SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", "1", "--yes").Code);
        bool isTwice = false;
        for (long batch = 2; batch <= last; batch++)
        {
            // Ends behind one batch.
            await using (StreamingQuery query = await SalesOfHours.From(JsonFiles.In<Sale>(_sales.Landing)).To(JsonFiles.Out(_sales.Export)).StartAsync(
                new() { Checkpoint = _sales.Checkpoint, Trigger = Trigger.Default, SnapshotEvery = "0 seconds", Faults = new StopAt(batch) }, TestContext.Current.CancellationToken))
            {
                await Assert.ThrowsAnyAsync<Exception>(() => query.Completion);
            }

            Assert.Equal(batch, LastBatch());
            Assert.Equal(rows, _sales.Rows());
            if (batch != 4 || isTwice)
                continue;
            Assert.Equal(ExitCode.Done, SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", "3", "--yes").Code);
            (isTwice, batch) = (true, 3);
        }

        Assert.False(Directory.Exists(_sales.At("planned")));
    }

    /// <summary>What the batch without data was cannot be read, so the next data would get its number: said beforehand, and not done.</summary>
    [Fact]
    public async Task A_batch_without_data_that_cannot_come_again_is_refused_with_the_ways_out()
    {
        await _sales.RunLiveAsync(8);
        while (!new CommittedFiles(_sales.Export).List().Any(file => file.BatchId == LastBatch()))
            await _sales.RunLiveAsync(1);
        string[] rows = _sales.Rows();
        long last = LastBatch();
        _sales.Cut($"offsets/{last}", 30);
        (int code, string output) = await SalesFolder.ProcessAsync("checkpoint", "repair", _sales.Checkpoint, "--to", $"{last - 1}", "--yes");
        Assert.Equal(ExitCode.NotDone, code);
        Assert.Contains($"batch {last} had no data, and what it was cannot be planned again, since offsets/{last} cannot be read", output);
        Assert.Contains("'sink-batch-differs'. Nothing was changed.", output);
        Assert.Contains("back from a copy of the checkpoint", output);
        Assert.Contains("A file sink needs a new folder then.", output);
        Assert.Contains("--renumber", output);
        Assert.Empty(Directory.GetDirectories(_sales.Checkpoint, "repaired-*"));
        Assert.Contains($"A file sink may not go on from there, since batch {last} had no data.", SalesFolder.Run("checkpoint", "check", _sales.Checkpoint).Output);

        (code, output) = SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", $"{last - 1}", "--yes", "--renumber");
        Assert.True(code == ExitCode.Done, output);
        Assert.Contains($"Batch {last} had no data and is planned anew", output);

        // The watermark is the same, so here the next data closes the same windows.
        await _sales.RunAsync(3);
        Assert.Empty(rows.Except(_sales.Rows()));
        Assert.Distinct(_sales.Rows());
    }

    /// <summary>What the tool has warned of, done all the same.</summary>
    [Fact]
    public async Task Numbers_that_come_again_with_other_rows_end_the_query()
    {
        await _sales.RunLiveAsync(8);
        string[] rows = _sales.Rows();
        _sales.Cut("offsets/3", 30);
        (int code, string output) = SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", "1", "--yes", "--renumber");
        Assert.True(code == ExitCode.Done, output);
        Assert.Contains("had no data and are planned anew", output);
        StreamingQueryException failure = await Assert.ThrowsAsync<StreamingQueryException>(() => _sales.RunAsync(3));
        Assert.Equal("sink-batch-differs", failure.Rule);
        Assert.Equal(rows, _sales.Rows());
    }

    /// <summary>Behind an entry that cannot be read nothing comes again as it was; the next batch from which all goes on is offered.</summary>
    [Fact]
    public async Task The_batch_from_which_all_goes_on_is_offered()
    {
        await _sales.RunLiveAsync(8);
        long last = LastBatch();
        _sales.Cut("offsets/3", 30);
        (int code, string output) = await SalesFolder.ProcessAsync("checkpoint", "repair", _sales.Checkpoint, "--to", "1", "--yes");
        Assert.Equal(ExitCode.NotDone, code);
        Assert.Matches(@"batches .*had no data, and what they were cannot be planned again, since offsets/3 cannot be read", output);
        Match offered = Regex.Match(output, @"--to (\d+): from there every sink goes on");
        Assert.True(offered.Success, output);
        Assert.InRange(long.Parse(offered.Groups[1].ValueSpan, CultureInfo.InvariantCulture), 4, last);
        (code, output) = await SalesFolder.ProcessAsync("checkpoint", "repair", _sales.Checkpoint, "--to", offered.Groups[1].Value, "--yes");
        Assert.True(code == ExitCode.Done, output);
        await _sales.RunAsync(3);
        using SalesFolder undisturbed = new();
        await undisturbed.RunLiveAsync(8);
        await undisturbed.RunAsync(3);
        Assert.Equal(undisturbed.Rows(), _sales.Rows());
    }

    /// <summary>What an earlier repair has left is damaged: the start names it and the tool, which takes it away.</summary>
    [Fact]
    public async Task A_damaged_entry_of_what_comes_again_is_taken_away()
    {
        await _sales.RunLiveAsync(8);
        string[] rows = _sales.Rows();
        Assert.Equal(ExitCode.Done, SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", "1", "--yes").Code);
        _sales.Cut("planned/3", 30);
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => _sales.RunAsync(3));
        Assert.Contains(Path.Combine("planned", "3"), refused.Message, StringComparison.Ordinal);
        Assert.Contains("typed checkpoint check", refused.Message, StringComparison.Ordinal);
        (int code, string output) = SalesFolder.Run("checkpoint", "check", _sales.Checkpoint);
        Assert.Equal(ExitCode.Damaged, code);
        Assert.Contains("planned/3", output, StringComparison.Ordinal);
        Match offered = Regex.Match(output, @"--to (\d+)");
        Assert.True(offered.Success, output);
        (code, output) = SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", offered.Groups[1].Value, "--yes");
        Assert.True(code == ExitCode.Done, output);
        Assert.Equal(ExitCode.Done, SalesFolder.Run("checkpoint", "check", _sales.Checkpoint).Code);
        Assert.Equal(rows, _sales.Rows());
    }

    /// <summary>One of the batches that come again is missing: those behind it would go on from another one, so they go with it.</summary>
    [Fact]
    public async Task A_missing_entry_of_what_comes_again_is_damage()
    {
        await _sales.RunLiveAsync(8);
        string[] rows = _sales.Rows();
        Assert.Equal(ExitCode.Done, SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", "1", "--yes").Code);
        File.Delete(_sales.At("planned/2"));
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => _sales.RunAsync(3));
        Assert.Equal("checkpoint-damaged", refused.Rule);
        Assert.Contains("it goes on from 'planned/2', which is missing", refused.Message, StringComparison.Ordinal);
        (int code, string output) = SalesFolder.Run("checkpoint", "check", _sales.Checkpoint);
        Assert.Equal(ExitCode.Damaged, code);
        Assert.Contains("planned/3: it goes on from 'planned/2', which is missing", output, StringComparison.Ordinal);
        (code, output) = SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", "1", "--yes");
        Assert.True(code == ExitCode.Done, output);
        Assert.Empty(Directory.GetFiles(_sales.At("planned")));
        Assert.Equal(ExitCode.Done, SalesFolder.Run("checkpoint", "check", _sales.Checkpoint).Code);
        Assert.Equal(rows, _sales.Rows());
    }

    /// <summary>A second repair cannot read what follows on the first one's batches, so those go too.</summary>
    [Fact]
    public async Task What_an_earlier_repair_has_left_goes_where_a_later_one_leaves_a_gap()
    {
        await _sales.RunLiveAsync(8);
        Assert.Equal(ExitCode.Done, SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", "4", "--yes").Code);
        Assert.True(File.Exists(_sales.At("planned/6")));
        _sales.Cut("offsets/3", 30);
        (int code, string output) = SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", "1", "--yes", "--renumber");
        Assert.True(code == ExitCode.Done, output);
        Assert.Equal(["2"], Directory.GetFiles(_sales.At("planned")).Select(Path.GetFileName));
        (code, output) = SalesFolder.Run("checkpoint", "check", _sales.Checkpoint);
        Assert.True(code == ExitCode.Done, output);
    }

    /// <summary>The log begins later, and of the state only two versions are kept: the message names the batches that can be had.</summary>
    [Fact]
    public async Task What_is_too_early_is_refused_with_the_batches_that_can_be_had()
    {
        await using (StreamingQuery query = await _sales.StartLiveAsync(compactionFiles: 2, retain: 10, compactsInTurn: true))
        {
            for (int i = 0; i < 10; i++)
            {
                _sales.AddFiles(1);
                await query.ProcessAllAvailableAsync();
            }
        }

        long first = Directory.GetFiles(_sales.At("offsets")).Min(file => long.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture));
        Assert.True(first > 1, $"{first}");
        (int code, string output) = await SalesFolder.ProcessAsync("checkpoint", "repair", _sales.Checkpoint, "--to", "0", "--yes");
        Assert.Equal(ExitCode.NotDone, code);
        Match possible = Regex.Match(output, $@"cannot be set back to batch 0: offsets/0 is not kept any more, the offset log begins at {first}\. (It can be set back to batch(?:es)? (\d+).*)");
        Assert.True(possible.Success, output);
        Assert.NotEqual($"{first}", possible.Groups[2].Value);
        (code, output) = await SalesFolder.ProcessAsync("checkpoint", "repair", _sales.Checkpoint, "--to", $"{first}", "--yes");
        Assert.Equal(ExitCode.NotDone, code);
        Assert.Contains($"no version of it up to batch {first} can be read", output);
        Assert.Contains(possible.Groups[1].Value.Trim(), output);
        (code, output) = await SalesFolder.ProcessAsync("checkpoint", "repair", _sales.Checkpoint, "--to", possible.Groups[2].Value, "--yes");
        Assert.True(code == ExitCode.Done, output);
    }

    private long LastBatch() => Directory.GetFiles(_sales.At("offsets")).Select(file => long.Parse(Path.GetFileName(file), CultureInfo.InvariantCulture)).Max();

    private sealed class StopAt(long batch) : IFaultPoints
    {
        public void Reach(FaultPoint point, long batchId)
        {
            if (point == FaultPoint.AfterCommit && batchId == batch)
                throw new InvalidOperationException("It ends here.");
        }
    }
}
