using Typed.State;
using Typed.Tests.Files;
using Typed.Tests.State.Evolution.Enums;

namespace Typed.Tests.State.Evolution;

/// <summary>What is stored of an enum is its number, and belongs to the member that had it.</summary>
public sealed class EnumChangeTests : IDisposable
{
    private const string Abc = "A = 0, B = 1, C = 2";
    private const string Moved = "A was 0 and is 1 now (what is stored as A would be B), B was 1 and is 0 now (what is stored as B would be A)";
    private readonly Folder _folder = new();
    private readonly MemorySource<Point> _points = new();
    private readonly MemorySink<Tally> _tallies = new() { SurvivesRestart = true };
    private readonly MemorySink<Told> _told = new() { SurvivesRestart = true };

    [Fact]
    public async Task Members_of_a_key_that_change_places_are_refused_and_others_go_on()
    {
        Assert.Empty(await RunAsync(Enums.First.Kinds.From(_points).To(_tallies), new("a", 0), new("a", 0), new("b", 1)));
        await RefusedAsync(Enums.Swapped.Kinds.From(_points).To(_tallies), $"kinds keeps other values in 'groups': the enum of 'Kind' has members with other values: {Moved}. Start with the pipeline as it was");
        await RefusedAsync(Enums.Inserted.Kinds.From(_points).To(_tallies), "B was 1 and is 2 now (what is stored as B would be X), C was 2 and is 3 now (what is stored as C would be B)");
        string warning = Assert.Single(await RunAsync(Enums.Grown.Kinds.From(_points).To(_tallies), new("a", 0), new("a", 3)));
        Assert.Contains("goes on from it: kinds keeps other values in 'groups': the enum of 'Kind' has other members: B is called Z now, D = 3 is new", warning, StringComparison.Ordinal);
        Assert.Empty(await RunAsync(Enums.Grown.Kinds.From(_points).To(_tallies), new Point("a", 1)));
        Assert.Equal([new(0, 2), new(1, 1), new(0, 3), new(3, 1), new(1, 2)], _tallies.Rows);
    }

    [Fact]
    public async Task Members_in_rows_that_change_places_are_refused()
    {
        MemorySink<Enums.First.Valued> rows = new() { SurvivesRestart = true };
        Assert.Empty(await RunAsync(Enums.First.Firsts.From(_points).To(rows), new Point("a", 0)));
        await RefusedAsync(Enums.Swapped.Firsts.From(_points).To(new MemorySink<Enums.Swapped.Valued> { SurvivesRestart = true }), $"the enum of 'Kind' has members with other values: {Moved}");
    }

    [Fact]
    public async Task Members_in_custom_state_that_change_places_need_a_migration_that_takes_the_earlier_ones()
    {
        Assert.Empty(await RunAsync(Enums.First.Kept.From(_points).To(_told), new("a", 1), new("a", 0)));
        await RefusedAsync(
            Enums.Swapped.Kept.From(_points).To(_told),
            $"keeper keeps the state variable '_last': the enum of 'Value' has members with other values: {Moved}",
            $"keeper keeps the state variable '_all': the enum of 'Elements.Kind' has members with other values: {Moved}",
            "[Migration(\"_last\")]");
        Assert.Contains("OfEarlier makes the one of the other", Assert.Single(await RunAsync(Enums.Migrated.Kept.From(_points).To(_told))), StringComparison.Ordinal);
        Assert.Empty(await RunAsync(Enums.Migrated.Kept.From(_points).To(_told), new Point("a", 0)));
        Assert.Equal([new Told("a", "A B,A")], _told.Rows);
    }

    [Fact]
    public async Task Members_in_custom_state_that_are_new_or_renamed_go_on()
    {
        Assert.Empty(await RunAsync(Enums.First.Kept.From(_points).To(_told), new("a", 0), new("a", 1)));
        string warning = Assert.Single(await RunAsync(Enums.Grown.Kept.From(_points).To(_told), new Point("a", 0)));
        Assert.Contains("keeper keeps the state variable '_last': the enum of 'Value' has other members: B is called Z now, D = 3 is new", warning, StringComparison.Ordinal);
        Assert.Equal([new Told("a", "Z A,Z")], _told.Rows);
    }

