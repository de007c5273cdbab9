using Typed.Cli;

namespace Typed.Tests.Cli;

/// <summary>An option that is wrong: one line that says what was given and what is expected.</summary>
public sealed class OptionTests : IDisposable
{
    private readonly SalesFolder _sales = new();

    public void Dispose() => _sales.Dispose();

    [Theory]
    [InlineData("state CHECKPOINT --at x", "--at x: expected is the number of a batch, such as 25.")]
    [InlineData("state CHECKPOINT --at -1", "--at -1: expected is the number of a batch, such as 25.")]
    [InlineData("state CHECKPOINT --operator o --limit -1", "--limit -1: expected is a number of entries, such as 20, or 0 for all.")]
    [InlineData("state CHECKPOINT --operator o --limit 99999999999", "--limit 99999999999: expected is a number of entries, such as 20, or 0 for all.")]
    [InlineData("state CHECKPOINT --operator o --format xml", "--format xml: expected is 'table' or 'jsonl'.")]
    [InlineData("state CHECKPOINT --operator o --diff 1 y", "--diff y: expected is the numbers of two batches, such as 23 25.")]
    [InlineData("state CHECKPOINT --operator o --diff 1 2 --at 2", "--at 2: not with --diff, which names both versions.")]
    [InlineData("state CHECKPOINT --format jsonl", "--format jsonl: it is about the entries of one operator, so say which one: --operator NAME. 'typed state CHECKPOINT' lists them.")]
    [InlineData("state CHECKPOINT --limit 3", "--limit 3: it is about the entries of one operator, so say which one: --operator NAME. 'typed state CHECKPOINT' lists them.")]
    [InlineData("checkpoint CHECKPOINT --last many", "--last many: expected is a number of batches, such as 20.")]
    [InlineData("checkpoint repair CHECKPOINT --to last", "--to last: expected is the number of a batch, such as 25.")]
    [InlineData("checkpoints CHECKPOINT --idle -3", "--idle -3: expected is a number of days, such as 30.")]
    public async Task It_is_said_in_one_line(string args, string line)
    {
        await _sales.RunAsync(1);
        (int code, string output) = SalesFolder.Run([.. args.Split(' ').Select(arg => arg == "CHECKPOINT" ? _sales.Checkpoint : arg)]);
        Assert.Equal(ExitCode.NotDone, code);
        Assert.Equal(line + Environment.NewLine, output);
    }

    [Fact]
    public async Task The_process_says_it_and_ends_with_its_code()
    {
        (int code, string output) = await SalesFolder.ProcessAsync("state", _sales.Landing, "--at", "x");
        Assert.Equal(ExitCode.NotDone, code);
        Assert.Equal("--at x: expected is the number of a batch, such as 25." + Environment.NewLine, output);
    }
}
