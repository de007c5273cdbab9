using Typed.Cli;

namespace Typed.Tests.Cli;

/// <summary><c>typed checkpoint</c>, <c>check</c> and <c>repair</c> on checkpoints of a real query, damaged ones included.</summary>
public sealed class CheckpointCommandTests : IDisposable
{
    private readonly SalesFolder _sales = new();

    public void Dispose() => _sales.Dispose();

    [Fact]
    public async Task Batches_their_watermarks_and_the_next_start_are_shown()
    {
        await _sales.RunAsync(6);
        (int code, string output) = SalesFolder.Run("checkpoint", _sales.Checkpoint, "--last", "3");
        Assert.Equal(ExitCode.Done, code);
        long last = LastBatch();
        Assert.Contains($"offsets 0 to {last}, committed up to {last}", output);
        Assert.Contains("not running; the last one was query", output);
        Assert.Matches($@"(?m)^ *{last} +\S+Z +2024-10-04T01:30:00Z +yes +", output);
        Assert.DoesNotMatch($@"(?m)^ *{last - 3} +\S+Z", output);
        Assert.Contains($"A start would load version {last}; batch {last + 1} comes next.", output);
        Assert.Equal(ExitCode.Done, SalesFolder.Run("checkpoint", "check", _sales.Checkpoint).Code);
    }

    [Fact]
    public async Task A_batch_without_its_commit_runs_again()
    {
        await _sales.RunAsync(4);
        long last = LastBatch();
        File.Delete(_sales.At($"commits/{last}"));
        Assert.Contains($"A start would load version {last - 1}; batch {last}, which was planned and not committed, runs again as it was planned", SalesFolder.Run("checkpoint", _sales.Checkpoint).Output);
    }

    [Fact]
    public async Task A_cut_offset_entry_is_named_with_the_way_back_and_repaired()
    {
        await _sales.RunAsync(5);
        string[] rows = _sales.Rows();
        long last = LastBatch();
        File.Delete(_sales.At($"commits/{last}"));
        _sales.Cut($"offsets/{last}", 41);
        (int code, string output) = SalesFolder.Run("checkpoint", "check", _sales.Checkpoint);
        Assert.Equal(ExitCode.Damaged, code);
        Assert.Contains($"offsets/{last}: its checksum does not fit its 41 bytes: it was cut or changed; last good batch {last - 1}; version {last - 1} usable", output);
        Assert.Contains($"--to {last - 1}", output);
        Assert.Contains("Begin with a new checkpoint", output);

        (code, output) = SalesFolder.RunWith("no\n", "checkpoint", "repair", _sales.Checkpoint, "--to", $"{last - 1}");
        Assert.Equal(ExitCode.NotDone, code);
        Assert.Contains("Nothing was changed.", output);
        Assert.True(File.Exists(_sales.At($"offsets/{last}")));

        (code, output) = SalesFolder.RunWith("yes\n", "checkpoint", "repair", _sales.Checkpoint, "--to", $"{last - 1}");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains($"Batch {last} is forgotten; it was not committed", output);
        string moved = Assert.Single(Directory.GetDirectories(_sales.Checkpoint, "repaired-*"));
        Assert.True(File.Exists(Path.Combine(moved, "offsets", $"{last}")));
        (code, output) = SalesFolder.Run("checkpoint", "check", _sales.Checkpoint);
        Assert.Equal(ExitCode.Done, code);
        await _sales.RunAsync(0);
        Assert.Equal(rows, _sales.Rows());
    }

    /// <summary>Batches that were committed run again with the same files, under their numbers; the sink knows them.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Set_back_over_committed_batches_nothing_is_lost_or_doubled(int to)
    {
        await _sales.RunAsync(7);
        string[] rows = _sales.Rows();
        (int code, string output) = SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", $"{to}", "--yes");
        Assert.True(code == ExitCode.Done, output);
        Assert.Matches("are forgotten; [0-9]+ of [0-9]+ were committed", output);
        Assert.Contains("files of", output);
        await _sales.RunAsync(0);
        Assert.Equal(rows, _sales.Rows());
        await _sales.RunAsync(3);
        using SalesFolder undisturbed = new();
        await undisturbed.RunAsync(10);
        Assert.Equal(undisturbed.Rows(), _sales.Rows());
    }