    [Theory]
    [InlineData(Abc, "B = 0, A = 1, C = 2", true, Moved)]
    [InlineData(Abc, "A = 0, C = 1", true, "C was 2 and is 1 now (what is stored as C would have no name)")]
    [InlineData("A = 0, B = 1, C = 2, D = 3, E = 4, F = 5, G = 6", "A = 1, B = 2, C = 3, D = 4, E = 5, F = 6, G = 7", true, "(what is stored as E would be D), and 2 more")]
    [InlineData("A = -1, B = 1", "B = -1, A = 1", true, "A was -1 and is 1 now (what is stored as A would be B)")]
    [InlineData(Abc, Abc, false, null)]
    [InlineData(Abc, "A = 0, B = 1, C = 2, D = 7", false, "D = 7 is new")]
    [InlineData(Abc, "A = 0, B = 1", false, "C = 2 is gone, and what is stored as it has no name")]
    [InlineData(Abc, "A = 0, Z = 1, C = 2", false, "B is called Z now")]
    [InlineData("A = 0, Z = 0", "A = 0", false, "Z is gone, and 0 is A as before")]
    [InlineData("A = 0", "A = 0, Z = 0", false, "Z = 0 is new")]
    [InlineData(null, "B = 0, A = 1, C = 2", false, null)]
    [InlineData(Abc, null, false, null)]
    public void A_change_of_members_means_the_same_wherever_an_enum_stands(string? stored, string? present, bool isMoved, string? says)
    {
        foreach ((string place, Func<string, StateShape> shape, ShapeVerdict moved) in s_places)
        {
            ShapeChange[] changes = [.. StateEvolution.Compare(shape(Type(stored)), shape(Type(present)))];
            Assert.True(changes.Length == (says is null ? 0 : 1), place);
            if (says is null)
                continue;
            Assert.Equal((place, isMoved ? moved : ShapeVerdict.Compatible), (place, changes[0].Verdict));
            Assert.Contains(says, changes[0].What, StringComparison.Ordinal);
            Assert.False(changes[0].Rewrites);
        }
    }

    [Fact]
    public void An_enum_of_more_bytes_goes_on_if_its_members_have_their_values()
    {
        static StateShape Of(string word, string type) => Custom($"_a value<enum of {word}>", $"Value sized({type})");
        StateShape stored = Of("int", $"enum(int32, {Abc})");
        ShapeChange wider = Assert.Single(StateEvolution.Compare(stored, Of("long", $"enum(int64, {Abc})")));
        Assert.Equal((ShapeVerdict.Compatible, true), (wider.Verdict, wider.Rewrites));
        Assert.EndsWith("'Value' is widened from int32 to int64", wider.What, StringComparison.Ordinal);
        ShapeChange moved = Assert.Single(StateEvolution.Compare(stored, Of("long", "enum(int64, B = 0, A = 1, C = 2)")));
        Assert.Equal(ShapeVerdict.NeedsMigration, moved.Verdict);
        Assert.Contains(Moved, moved.What, StringComparison.Ordinal);
        Assert.Equal(ShapeVerdict.NeedsMigration, StateEvolution.Worst(StateEvolution.Compare(stored, Of("byte", $"enum(uint8, {Abc})"))));
    }

    /// <summary>A plain value that is the default of its type is not stored, so no method is called for it.</summary>
    [Theory]
    [InlineData("B = 0, A = 1, C = 2", "A of the enum of 'Value' was 0 and no longer is")]
    [InlineData("A = 0, C = 1, B = 2", null)]
    public void No_migration_keeps_a_plain_value_whose_member_was_0(string members, string? says)
    {
        static StateShape Of(string members) => Custom("_a enum of int", $"Value enum(int32, {members})");
        ShapeChange change = Assert.Single(StateEvolution.Compare(Of(Abc), Of(members)));
        Assert.Equal((says is null ? ShapeVerdict.NeedsMigration : ShapeVerdict.Breaks, says is null), (change.Verdict, change.Values is not null));
        Assert.Contains(says ?? "B was 1 and is 2 now", change.What, StringComparison.Ordinal);
    }

    /// <summary>What the enum is called is not stored; what it is, is.</summary>
    [Fact]
    public void An_enum_of_another_name_in_the_rows_of_a_join_is_the_same()
    {
        static StateShape Of(string type) => new("it", true, "symmetricHashJoin", $"Inner join on x; left A int, K {type}; right B row{{K:{type},N:int}}?", $"0 left; time instant; key K int64; value Matched uint8, K null(enum(int64, {Abc}))");
        Assert.Empty(StateEvolution.Compare(Of("enum Kind"), Of("enum Sort_2")));
        Assert.Equal(ShapeVerdict.Breaks, Assert.Single(StateEvolution.Compare(Of("enum Kind"), Of("int64")), change => change.What.Contains("'K' is int64", StringComparison.Ordinal)).Verdict);
    }

