using Typed.State;

namespace Typed.Tests.State.Evolution;

/// <summary>What a change of an operator means for the state that is there; the worst difference and its sentence.</summary>
public class StateEvolutionTests
{
    private const string Keyed = "transformWithStateExec";
    private const string Timers = "0 timers; time number; key K string; value Order int64, Times list(timestamp)";

    [Theory]
    [InlineData("aggregate v1 Update; keys int64; state Sum long", "aggregate v1 Append; keys int64; state Sum long", "operator and mode 'aggregate v1 Append', where 'aggregate v1 Update' is stored")]
    [InlineData("aggregate v1 Update; keys int64; state Sum long", "aggregate v1 Update; keys string; state Sum long", "has the keys 'string', where 'int64' is stored")]
    [InlineData("aggregate v1 Update; keys int64; state Sum(A) long", "aggregate v1 Update; keys int64; state Sum(B) long", "has the state 'Sum(B) long', where 'Sum(A) long' is stored")]
    [InlineData("aggregate v1 Update; window 1 minute over T; keys a; state b", "aggregate v1 Update; window 5 minutes every 1 minute over T; keys a; state b", "has the window '5 minutes every 1 minute over T', where '1 minute over T' is stored")]
    [InlineData("aggregate v1 Update; session 1 minute over T; keys a; state b", "aggregate v1 Update; session 90 seconds over T; keys a; state b", "has the session '90 seconds over T', where '1 minute over T' is stored")]
    [InlineData("aggregate v1 Update; keys a; state b", "aggregate v1 Update; ttl 5 days; keys a; state b", "has 'ttl 5 days', which what is stored has not")]
    [InlineData("distinct v1; keys A string; within the watermark", "distinct v1; keys A string", "no longer has 'within the watermark'")]
    [InlineData("distinct v1; keys A string", "distinct v1; keys A string, B string", "has the keys 'A string, B string', where 'A string' is stored")]
    [InlineData("limit 5: passed long", "limit 6: passed long", "'limit 6: passed long', where 'limit 5: passed long' is stored")]
    public void Any_other_aggregation_breaks_and_its_part_is_named(string stored, string present, string says)
    {
        ShapeChange change = StateEvolution.Compare(Other(stored), Other(present))[0];
        Assert.Equal((ShapeVerdict.Breaks, StateEvolution.SchemaChanged), (change.Verdict, change.Rule));
        Assert.Contains(says, change.What, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_is_the_same_and_another_kind_is_another_operator()
    {
        StateShape one = Other("distinct v1; keys A string");
        Assert.Empty(StateEvolution.Compare(one, one with { Name = "other" }));
        ShapeChange change = Assert.Single(StateEvolution.Compare(one with { Kind = "dedupe" }, one with { Kind = "stateStoreSave" }));
        Assert.Equal((StateEvolution.OperatorsChanged, "is an aggregation, where the state of a deduplication is stored"), (change.Rule, change.What));
    }

    [Fact]
    public void Names_of_columns_are_no_part_of_an_aggregation()
    {
        StateShape stored = Other("aggregate v1 Update; keys int64; state Sum long") with { Layout = "0 groups; time none; key K int64; value Sum int64" };
        ShapeChange renamed = Assert.Single(StateEvolution.Compare(stored, stored with { Layout = "0 groups; time none; key L int64; value Total int64" }));
        Assert.Equal((ShapeVerdict.Compatible, false), (renamed.Verdict, renamed.Rewrites));
        Assert.Equal(ShapeVerdict.Breaks, Assert.Single(StateEvolution.Compare(stored, stored with { Layout = "0 groups; time none; key K int64; value Sum int32" })).Verdict);
    }

    [Theory]
    [InlineData("A int32, B string", "A int32", "Compatible", "'B' is dropped")]
    [InlineData("A int32, B string", "B string, A int32", "Compatible", "another order")]
    [InlineData("A int32, B string", "A int64, B string", "Compatible", "widened from int32 to int64")]
    [InlineData("A int32, B string", "A int32?, B string?", "Compatible", "'A' is int32?, where int32 is stored")]
    [InlineData("A decimal(8,2)", "A decimal(10,4)", "Compatible", "decimal(4)")]
    [InlineData("A int32, B string", "A int32, B string, C string?", "Breaks", "'C' was not stored until now, and the rows in the state do not have it")]
    [InlineData("A int64, B string", "A int32, B string", "Breaks", "'A' is int32, where int64 is stored")]
    [InlineData("A int32?", "A int32", "Breaks", "'A' is int32, where int32? is stored")]
    [InlineData("A decimal(8,2)", "A decimal(8,4)", "Breaks", "decimal(8,4), where decimal(8,2) is stored")]
    [InlineData("A string", "A binary", "Breaks", "'A' is binary, where string is stored")]
    public void Columns_of_stored_rows_go_and_move_and_grow(string stored, string present, string verdict, string says)
    {
        foreach (bool isJoin in (bool[])[true, false])
        {
            IReadOnlyList<ShapeChange> changes = StateEvolution.Compare(Rows(stored, isJoin), Rows(present, isJoin));
            Assert.Equal(verdict, changes[0].Verdict.ToString());
            Assert.Contains(changes, change => change.What.Contains(says, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Keys_and_conditions_of_joins_stay()
    {
        StateShape stored = Rows("A int32", isJoin: true);
        Assert.Equal(ShapeVerdict.Breaks, StateEvolution.Compare(stored, stored with { Schema = stored.Schema.Replace("Inner", "LeftOuter", StringComparison.Ordinal) })[0].Verdict);
        Assert.Equal(ShapeVerdict.Breaks, StateEvolution.Compare(stored, stored with { Layout = stored.Layout.Replace("K int64", "K string", StringComparison.Ordinal) })[0].Verdict);
    }

    [Theory]
    [InlineData("_a int", "Value int32", "_a long", "Value int64", "Compatible", "widened from int32 to int64")]
    [InlineData("_a int", "Value int32", "_a int?", "Value flag(int32)", "Compatible", "'Value' may be null now")]
    [InlineData("_a int", "Value int32", "_a long?", "Value flag(int64)", "Compatible", "'Value' may be null now, 'Value' is widened")]
    [InlineData("_a float", "Value float", "_a double", "Value double", "Compatible", "widened")]
    [InlineData("_a enum of int", "Value int32", "_a int", "Value int32", "Compatible", "'_a int', where '_a enum of int' is stored")]
    [InlineData("_a long", "Value int64", "_a int", "Value int32", "NeedsMigration", "'_a int', where '_a long' is stored: 'Value' is int32, where int64 is stored")]
    [InlineData("_a int?", "Value flag(int32)", "_a int", "Value int32", "NeedsMigration", "may be null in what is stored, and not now")]
    [InlineData("_a int", "Value int32", "_a string?", "Value sized(string)", "NeedsMigration", "'_a string?', where '_a int' is stored")]
    [InlineData("_a double", "Value double", "_a float", "Value float", "NeedsMigration", "float")]
    [InlineData("_a ulong", "Value uint64", "_a long", "Value int64", "NeedsMigration", "int64")]
    [InlineData("_a {A int}?", "Value sized(record(A int32))", "_a {A int, B string?}?", "Value sized(record(A int32, B some(string)))", "Compatible", "'Value.B' is new; what is stored gets null")]
    [InlineData("_a {A int}?", "Value sized(record(A int32))", "_a {A int, B int}?", "Value sized(record(A int32, B int32 = 7))", "Compatible", "'Value.B' is new; what is stored gets 7")]
    [InlineData("_a {A int}?", "Value sized(record(A int32))", "_a {A int, B int}?", "Value sized(record(A int32, B int32))", "NeedsMigration", "'Value.B' is new and has no default, and what is stored does not have it")]
    [InlineData("_a {A int, B int}?", "Value sized(record(A int32, B int32))", "_a {B int, A int}?", "Value sized(record(B int32, A int32))", "Compatible", "the fields of 'Value' are in another order")]
    [InlineData("_a {A int, B int}?", "Value sized(record(A int32, B int32))", "_a {B int}?", "Value sized(record(B int32))", "Compatible", "'Value.A' is dropped")]
    [InlineData("_a {A int}?", "Value sized(record(A#1 int32))", "_a {B int}?", "Value sized(record(B#1 int32))", "Compatible", "'Value.B' was called 'A'")]
    [InlineData("_a {A int}?", "Value sized(record(A int32))", "_a {A int}?", "Value sized(record(A#1 int32))", "Compatible", "'Value.A' has the id 1 now")]
    [InlineData("_a {A int}?", "Value sized(record(A#1 int32))", "_a {A int}?", "Value sized(record(A#2 int32))", "NeedsMigration", "'Value.A' is new and has no default")]
    [InlineData("_a {A {B int}}?", "Value sized(record(A record(B int32)))", "_a {A {B long}}?", "Value sized(record(A record(B int64)))", "Compatible", "'Value.A.B' is widened")]
    [InlineData("_a value<int>", "Value sized(int32)", "_a int", "Value int32", "Breaks", "'_a int', where '_a value<int>' is stored")]
    [InlineData("_a value<int>", "Value sized(int32)", "_a value<int> with a lifetime", "Value sized(record(Expires timestamp, Value int32))", "Breaks", "with a lifetime', where")]
    [InlineData("_a list<int>", "Gone int32, Elements list(sized(int32))", "_a list<long>", "Gone int32, Elements list(sized(int64))", "Compatible", "'Elements' is widened from int32 to int64")]
    [InlineData("_a list<int>", "Gone int32, Elements list(sized(int32))", "_a value<int>", "Value sized(int32)", "Breaks", "'_a value<int>', where '_a list<int>' is stored")]
    public void Values_of_state_variables_are_read_as_others_where_nothing_is_lost(string stored, string before, string present, string now, string verdict, string says)
    {
        IReadOnlyList<ShapeChange> changes = StateEvolution.Compare(Custom(stored, before), Custom(present, now));

        // What breaks here is the kind of a variable.
        Assert.Equal((verdict, verdict == "Breaks" ? "tws-output-mode-changed" : StateEvolution.SchemaChanged), (changes[0].Verdict.ToString(), changes[0].Rule));
        Assert.Contains(says, changes[0].What, StringComparison.Ordinal);
        Assert.Equal("_a", changes[0].Variable);
    }

    /// <summary>A record of the user may look as what stands around a value that has a lifetime.</summary>
    [Theory]
    [InlineData("_a value<int>", "Value sized(int32)", "int32", false)]
    [InlineData("_a DateTimeOffset?", "Value flag(ticks)", "timestamp", false)]
    [InlineData("_a value<int> with a lifetime", "Value sized(record(Expires timestamp, Value int32))", "int32", true)]
    [InlineData("_a value<{Expires,Value}>", "Value sized(record(Expires timestamp, Value int32))", "record(Expires timestamp, Value int32)", false)]
    [InlineData("_a value<{Expires,Value}> with a lifetime", "Value sized(record(Expires timestamp, Value record(Expires timestamp, Value int32)))", "record(Expires timestamp, Value int32)", true)]
    [InlineData("_a list<int> with a lifetime", "Gone int32, Elements list(record(Expires timestamp, Value sized(int32)))", "int32", true)]
    [InlineData("_a map<int, int> with a lifetime", "Expires timestamp, Order int64, Value sized(int32)", "int32", false)]
    [InlineData("_a map<int, {Expires,Value}> with a lifetime", "Expires timestamp, Order int64, Value sized(record(Expires timestamp, Value int32))", "record(Expires timestamp, Value int32)", false)]
    public void The_value_itself_is_found(string member, string layout, string value, bool isBehindExpiry)
    {
        // With another id it is the same variable in other words.
        VariableValues values = Assert.Single(StateEvolution.Compare(Custom(member, layout), Custom(member.Replace("_a", "_a#1", StringComparison.Ordinal), layout))).Values!;
        Assert.Equal((value, value, isBehindExpiry), (values.Stored.ToString(), values.Present.ToString(), values.AreBehindExpiry));
    }

    [Fact]
    public void Keys_of_maps_stay_and_their_values_are_read_as_others()
    {
        StateShape stored = Map("int", "int32", "int", "int32");
        Assert.Equal(ShapeVerdict.Compatible, StateEvolution.Worst(StateEvolution.Compare(stored, Map("int", "int32", "long", "int64"))));
        Assert.Equal(ShapeVerdict.Breaks, StateEvolution.Worst(StateEvolution.Compare(stored, Map("long", "int64", "int", "int32"))));

        static StateShape Map(string key, string keyType, string value, string valueType) => Custom(
            $"_a map<{key}, {value}>", $"Order int64, Value sized({valueType})", $", MapKey sized({keyType})");
    }

    [Fact]
    public void Variables_come_and_go_and_are_known_by_their_ids()
    {
        StateShape stored = Custom("_a#1 int", "Value int32");
        StateShape present = Custom("_b int", "Value int32");
        Assert.Equal(
            ["has a new state variable '_b', which is absent at first", "no longer has the state variable '_a#1 int', and what is stored of it is dropped"],
            StateEvolution.Compare(stored, present).Select(change => change.What));
        ShapeChange renamed = Assert.Single(StateEvolution.Compare(stored, Custom("_b#1 int", "Value int32")));
        Assert.Equal((ShapeVerdict.Compatible, true), (renamed.Verdict, renamed.Rewrites));
        Assert.Contains("'_b#1 int', where '_a#1 int' is stored", renamed.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("time None", "time EventTime", "tws-output-mode-changed", "has the time mode EventTime, where 'None' is stored")]
    [InlineData("output Append", "output Update", "tws-output-mode-changed", "emits in Update mode, where 'Append' is stored")]
    [InlineData("key string", "key long", "state-schema-changed", "has the key 'long', where 'string' is stored")]
    [InlineData("' v2", "' v3", "state-schema-changed", "' v3, where the state of process 'it; ''")]
    public void Modes_and_the_key_stay(string before, string now, string rule, string says)
    {
        StateShape stored = Custom("_a int", "Value int32");
        ShapeChange change = Assert.Single(StateEvolution.Compare(stored, stored with { Schema = stored.Schema.Replace(before, now, StringComparison.Ordinal) }));
        Assert.Equal((ShapeVerdict.Breaks, rule), (change.Verdict, change.Rule));
        Assert.Contains(says, change.What, StringComparison.Ordinal);
    }

    private static StateShape Other(string schema) => new("aggregate-1", false, "stateStoreSave", schema, "");

    private static StateShape Custom(string member, string value, string mapKey = "")
    {
        string name = member.Split(' ')[0];
        return new("it; '", true, Keyed, $"process 'it; '' v2; time None; output Append; key string; {member}", $"{Timers}\n1 {name}; time number; key K string{mapKey}; value {value}");
    }

    private static StateShape Rows(string columns, bool isJoin)
    {
        string stored = string.Join(", ", columns.Split(", ").Select(column =>
        {
            string[] parts = column.TrimEnd('?').Split(' ');
            string type = parts[1].StartsWith("decimal", StringComparison.Ordinal) ? $"decimal({parts[1].TrimEnd(')').Split(',')[1]})" : parts[1];
            return $"{parts[0]} {(type is "string" or "binary" ? type : $"null({type})")}";
        }));
        return isJoin
            ? new("join-1", false, "symmetricHashJoin", $"Inner join on 'x; left '; left {columns}; right {columns}", $"0 left; time instant; key K int64, Number int64; value Matched uint8, {stored}")
            : new("top-1", false, "topBy", $"top 3 v1 Update; keys K long; by A int; rows {columns}", $"0 groups; time none; key K int64; value Seen timestamp, Rows list(record(Order int64, {stored}))");
    }
}
