using System.Text.Json;
using Typed.Cli;
using Typed.Tests.Processors.Versions;

namespace Typed.Tests.Cli;

/// <summary><c>typed state</c> on checkpoints of a real query.</summary>
public sealed class StateCommandTests : IDisposable
{
    private readonly SalesFolder _sales = new();

    public void Dispose() => _sales.Dispose();

    [Fact]
    public async Task The_overview_shows_operators_shards_and_versions()
    {
        await _sales.RunAsync(5);
        (int code, string output) = SalesFolder.Run("state", _sales.Checkpoint);
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("Pipeline    SalesOfHours", output);
        Assert.Matches(@"(?m)^\S+ +dedupeWithinWatermark +\d+ ", output);
        Assert.Matches(@"(?m)^\S+ +stateStoreSave +\d+ ", output);
        Assert.Contains("key Shop string, Desk nullafter(int64)", output);
        Assert.Matches(@"(?m)^ *\d+ +delta +\d+ +\d+ +whole$", output.Replace(",", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--help", "typed [command]")]
    [InlineData("state --help", "typed state <checkpoint>")]
    [InlineData("checkpoint repair --help", "repair <checkpoint>")]
    public void Help_says_what_there_is_and_the_exit_codes(string args, string usage)
    {
        (int code, string output) = SalesFolder.Run(args.Split(' '));
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains(usage, output);
        Assert.Contains("1 damaged, and repairable; 2 damaged, and not repairable; 3 not done", output);
    }

    [Fact]
    public async Task Entries_are_read_by_the_names_and_types_of_their_fields()
    {
        await _sales.RunAsync(3);
        (int code, string output) = SalesFolder.Run("state", _sales.Checkpoint, "--operator", Aggregation(), "--format", "jsonl");
        Assert.Equal(ExitCode.Done, code);
        JsonElement[] entries = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        JsonElement one = Assert.Single(entries, entry =>
            entry.GetProperty("key").GetProperty("Shop").GetString() == "shop 1" && entry.GetProperty("key").GetProperty("Desk").ValueKind == JsonValueKind.Number);
        Assert.Equal(7, one.GetProperty("key").GetProperty("Desk").GetInt64());
        Assert.Equal("2024-10-04T00:00:00Z", one.GetProperty("from").GetString());
        Assert.Equal(1, one.GetProperty("value").GetProperty("Rows").GetInt64());
        Assert.Equal(3.5m, one.GetProperty("value").GetProperty("Sum.Amount").GetDecimal());
        Assert.Equal("shop 1", one.GetProperty("value").GetProperty("First.Shop").GetProperty("Value").GetString());
        Assert.Contains(entries, entry => entry.GetProperty("key").GetProperty("Desk").ValueKind == JsonValueKind.Null);
    }

    [Fact]
    public async Task A_key_and_a_version_and_a_limit_choose_entries()
    {
        await _sales.RunAsync(4);
        string ids = Deduplication();
        Assert.Contains(": 8 entries", SalesFolder.Run("state", _sales.Checkpoint, "--operator", ids).Output);
        Assert.Contains(": 6 entries", SalesFolder.Run("state", _sales.Checkpoint, "--operator", ids, "--at", "2").Output);
        (int code, string output) = SalesFolder.Run("state", _sales.Checkpoint, "--operator", ids, "--key", "5");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains(": 1 entry with '5' in the key", output);
        Assert.Matches(@"(?m)^2024-10-04T02:00:00Z +5$", output);
        output = SalesFolder.Run("state", _sales.Checkpoint, "--operator", ids, "--limit", "3").Output;
        Assert.Contains("3 of 8 entries are shown", output);
        Assert.Contains(": 0 entries", SalesFolder.Run("state", _sales.Checkpoint, "--operator", ids, "--key", "no such").Output);
    }

    [Fact]
    public async Task Two_versions_differ_in_what_came_changed_and_went()
    {
        await _sales.RunAsync(8);
        (int code, string output) = SalesFolder.Run("state", _sales.Checkpoint, "--operator", Deduplication(), "--diff", "6", "7");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("from version 6 to 7: 2 added, 0 changed, 2 removed", output);
        Assert.Matches(@"(?m)^added +\S+ +15$", output);
        string[] lines = SalesFolder.Run("state", _sales.Checkpoint, "--operator", Deduplication(), "--diff", "7", "6", "--format", "jsonl").Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["added", "added", "removed", "removed"], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("change").GetString()).Order());
    }

    [Fact]
    public async Task What_is_not_there_is_said_with_what_is_near()
    {
        await _sales.RunAsync(2);
        Refused("Nearest are|There are", "state", _sales.Checkpoint, "--operator", "nothing");
        Refused("no version of the state after batch 99; there are", "state", _sales.Checkpoint, "--operator", Aggregation(), "--at", "99");
        Refused("--operator NAME", "state", _sales.Checkpoint, "--key", "x");
        Refused("There is no folder", "state", _sales.Checkpoint + "x");
        Refused("is no checkpoint", "state", _sales.Landing);
        Refused("'typed --help'", "stat", _sales.Checkpoint);
        Refused("'typed --help'", "state");
    }

    [Fact]
    public async Task A_damaged_version_is_named_and_the_one_before_is_shown()
    {
        await _sales.RunAsync(4);
        _sales.Flip("state/4.delta", 20);
        (int code, string output) = SalesFolder.Run("state", _sales.Checkpoint);
        Assert.Equal(ExitCode.Damaged, code);
        Assert.Contains("Operators at version 3", output);
        Assert.Contains("damaged: state/4.delta: the checksum", output);
        Refused("state/4.delta", "state", _sales.Checkpoint, "--operator", Aggregation(), "--at", "4");
    }

    [Fact]
    public async Task Custom_state_is_read_by_its_members()
    {
        MemorySource<Hit> hits = new();
        hits.Add(new Hit("a", 2), new Hit("a", 5), new Hit("b", 7));
        await using (StreamingQuery query = await Processors.Versions.Grown.Game.From(hits).To(new MemorySink<Score>()).StartAsync(
            new() { Checkpoint = _sales.Checkpoint, Trigger = Trigger.AvailableNow }, TestContext.Current.CancellationToken))
        {
            await query.Completion;
        }

        string name = SalesFolder.OperatorOf(_sales.Checkpoint, "transformWithStateExec");
        (int code, string output) = SalesFolder.Run("state", _sales.Checkpoint, "--operator", name, "--key", "a", "--format", "jsonl");
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(
            [
                """{"table":"_all","key":{"Key":"a","Piece":0},"value":{"Gone":0,"Elements":[2,5]}}""",
                """{"table":"_best","key":{"Key":"a"},"value":{"Value":5}}""",
                """{"table":"_counts","key":{"Key":"a","MapKey":2},"value":{"Order":1,"Value":1}}""",
                """{"table":"_counts","key":{"Key":"a","MapKey":5},"value":{"Order":2,"Value":1}}""",
                """{"table":"_last","key":{"Key":"a"},"value":{"Value":"grown"}}""",
                """{"table":"_points","key":{"Key":"a"},"value":{"Value":7}}""",
            ],
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    /// <summary>The query puts versions together and deletes files all the time meanwhile.</summary>
    [Fact]
    public async Task A_running_query_is_not_disturbed()
    {
        await _sales.RunAsync(1);
        string ids = Deduplication();
        _sales.AddFiles(60);
        await using StreamingQuery query = await _sales.StartAsync(Trigger.Default, compactionFiles: 2, retain: 2);
        Task all = query.ProcessAllAvailableAsync();
        int looks = 0;
        do
        {
            (int code, string output) = SalesFolder.Run("state", _sales.Checkpoint, "--operator", ids, "--format", "jsonl");
            Assert.True(code == ExitCode.Done, output);
            (code, output) = SalesFolder.Run("checkpoint", _sales.Checkpoint);
            Assert.True(code == ExitCode.Done, output);
            Assert.Contains("running: query", output);
            (code, output) = SalesFolder.Run("checkpoint", "check", _sales.Checkpoint);
            Assert.True(code == ExitCode.Done, output);
            (code, output) = SalesFolder.Run("checkpoints", Path.GetDirectoryName(_sales.Checkpoint)!, "--outputs", _sales.Export);
            Assert.True(code == ExitCode.Done, output);
            (code, output) = SalesFolder.Run("state", _sales.Checkpoint);
            Assert.True(code == ExitCode.Done, output);
            looks++;
        }
        while (!all.IsCompleted);
        await all;
        Assert.True(looks > 0);
        Assert.Equal(122, query.RecentProgress.Sum(one => one.InputRows) + 2);
    }

    private static void Refused(string pattern, params string[] args)
    {
        (int code, string output) = SalesFolder.Run(args);
        Assert.Equal(ExitCode.NotDone, code);
        Assert.Matches(pattern, output);
    }

    private string Aggregation() => SalesFolder.OperatorOf(_sales.Checkpoint, "stateStoreSave");

    private string Deduplication() => SalesFolder.OperatorOf(_sales.Checkpoint, "dedupeWithinWatermark");
}