    private static readonly (string Place, Func<string, StateShape> Shape, ShapeVerdict Moved)[] s_places =
    [
        ("key of a group", type => new("it", true, "stateStoreSave", "aggregate v1 Update; keys K enum; state Rows long", $"0 groups; time none; key K nullafter({type}); value Rows int64"), ShapeVerdict.Breaks),
        ("aggregate", type => new("it", true, "stateStoreSave", "aggregate v1 Update; keys K string; state Set(K) long", $"0 groups; time none; key K string; value Set list(record(Sequence int64, Value {type}))"), ShapeVerdict.Breaks),
        ("session", type => new("it", true, "sessionWindowStateStoreSaveExec", "s", $"0 sessions; time none; key K string; value Sessions list(record(Start timestamp, Max {type}))"), ShapeVerdict.Breaks),
        ("distinct", type => new("it", true, "dedupe", "distinct v1; keys K enum", $"0 keys; time none; key K {type}; value "), ShapeVerdict.Breaks),
        ("key of a join", type => new("it", true, "symmetricHashJoin", "Inner join on x; left A int; right A int", $"0 left; time instant; key K {type}; value Matched uint8, A null(int32)\n1 right; time instant; key K {type}; value Matched uint8, A null(int32)"), ShapeVerdict.Breaks),
        ("row of a join", type => new("it", true, "symmetricHashJoin", "Inner join on x; left A enum K; right B string", $"0 left; time instant; key K int64; value Matched uint8, A null({type})\n1 right; time instant; key K int64; value Matched uint8, B string"), ShapeVerdict.Breaks),
        ("nested in a first row", type => new("it", true, "topBy", "top 3; rows A list<enum K>", $"0 groups; time none; key K int64; value Seen timestamp, Rows list(record(Order int64, A null(list(null(record(B null({type})))))))"), ShapeVerdict.Breaks),
        ("key of a processor", type => Custom("_a int", "Value int32", key: type), ShapeVerdict.Breaks),
        ("state variable", type => Custom("_a enum of int", $"Value flag({type})"), ShapeVerdict.NeedsMigration),
        ("element of a list", type => Custom("_a list<{K enum of int}>", $"Gone int32, Elements list(sized(record(K some({type}))))"), ShapeVerdict.NeedsMigration),
        ("value of a map", type => Custom("_a map<string, enum of int>", $"Order int64, Value sized({type})", ", MapKey sized(string)"), ShapeVerdict.NeedsMigration),
        ("key of a map", type => Custom("_a map<enum of int, int>", "Order int64, Value sized(int32)", $", MapKey sized({type})"), ShapeVerdict.Breaks),
    ];

    public void Dispose() => _folder.Dispose();

    private static string Type(string? members) => members is null ? "int64" : $"enum(int64, {members})";

    private static StateShape Custom(string member, string value, string mapKey = "", string key = "string") => new(
        "it",
        true,
        "transformWithStateExec",
        $"process 'it' v2; time None; output Append; key K enum; {member}",
        $"0 timers; time number; key K {key}; value Order int64, Times list(timestamp)\n1 _a; time number; key K {key}{mapKey}; value {value}");

    private async Task RefusedAsync<T>(PipelineStart<T> start, params string[] says)
        where T : Typed.Schema.IStreamRecord<T>
    {
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => RunAsync(start));
        Assert.Equal("state-schema-changed", refused.Rule);
        foreach (string one in says)
            Assert.Contains(one, refused.Message, StringComparison.Ordinal);
    }

    private async Task<string[]> RunAsync<T>(PipelineStart<T> start, params Point[] points)
        where T : Typed.Schema.IStreamRecord<T>
    {
        if (points.Length > 0)
            _points.Add(points);
        QueryOptions options = new() { Checkpoint = _folder.Checkpoint, Trigger = Trigger.AvailableNow };
        await using StreamingQuery query = await start.StartAsync(options, TestContext.Current.CancellationToken);
        await query.Completion;
        return [.. query.Warnings.Where(warning => !warning.Contains("temporary files", StringComparison.Ordinal))];
    }
}