    [Fact]
    public async Task Damaged_versions_are_passed_over_and_computed_anew()
    {
        await _sales.RunAsync(5);
        foreach (string file in Directory.GetFiles(_sales.At("state")))
            _sales.Flip("state/" + Path.GetFileName(file), 70);
        (int code, string output) = SalesFolder.Run("checkpoint", "check", _sales.Checkpoint);
        Assert.Equal(ExitCode.Damaged, code);
        Assert.Contains("no version usable", output);
        Assert.Contains("A start would begin without state and replay batches 0 to", output);
        Assert.Contains("Start the query: it goes on without what is damaged or missing.", output);
        (code, output) = SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", $"{LastBatch()}", "--yes");
        Assert.True(code == ExitCode.Done, output);
        Assert.Contains("No batch is forgotten", output);
        Assert.Equal(ExitCode.Done, SalesFolder.Run("checkpoint", "check", _sales.Checkpoint).Code);
        await _sales.RunAsync(1);
    }

    [Fact]
    public async Task What_no_repair_helps_is_said()
    {
        await _sales.RunAsync(5);
        File.Delete(_sales.At("offsets/0"));
        foreach (string file in Directory.GetFiles(_sales.At("state")))
            File.Delete(file);
        (int code, string output) = SalesFolder.Run("checkpoint", "check", _sales.Checkpoint);
        Assert.True(code is ExitCode.Lost or ExitCode.Done or ExitCode.Damaged, output);
        Assert.Contains("it cannot be computed anew", output);
        (code, output) = SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", "3", "--yes");
        Assert.Equal(ExitCode.Lost, code);
        Assert.Contains("cannot be set back", output);

        _sales.Flip("metadata", 20);
        (code, output) = SalesFolder.Run("checkpoint", "check", _sales.Checkpoint);
        Assert.Equal(ExitCode.Lost, code);
        Assert.Contains("metadata: its checksum", output);
    }

    [Fact]
    public async Task A_gap_and_a_foreign_file_are_found_and_moved_out_of_the_way()
    {
        await _sales.RunAsync(6);
        long last = LastBatch();
        File.Delete(_sales.At("offsets/2"));
        File.WriteAllText(_sales.At("commits/notes.txt"), "mine");
        (int code, string output) = SalesFolder.Run("checkpoint", "check", _sales.Checkpoint);
        Assert.Equal(ExitCode.Damaged, code);
        Assert.Contains("offsets/2: it is missing", output);
        Assert.Contains("commits/notes.txt: it is no log entry", output);
        (code, output) = SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", $"{last}", "--yes");
        Assert.True(code == ExitCode.Done, output);
        await _sales.RunAsync(2);
    }

    /// <summary>The numbers come again and are cut otherwise: neither a row lost nor one doubled, but an end that says why.</summary>
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public async Task Set_back_and_cut_otherwise_the_file_sink_refuses(int before, int after)
    {
        await _sales.RunAsync(6 * before, before);
        string[] rows = _sales.Rows();
        (int code, string output) = SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", "1", "--yes");
        Assert.True(code == ExitCode.Done, output);
        Assert.Contains("'sink-batch-differs'", output);

        // The checkpoint keeps what the batches were, and the source which files an entry has; without that it takes them as it finds them.
        foreach (string log in Directory.GetFiles(_sales.At("sources/0")).Where(log => int.Parse(Path.GetFileName(log), System.Globalization.CultureInfo.InvariantCulture) > 1))
            File.Delete(log);
        Directory.Delete(_sales.At("planned"), recursive: true);
        StreamingQueryException failure = await Assert.ThrowsAsync<StreamingQueryException>(() => _sales.RunAsync(0, after));
        Assert.True(failure.Rule == "sink-batch-differs", failure.Message);
        Assert.Contains("The checkpoint was set back", failure.Message);
        Assert.Equal(rows, _sales.Rows());

        // Another start does not slip through.
        failure = await Assert.ThrowsAsync<StreamingQueryException>(() => _sales.RunAsync(0, after));
        Assert.Equal("sink-batch-differs", failure.Rule);
        Assert.Equal(rows, _sales.Rows());
    }

