using Typed.State;
using Typed.Tests.Files;

namespace Typed.Tests.State.Evolution;

/// <summary>A query goes on from its checkpoint with changed operators, once and again, with any number of workers.</summary>
public sealed class EvolvingStartTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly MemorySource<Point> _points = new();
    private readonly MemorySink<Told> _told = new() { SurvivesRestart = true };
    private readonly MemorySink<Point> _chained = new() { SurvivesRestart = true };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Values_widen_and_fields_come_go_move_and_are_renamed(int workers)
    {
        Assert.Empty(await RunAsync(First.Evolving.From(_points).To(_told), workers, new("a", 2), new("a", 3), new("b", 8)));
        string[] warnings = await RunAsync(Second.Evolving.From(_points).To(_told), workers);
        Assert.Contains("is written anew: marks keeps the state variable '_by map<string, long>', where '_by map<string, int>' is stored", Assert.Single(warnings), StringComparison.Ordinal);

        // Nothing was stored since, and the next start finds the state in its own layout.
        Assert.Empty(await RunAsync(Second.Evolving.From(_points).To(_told), workers, new Point("a", 5)));
        Assert.Equal(
            [new Told("a", "2 3 1.75 3/n2/-/-3/a\"b/- [2/n1/-/-3/a\"b/- 3/n2/-/-3/a\"b/-] v0-2,v1-3 3 False")],
            _told.Rows);
        await RunAsync(Second.Evolving.From(_points).To(_told), 1, new Point("a", 5), new("b", 1));
        Assert.Contains(new Told("b", "1 8 4.25 8/n1/-/-3/a\"b/- [8/n1/-/-3/a\"b/-] v0-8 8 False"), _told.Rows);
        Assert.Contains(_told.Rows, one => one.What.StartsWith($"{2 + (long.MaxValue / 4)}  1.25 {long.MaxValue}/n2/hint/-3/a\"b/- [", StringComparison.Ordinal)
            && one.What.EndsWith($"v0-2,v1-3,v9{long.MinValue} 60000 True", StringComparison.Ordinal));

        // A second time, with the entries of both lives.
        Assert.Single(await RunAsync(Third.Evolving.From(_points).To(_told), workers, new Point("b", 1)));
        Assert.Equal(new Told("b", $"1.25 {1 + (long.MaxValue / 4)} 8 {long.MaxValue}"), _told.Rows[^1]);
    }

    [Fact]
    public async Task What_would_lose_something_is_refused_and_changes_nothing()
    {
        await RunAsync(First.Evolving.From(_points).To(_told), 1, new Point("a", 2));
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => RunAsync(Narrowed.Evolving.From(_points).To(_told), 1));
        Assert.Equal("state-schema-changed", refused.Rule);
        Assert.Contains(
            "'_count short', where '_count int' is stored: 'Value' is int16, where int32 is stored. Say how the values of '_count' of marks are made in a static method of the processor "
            + "marked [Migration(\"_count\")], give a field that is new in a record a default or make it nullable, or give the new one another name and no id of an earlier one, under which it begins absent. "
            + "Start with the pipeline as it was",
            refused.Message,
            StringComparison.Ordinal);
        Assert.Empty(await RunAsync(First.Evolving.From(_points).To(_told), 1, new Point("a", 2)));
    }

    [Fact]
    public async Task Variables_that_come_and_go_are_said_once()
    {
        await RunAsync(Narrowed.Evolving.From(_points).To(_told), 1, new Point("a", 2));
        string warning = Assert.Single(await RunAsync(Renamed.Evolving.From(_points).To(_told), 1, new Point("a", 2)));
        Assert.Contains("marks has a new state variable '_number', which is absent at first", warning, StringComparison.Ordinal);
        Assert.Contains("marks no longer has the state variable '_count short', and what is stored of it is dropped", warning, StringComparison.Ordinal);
        Assert.Empty(await RunAsync(Renamed.Evolving.From(_points).To(_told), 1, new Point("a", 2)));
    }

    [Fact]
    public async Task Methods_of_the_processor_make_values_of_other_types()
    {
        await RunAsync(First.Evolving.From(_points).To(_told), 1, new Point("a", 2), new("a", 3), new("b", 8));
        Assert.Contains("CountOf makes the one of the other", Assert.Single(await RunAsync(Migrated.Evolving.From(_points).To(_told), 2)), StringComparison.Ordinal);
        Assert.Empty(await RunAsync(Migrated.Evolving.From(_points).To(_told), 1, new Point("a", 1)));
        Assert.Equal([new Told("a", "no. 2 1970-01-04 1.75 n1=2,n2=3 v0-1,v1-1.5 00:00:03")], _told.Rows);
    }

    [Fact]
    public async Task Methods_make_values_that_have_a_lifetime()
    {
        await RunAsync(First.Lasting.From(_points).To(_told), 1, new Point("a", 2), new("a", 3));
        Assert.Contains("PlainOf makes the one of the other", Assert.Single(await RunAsync(Migrated.Lasting.From(_points).To(_told), 1)), StringComparison.Ordinal);
        Assert.Empty(await RunAsync(Migrated.Lasting.From(_points).To(_told), 1, new Point("a", 1)));
        Assert.Equal([new Told("a", "v3 l2,l3 m2=2,m3=3 D30 L20,L30 d2:20,d3:30 P301970")], _told.Rows);
    }

    /// <summary>No version of the state was stored, and what the operators were at the first start is in the file that says whose the checkpoint is.</summary>
    [Fact]
    public async Task Methods_of_the_processor_count_before_anything_is_stored()
    {
        await RunAsync(First.Evolving.From(_points).To(_told), 1);
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => RunAsync(Narrowed.Evolving.From(_points).To(_told), 1));
        Assert.Contains("'_count short', where '_count int' is stored", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await RunAsync(Migrated.Evolving.From(_points).To(_told), 1));
    }

    /// <summary>Also where the value could be read without it; and of several the one for exactly what is stored, whichever stands first.</summary>
    [Fact]
    public async Task A_method_for_exactly_what_is_stored_is_called()
    {
        await RunAsync(First.Evolving.From(_points).To(_told), 1, new Point("a", 2), new("a", 3));
        string warning = Assert.Single(await RunAsync(Exact.Evolving.From(_points).To(_told), 1));
        Assert.Contains("'_count long', where '_count int' is stored: 'Value' is widened from int32 to int64; CountOf makes the one of the other", warning, StringComparison.Ordinal);
        Assert.Contains("MarkOfFirst makes the one of the other", warning, StringComparison.Ordinal);
        Assert.Empty(await RunAsync(Exact.Evolving.From(_points).To(_told), 1, new Point("a", 1)));
        Assert.Equal([new Told("a", "200 3.01 1.75 n2! 3.02")], _told.Rows);
        Assert.Empty(await RunAsync(Exact.Evolving.From(_points).To(_told), 1, new Point("a", 1)));
        Assert.Equal(new Told("a", "200 3.01 1.75 n2! 3.02"), _told.Rows[^1]);
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_the_state_as_it_was()
    {
        await RunAsync(First.Evolving.From(_points).To(_told), 1, new Point("a", 2), new("b", 101));
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => RunAsync(Migrated.Evolving.From(_points).To(_told), 1));
        Assert.Equal("state-schema-changed", refused.Rule);
        Assert.Contains(
            "and it is as it was: the migration ByOf of the state variable '_by' of the operator 'marks' failed for a value that is stored: too small. Mend the method, so that it takes each value that is stored; or start",
            refused.Message,
            StringComparison.Ordinal);
        Assert.Empty(await RunAsync(First.Evolving.From(_points).To(_told), 1, new Point("a", 2)));
    }

    /// <summary>A plain value that is the default of its type is not stored, so nothing but the default can be made of it.</summary>
    [Fact]
    public async Task A_method_that_would_make_something_else_of_the_default_is_refused()
    {
        await RunAsync(First.Evolving.From(_points).To(_told), 1, new Point("a", 2));
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => RunAsync(Lost.Evolving.From(_points).To(_told), 1));
        Assert.Equal("state-schema-changed", refused.Rule);
        Assert.Contains("LastOf would make another value than the default of the default, and a plain value that is the default of its type, as 0, is not stored", refused.Message, StringComparison.Ordinal);
        refused = await Assert.ThrowsAsync<QueryStartException>(() => RunAsync(Picky.Evolving.From(_points).To(_told), 1));
        Assert.Contains("LastOf makes nothing of the default (there is no day 0), and a plain value", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Keep the state variable '_last' of marks as it was, or give the new one another name", refused.Message, StringComparison.Ordinal);

        // Null tells it from all other values.
        Assert.Contains(
            "CountOf makes the one of the other (what was the default of its type, as 0, is null now: a plain value",
            Assert.Single(await RunAsync(Migrated.Evolving.From(_points).To(_told), 1)),
            StringComparison.Ordinal);
    }

    // A directory stands where the copy is to be.
    [Fact]
    public async Task A_copy_that_cannot_be_made_of_what_was_written_anew_is_told_as_that()
    {
        await RunAsync(First.Evolving.From(_points).To(_told), 1, new Point("a", 2), new("a", 3));
        string state = Path.Combine(_folder.Checkpoint, "state");
        using (StateLog log = new(state))
        {
            log.Compact(TestContext.Current.CancellationToken);
            log.Forget(log.Versions[^1]);
        }

        string copy = Assert.Single(Directory.GetFiles(state, "*.base")) + ".copy";
        Directory.CreateDirectory(copy);
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => RunAsync(Migrated.Evolving.From(_points).To(_told), 1));
        Assert.Equal("checkpoint-not-writable", refused.Rule);
        Assert.Contains("It is written anew, and what was to come after that is missing", refused.Message, StringComparison.Ordinal);
        Directory.Delete(copy);
        Assert.Empty(await RunAsync(Migrated.Evolving.From(_points).To(_told), 1, new Point("a", 1)));
        Assert.Equal([new Told("a", "no. 2 1970-01-04 1.75 n1=2,n2=3 v0-1,v1-1.5 00:00:03")], _told.Rows);
    }

    [Fact]
    public async Task Operators_are_found_by_their_names_wherever_they_stand()
    {
        await RunAsync(First.Chained.From(_points).To(_chained), 1, new Point("a", 2), new("a", 3));
        Assert.Equal([new Point("a", 1005)], _chained.Rows);
        Assert.Contains("in another order", Assert.Single(await RunAsync(Second.Chained.From(_points).To(_chained), 1, new Point("a", 7))), StringComparison.Ordinal);
        Assert.Equal(new Point("a", 5 + 2007), _chained.Rows[^1]);
        Assert.Empty(await RunAsync(Second.Chained.From(_points).To(_chained), 2, new Point("a", 1)));
        Assert.Equal(new Point("a", 2012 + 3001), _chained.Rows[^1]);
    }

    [Fact]
    public async Task No_operator_begins_empty_and_no_state_is_left_behind()
    {
        await RunAsync(First.Chained.From(_points).To(_chained), 1, new Point("a", 2));
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => RunAsync(Third.Chained.From(_points).To(_chained), 1));
        Assert.Equal("stateful-operator-set-changed", refused.Rule);
        Assert.Contains("numbering would begin with nothing", refused.Message, StringComparison.Ordinal);
        Assert.Contains("counting is a keyed processor named 'counting'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("and no operator goes on from it. Start with the pipeline as it was; give operators", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The file that says whose the checkpoint is was written at the first start; what the state has become since is in the state.</summary>
    [Fact]
    public async Task The_state_counts_and_not_what_it_was_at_the_first_start()
    {
        await RunAsync(Narrowed.Evolving.From(_points).To(_told), 1, new Point("a", 1));
        await RunAsync(First.Evolving.From(_points).To(_told), 1, new Point("a", 2));
        await RunAsync(Second.Evolving.From(_points).To(_told), 1, new Point("a", 3));
        Assert.StartsWith("2 2 ", _told.Rows[^1].What, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string[]> RunAsync<T>(PipelineStart<T> start, int workers, params Point[] points)
        where T : Typed.Schema.IStreamRecord<T>
    {
        if (points.Length > 0)
            _points.Add(points);
        QueryOptions options = new() { Checkpoint = _folder.Checkpoint, Trigger = Trigger.AvailableNow, Workers = workers, UncappedWorkers = true };
        await using StreamingQuery query = await start.StartAsync(options, TestContext.Current.CancellationToken);
        await query.Completion;
        return [.. query.Warnings.Where(warning => !warning.Contains("temporary files", StringComparison.Ordinal))];
    }
}
