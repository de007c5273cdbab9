using System.Text;
using Typed.Cli;
using Typed.State;

namespace Typed.Tests.Cli;

/// <summary>The tool as a process: for each damage what it says and ends with, and that a start does what it has said.</summary>
public sealed class DamageTests : IDisposable
{
    private readonly SalesFolder _sales = new();

    public void Dispose() => _sales.Dispose();

    [Fact]
    public async Task Nothing_is_damaged()
    {
        await _sales.RunAsync(5);
        await CheckAsync(ExitCode.Done, "Whole.", "A start would load version 5; batch 6 comes next.");
        await _sales.RunAsync(1);
    }

    /// <summary>The last batch was planned and not committed, and its plan is cut: what it was is not guessed.</summary>
    [Fact]
    public async Task A_cut_offset_entry()
    {
        await _sales.RunAsync(5);
        File.Delete(_sales.At("commits/5"));
        _sales.Cut("offsets/5", 41);
        await CheckAsync(ExitCode.Damaged, "offsets/5: its checksum does not fit its 41 bytes: it was cut or changed; last good batch 4; version 4 usable", "A start would be refused", "--to 4");
        await RefusedAsync("checkpoint-damaged");
        await RepairAsync(4, ExitCode.Done, "A start would load version 4; batch 5 comes next.");
        await _sales.RunAsync(0);
    }

    [Fact]
    public async Task A_missing_state_file()
    {
        await _sales.RunAsync(5);
        File.Delete(_sales.At("state/5.delta"));
        await CheckAsync(ExitCode.Done, "A start would load version 4 and replay batch 5 for the state, without output; then batch 6 comes next.");
        foreach (string file in Directory.GetFiles(_sales.At("state")))
            File.Delete(file);
        await CheckAsync(ExitCode.Done, "A start would begin without state and replay batches 0 to 5");
        string[] rows = _sales.Rows();
        await _sales.RunAsync(0);
        Assert.Equal(rows, _sales.Rows());
    }