    [Fact]
    public async Task The_checkpoints_below_a_folder_are_listed_with_what_is_left_over()
    {
        await _sales.RunAsync(10);
        string root = Path.GetDirectoryName(_sales.Checkpoint)!;
        (int code, string output) = SalesFolder.Run("checkpoints", root, "--outputs", _sales.Export);
        Assert.True(code == ExitCode.Done, output);
        long last = LastBatch();
        Assert.Contains("1 checkpoint below", output);
        Assert.Matches($@"(?m)^{Path.GetFileName(_sales.Checkpoint)} +SalesOfHours +{last} +{last} +\d+ s +[\d,]+ +not running", output);
        Assert.DoesNotContain("Left over", output);

        Directory.CreateDirectory(_sales.At("state/spill-1"));
        File.WriteAllText(_sales.At("state/spill-1/pages"), "12345");
        File.WriteAllText(_sales.At("offsets/.9.x.tmp"), "1");
        Directory.CreateDirectory(Path.Combine(root, "old", "offsets"));
        Directory.CreateDirectory(Path.Combine(root, "old", "commits"));
        (code, output) = SalesFolder.Run("checkpoints", root, "--idle", "0");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("it has not run for 0 days", output);
        Assert.Contains("state that was spilled, which the next start deletes: state/spill-1, 5 bytes", output);
        Assert.Contains("temporary files, which the next start deletes: offsets/.9.x.tmp, 1 bytes", output);
        Assert.Contains("old: it has offsets, commits and no 'metadata'", output);

        Directory.Delete(_sales.Export, recursive: true);
        Directory.CreateDirectory(_sales.Export);
        Assert.Contains("none of the outputs has files of its query", SalesFolder.Run("checkpoints", root, "--outputs", _sales.Export).Output);
        await using (StreamingQuery query = await _sales.StartAsync(Trigger.Default))
            Assert.Matches("(?m) running", SalesFolder.Run("checkpoints", root).Output);
        _sales.Cut($"offsets/{LastBatch()}", 10);
        (code, output) = SalesFolder.Run("checkpoints", root);
        Assert.Equal(ExitCode.Damaged, code);
        Assert.Contains("damaged", output);
        Assert.Equal(ExitCode.NotDone, SalesFolder.Run("checkpoints", root + "x").Code);
    }

    [Fact]
    public async Task Output_without_its_checkpoint_is_listed()
    {
        await _sales.RunAsync(10);
        string root = Path.GetDirectoryName(_sales.Checkpoint)!;
        Directory.Delete(_sales.Checkpoint, recursive: true);
        (int code, string output) = SalesFolder.Run("checkpoints", root, "--outputs", _sales.Export);
        Assert.True(code == ExitCode.Done, output);
        Assert.Contains("0 checkpoints", output);
        Assert.Contains("whose checkpoint is not below", output);
    }

    [Fact]
    public async Task A_running_query_is_not_repaired()
    {
        await _sales.RunAsync(2);
        await using StreamingQuery query = await _sales.StartAsync(Trigger.Default);
        (int code, string output) = SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", "0", "--yes");
        Assert.Equal(ExitCode.NotDone, code);
        Assert.Contains("Stop it first", output);
    }

    private long LastBatch() => Directory.GetFiles(_sales.At("offsets")).Select(file => long.Parse(Path.GetFileName(file), System.Globalization.CultureInfo.InvariantCulture)).Max();
}
