using Typed.Cli;

namespace Typed.Tests.Cli;

/// <summary>What is missing or damaged: <c>typed checkpoint</c>, <c>check</c> and the start say the same of it.</summary>
public sealed class OneJudgementTests : IDisposable
{
    private readonly SalesFolder _sales = new();

    public void Dispose() => _sales.Dispose();

    [Fact]
    public async Task The_folder_of_a_source_is_missing()
    {
        await _sales.RunAsync(5);
        Directory.Delete(_sales.At("sources/0"), recursive: true);
        for (int look = 0; look < 2; look++)
        {
            // Also after a start that was refused.
            await SaidAsync(
                ExitCode.Lost,
                "A start would be refused: sources/0: the folder is missing, and with it what sales keeps",
                "sources/0: the folder is missing",
                "which files it has read and does not start without it",
                "Put the files that are named back",
                "Begin with a new checkpoint");
            QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => _sales.RunAsync(1));
            Assert.Equal("checkpoint-damaged", refused.Rule);
            Assert.Contains("is missing", refused.Message);
        }
    }

    [Fact]
    public async Task A_file_of_a_source_is_damaged()
    {
        await _sales.RunAsync(5);
        _sales.Flip("sources/0/3", 30);
        await SaidAsync(ExitCode.Lost, "A start would be refused: sources/0: The file", "its content does not fit its checksum");
        Assert.Equal("checkpoint-damaged", (await Assert.ThrowsAsync<QueryStartException>(() => _sales.RunAsync(1))).Rule);
    }

    /// <summary>The last entry of a source is gone: what was read is not all known, but the batch before it is whole.</summary>
    [Fact]
    public async Task The_last_file_of_a_source_is_missing()
    {
        await _sales.RunAsync(5);
        string[] rows = _sales.Rows();
        File.Delete(_sales.At("sources/0/4"));
        await SaidAsync(ExitCode.Damaged, "A start would be refused: sources/0: The checkpoint stands at entry 4 of sales", "ends at entry 3", "--to 3:");
        Assert.Equal("checkpoint-damaged", (await Assert.ThrowsAsync<QueryStartException>(() => _sales.RunAsync(0))).Rule);
        (int code, string output) = SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", "3", "--yes", "--renumber");
        Assert.True(code == ExitCode.Done, output);
        await SaidAsync(ExitCode.Done, "A start would load version 3; batch 4 comes next.", "Whole.");
        await _sales.RunAsync(0);
        Assert.Equal(rows, _sales.Rows());
    }

    /// <summary>The last entries of a source are damaged: they are as good as gone, and go out of the way.</summary>
    [Theory]
    [InlineData(4, false)]
    [InlineData(4, true)]
    [InlineData(3, true)]
    public async Task The_last_files_of_a_source_are_damaged(int first, bool isCut)
    {
        await _sales.RunAsync(5);
        string[] rows = _sales.Rows();
        for (int entry = first; entry < 5; entry++)
        {
            if (isCut)
                _sales.Cut($"sources/0/{entry}", 30);
            else
                _sales.Flip($"sources/0/{entry}", 30);
        }

        await SaidAsync(
            ExitCode.Damaged,
            "A start would be refused: sources/0/4: it",
            $"sources/0/{first}: it",
            $"it says which files sales has read, up to entry {first - 1} that is known; last good batch {first - 1}",
            $"--to {first - 1}:");
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => _sales.RunAsync(0));
        Assert.Equal("checkpoint-damaged", refused.Rule);
        Assert.Contains($"sources/0/{first}".Replace('/', Path.DirectorySeparatorChar), refused.Message, StringComparison.Ordinal);
        Assert.Contains("or set the checkpoint back to a batch before it, 'typed checkpoint check' says to which", refused.Message, StringComparison.Ordinal);
        (int code, string output) = SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", "4", "--yes", "--renumber");
        Assert.True(code == ExitCode.NotDone, output);
        Assert.Contains($"sources/0: the batch ends at entry 4 of what sales keeps, which is whole up to entry {first - 1} only. It can be set back to batches 0 to {first - 1}", output);
        (code, output) = SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", $"{first - 1}", "--yes", "--renumber");
        Assert.True(code == ExitCode.Done, output);
        Assert.Contains("sources/0/4", output);
        Assert.False(File.Exists(_sales.At("sources/0/4")));
        await SaidAsync(ExitCode.Done, $"A start would load version {first - 1}; batch {first} comes next.", "Whole.");
        await _sales.RunAsync(0);
        Assert.Equal(rows, _sales.Rows());
    }

    /// <summary>An entry that is written before its batch is planned.</summary>
    [Fact]
    public async Task A_file_of_a_source_that_no_batch_has_is_damaged()
    {
        await _sales.RunAsync(5);
        string[] rows = _sales.Rows();
        File.WriteAllText(_sales.At("sources/0/5"), "typed-seen");
        await SaidAsync(ExitCode.Damaged, "A start would be refused: sources/0/5: it has no checksum at its end", "--to 5:");
        (int code, string output) = SalesFolder.Run("checkpoint", "repair", _sales.Checkpoint, "--to", "5", "--yes");
        Assert.True(code == ExitCode.Done, output);
        Assert.Contains("No batch is forgotten", output);
        await _sales.RunAsync(0);
        Assert.Equal(rows, _sales.Rows());
    }

    /// <summary>Nothing says that they are of a source of files.</summary>
    [Fact]
    public async Task All_files_of_a_source_are_damaged()
    {
        await _sales.RunAsync(2);
        _sales.Cut("sources/0/0", 30);
        _sales.Cut("sources/0/1", 30);
        await SaidAsync(ExitCode.Lost, "A start would be refused: sources/0: The file", "it has no checksum at its end");
    }

    [Fact]
    public async Task The_commits_are_missing()
    {
        await _sales.RunAsync(5);
        string[] rows = _sales.Rows();
        Directory.Delete(_sales.At("commits"), recursive: true);
        await SaidAsync(
            ExitCode.Damaged,
            "A start would load version 4; batch 5, which was planned and not committed, runs again as it was planned. It would warn: The commit log of",
            "commits: the folder is missing; batch 5, the last one that was planned, counts as not committed and runs again",
            "any other sink gets its rows twice",
            "Start the query: it goes on without what is damaged or missing.");
        await _sales.RunAsync(0);
        Assert.Equal(rows, _sales.Rows());
        await SaidAsync(ExitCode.Done, "batch 6 comes next", "Whole.");
    }

    [Fact]
    public async Task A_commit_before_the_last_is_missing()
    {
        await _sales.RunAsync(5);
        File.Delete(_sales.At("commits/5"));
        File.Delete(_sales.At("commits/4"));
        await SaidAsync(ExitCode.Damaged, "batch 5, which was planned and not committed, runs again as it was planned", "commits/4: it is missing, and was written before batch 5 was planned");
        await _sales.RunAsync(0);
    }

    [Fact]
    public async Task The_state_is_missing()
    {
        await _sales.RunAsync(5);
        string[] rows = _sales.Rows();
        Directory.Delete(_sales.At("state"), recursive: true);
        await SaidAsync(
            ExitCode.Damaged,
            "A start would begin without state and replay batches 0 to 5 for the state",
            "state: the folder is missing, with all versions of the state",
            "Start the query");
        await _sales.RunAsync(0);
        Assert.Equal(rows, _sales.Rows());
    }

    [Fact]
    public async Task The_state_is_missing_and_cannot_be_computed_anew()
    {
        await _sales.RunAsync(6);
        Directory.Delete(_sales.At("state"), recursive: true);
        File.Delete(_sales.At("offsets/0"));
        for (int look = 0; look < 2; look++)
        {
            await SaidAsync(ExitCode.Lost, "A start would be refused: state: ", "the offset log begins at 1, so it cannot be computed anew");
            Assert.Equal("checkpoint-state-missing", (await Assert.ThrowsAsync<QueryStartException>(() => _sales.RunAsync(0))).Rule);
        }
    }

    [Fact]
    public async Task The_offsets_are_missing()
    {
        await _sales.RunAsync(5);
        Directory.Delete(_sales.At("offsets"), recursive: true);
        await SaidAsync(
            ExitCode.Lost,
            "A start would be refused: offsets: the folder is missing, where commits/5 says that batch 5 is done",
            "where the sources stand, is lost",
            "the sink gets all rows again");
        Assert.Equal("checkpoint-offset-log-gap", (await Assert.ThrowsAsync<QueryStartException>(() => _sales.RunAsync(0))).Rule);
    }

    /// <summary>Entries in the middle that a start would replay are read before it runs anything.</summary>
    [Fact]
    public async Task A_batch_that_would_be_replayed_is_damaged()
    {
        await _sales.RunAsync(5);
        foreach (string file in Directory.GetFiles(_sales.At("state")))
            File.Delete(file);
        _sales.Cut("offsets/2", 30);
        await SaidAsync(ExitCode.Damaged, "A start would be refused: offsets/2: its checksum does not fit its 30 bytes", "--to 1:");
        Assert.Equal("checkpoint-damaged", (await Assert.ThrowsAsync<QueryStartException>(() => _sales.RunAsync(0))).Rule);
    }

    /// <summary>One fault, and what follows from it; the entries that cannot be read for it are not damaged.</summary>
    [Fact]
    public async Task Metadata_is_damaged_and_nothing_else()
    {
        await _sales.RunAsync(5);
        _sales.Flip("metadata", 20);
        (int code, string output) = await SalesFolder.ProcessAsync("checkpoint", "check", _sales.Checkpoint);
        Assert.Equal(ExitCode.Lost, code);
        Assert.Contains("metadata: its checksum", output);
        Assert.Contains("it names the sources, so what the entries of 'offsets' say cannot be told without it", output);
        Assert.DoesNotContain("offsets/", output);
        (code, output) = await SalesFolder.ProcessAsync("checkpoint", _sales.Checkpoint);
        Assert.Equal(ExitCode.Lost, code);
        Assert.DoesNotMatch(@"(?m)^ *\d+ +damaged", output);

        // One that is damaged itself is named all the same.
        _sales.Cut("offsets/2", 30);
        Assert.Contains("offsets/2: its checksum does not fit its 30 bytes", SalesFolder.Run("checkpoint", "check", _sales.Checkpoint).Output);
    }

    private async Task SaidAsync(int code, string start, params string[] checks)
    {
        (int ended, string output) = await SalesFolder.ProcessAsync("checkpoint", _sales.Checkpoint);
        Assert.True(ended == code && output.Contains(start, StringComparison.Ordinal), $"{ended}: {output}");
        (ended, output) = await SalesFolder.ProcessAsync("checkpoint", "check", _sales.Checkpoint);
        Assert.True(ended == code, $"{ended}: {output}");
        Assert.All([start, .. checks], text => Assert.Contains(text, output));
    }
}