    /// <summary>One of a file and its copy is damaged, or the file is gone: nothing is lost, a start mends it, and until then it is told of.</summary>
    [Theory]
    [InlineData(".copy", "flipped")]
    [InlineData(".copy", "cut")]
    [InlineData(".copy", "garbage")]
    [InlineData("", "flipped")]
    [InlineData("", "missing")]
    public async Task One_side_of_a_file_of_state_and_its_copy(string side, string how)
    {
        await _sales.RunAsync(5);
        await CheckAsync(ExitCode.Done, "Whole.");
        string file = "state/3.delta" + side;
        byte[] whole = File.ReadAllBytes(_sales.At(file));
        Assert.True(File.Exists(_sales.At("state/3.delta.copy")));
        if (how == "flipped")
            _sales.Flip(file, VersionHeader.Length + 3);
        else if (how == "cut")
            _sales.Cut(file, whole.Length / 2);
        else if (how == "garbage")
            File.WriteAllText(_sales.At(file), "garbage");
        else
            File.Delete(_sales.At(file));
        await CheckAsync(
            ExitCode.Damaged,
            file + ": ",
            $"; a start goes on, and makes it anew from state/3.delta{(side.Length == 0 ? ".copy" : "")}; last good batch 5; version 5 usable",
            "A start would load version 5; batch 6 comes next.",
            "Start the query");
        await using (StreamingQuery query = await _sales.StartLiveAsync())
        {
            // A stop does not wait for it.
            for (int look = 0; look < 20_000 && !(File.Exists(_sales.At(file)) && whole.AsSpan().SequenceEqual(File.ReadAllBytes(_sales.At(file)))); look++)
                await Task.Delay(5, TestContext.Current.CancellationToken);
            await query.StopAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(whole, File.ReadAllBytes(_sales.At(file)));
        (int code, string output) = SalesFolder.Run("checkpoint", "check", _sales.Checkpoint);
        Assert.True(code == ExitCode.Done, output);
    }

    /// <summary>Where the log does not go back to the beginning, there is nothing to compute the state from.</summary>
    [Fact]
    public async Task Missing_state_and_no_log_to_compute_it_from()
    {
        await _sales.RunAsync(6);
        foreach (string file in Directory.GetFiles(_sales.At("state")))
            File.Delete(file);
        File.Delete(_sales.At("offsets/0"));
        (int code, string output) = await SalesFolder.ProcessAsync("checkpoint", _sales.Checkpoint);
        Assert.Contains("A start would be refused: state: no version of it up to batch 6 can be read (there is none), and the offset log begins at 1", output);
        Assert.NotEqual(ExitCode.NotDone, code);
        await RefusedAsync("checkpoint-state-missing");
        await RepairAsync(6, ExitCode.Lost, "cannot be set back");
        await RefusedAsync("checkpoint-state-missing");
    }

    [Fact]
    public async Task A_gap_in_the_log()
    {
        await _sales.RunAsync(5);
        File.Delete(_sales.At("offsets/3"));
        await CheckAsync(ExitCode.Damaged, "offsets/3: it is missing, where the log goes from 0 to 5", "A start would be refused");
        await RefusedAsync("checkpoint-offset-log-gap");
        await RepairAsync(5, ExitCode.Done, "batch 6 comes next");
        string[] rows = _sales.Rows();
        await _sales.RunAsync(0);
        Assert.Equal(rows, _sales.Rows());
    }

    /// <summary>A file that somebody has put there may have any number for a name: what is missing up to it is told at once, not one by one.</summary>
    [Fact]
    public async Task A_gap_without_an_end()
    {
        await _sales.RunAsync(5);
        File.Copy(_sales.At("offsets/5"), _sales.At("offsets/9223372036854775807"));
        await CheckAsync(ExitCode.Damaged, "offsets/6: it and those up to 9223372036854775806 are missing, where the log goes from 0 to 9223372036854775807", "A start would be refused");
        await RefusedAsync("checkpoint-offset-log-gap");
    }

    [Fact]
    public async Task A_newer_format()
    {
        await _sales.RunAsync(3);
        string body = "typed offsets v2\nsomething new\n";
        File.WriteAllText(_sales.At("offsets/4"), body + $"crc32c {Crc32C.Of(Encoding.UTF8.GetBytes(body)):x8}\n");
        await CheckAsync(ExitCode.Damaged, "format version 2", "A start would be refused");
        await RefusedAsync("checkpoint-version-unsupported");
    }

    [Fact]
    public async Task Metadata_that_cannot_be_read()
    {
        await _sales.RunAsync(3);
        _sales.Flip("metadata", 20);
        await CheckAsync(ExitCode.Lost, "metadata: its checksum", "A start would be refused", "Put the files that are named back", "Begin with a new checkpoint");
        await RefusedAsync("checkpoint-damaged");
        await RepairAsync(2, ExitCode.Lost, "Put it back from a copy of the checkpoint");
    }

    [Fact]
    public async Task No_checkpoint_at_all()
    {
        await _sales.RunAsync(1);
        (int code, string output) = await SalesFolder.ProcessAsync("checkpoint", "check", _sales.Landing);
        Assert.Equal(ExitCode.NotDone, code);
        Assert.Contains("is no checkpoint", output);
    }

    private async Task CheckAsync(int code, params string[] texts)
    {
        (int ended, string output) = await SalesFolder.ProcessAsync("checkpoint", "check", _sales.Checkpoint);
        Assert.True(ended == code, output);
        Assert.All(texts, text => Assert.Contains(text, output));
    }

    private async Task RepairAsync(long to, int code, string text)
    {
        (int ended, string output) = await SalesFolder.ProcessAsync("checkpoint", "repair", _sales.Checkpoint, "--to", $"{to}", "--yes");
        Assert.True(ended == code, output);
        Assert.Contains(text, output);
    }

    private async Task RefusedAsync(string rule)
    {
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => _sales.RunAsync(0));
        Assert.True(refused.Rule == rule, refused.Rule + ": " + refused.Message);
    }
}
