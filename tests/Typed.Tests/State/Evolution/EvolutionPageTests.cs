using Typed.State;
using Typed.Tests.House;

namespace Typed.Tests.State.Evolution;

/// <summary>Each line of the table in docs/state-evolution.md says what happens. That pipelines have the shapes that are compared here is shown by <see cref="KeyChangeTests"/> and <see cref="BeforeStateTests"/>.</summary>
public class EvolutionPageTests
{
    private const string Aggregate = "aggregate v1 Update; window 1 minute over At; session 5 minutes over At; keys A int64, Typed.TimeWindow.Of(At, 5 minutes) window; state Sum(Amount) long";
    private static readonly StateShape s_group = new("aggregate-1", false, "stateStoreSave", Aggregate, "0 groups; time none; key K int64; value Sum int64");
    private static readonly StateShape s_join = Join("A int32, B string");
    private static readonly StateShape s_custom = Custom("_a int", "Value int32");
    private static readonly StateShape s_record = Record("A int32");

    private static readonly Dictionary<string, (StateShape[] Stored, StateShape[] Present, string Means)> s_changes = new()
    {
        ["a filter, a projection or other code changes"] = One(s_group, s_group, "goes on"),
        ["the name of a column of a group changes"] = One(s_group, s_group with { Layout = s_group.Layout.Replace("K int64", "L int64", StringComparison.Ordinal) }, "goes on"),
        ["a column of the input is renamed, and a `Select` before the operator gives it the old name"] = One(s_group, s_group, "goes on"),
        ["a `Select` before the operator computes something else under the same name"] = One(s_group, s_group, "goes on"),
        ["a state variable is added"] = One(s_custom with { Schema = s_custom.Schema.Replace("; _a int", "", StringComparison.Ordinal), Layout = s_custom.Layout.Split('\n')[0] }, s_custom, "goes on"),
        ["a state variable is dropped"] = One(s_custom, s_custom with { Schema = s_custom.Schema.Replace("; _a int", "", StringComparison.Ordinal), Layout = s_custom.Layout.Split('\n')[0] }, "goes on"),
        ["a state variable is renamed and has an id"] = One(Custom("_a#1 int", "Value int32"), Custom("_b#1 int", "Value int32"), "goes on"),
        ["a state variable is renamed and has no id"] = One(s_custom, Custom("_b int", "Value int32"), "goes on"),
        ["a number is widened"] = One(s_custom, Custom("_a long", "Value int64"), "goes on"),
        ["a value may be null now"] = One(s_custom, Custom("_a int?", "Value flag(int32)"), "goes on"),
        ["a value may no longer be null"] = One(Custom("_a int?", "Value flag(int32)"), s_custom, "migration"),
        ["a number is narrowed"] = One(s_custom, Custom("_a short", "Value int16"), "migration"),
        ["a value gets another type"] = One(s_custom, Custom("_a string?", "Value sized(string)"), "migration"),
        ["a value of custom state was a number and is an enum"] = One(Custom("_a value<int>", "Value sized(int32)"), Enum("A = 0, B = 1"), "migration"),
        ["a value of custom state was an enum and is a number"] = One(Enum("A = 0, B = 1"), Custom("_a value<int>", "Value sized(int32)"), "migration"),
        ["a column of stored rows was a number and is an enum, or was an enum and is a number"] = One(Top("A int64, K int64"), Schema(Top("A int64, K int64"), "rows A int64, K int64", "rows A int64, K enum"), "refused"),
        ["members are added to an enum"] = One(Enum("A = 0, B = 1"), Enum("A = 0, B = 1, C = 2"), "goes on"),
        ["a member of an enum is taken out"] = One(Enum("A = 0, B = 1"), Enum("A = 0"), "goes on"),
        ["a member of an enum gets another name and keeps its value"] = One(Enum("A = 0, B = 1"), Enum("A = 0, Z = 1"), "goes on"),
        ["a member of an enum in a value of custom state gets another value"] = One(Enum("A = 0, B = 1"), Enum("B = 0, A = 1"), "migration"),
        ["a member of an enum that is 0 gets another value, and the value is a plain one"] = One(PlainEnum("A = 0, B = 1"), PlainEnum("B = 0, A = 1"), "refused"),
        ["a member of an enum in a key, an aggregate or a stored row gets another value"] = One(EnumKey("A = 0, B = 1"), EnumKey("B = 0, A = 1"), "refused"),
        ["a nullable field is added to a record"] = One(s_record, Record("A int32, B some(string)"), "goes on"),
        ["a field with a default is added to a record"] = One(s_record, Record("A int32, B int32 = 3"), "goes on"),
        ["a field without a default is added to a record"] = One(s_record, Record("A int32, B int32"), "migration"),
        ["a field of a record is dropped"] = One(Record("A int32, B int32"), s_record, "goes on"),
        ["the fields of a record are reordered"] = One(Record("A int32, B int32"), Record("B int32, A int32"), "goes on"),
        ["a field of a record is widened"] = One(s_record, Record("A int64"), "goes on"),
        ["a field of a record is renamed and has an id"] = One(Record("A#1 int32"), Record("B#1 int32"), "goes on"),
        ["a field of a record is renamed and has no id"] = One(s_record, Record("B int32"), "migration"),
        ["an element of a list changes as a value may"] = One(Custom("_a list<int>", "Gone int32, Elements list(sized(int32))"), Custom("_a list<long>", "Gone int32, Elements list(sized(int64))"), "goes on"),
        ["a value of a map changes as a value may"] = One(Map("int32", "int32"), Map("int32", "int64"), "goes on"),
        ["the key of a map changes"] = One(Map("int32", "int32"), Map("int64", "int32"), "refused"),
        ["a value becomes a list"] = One(Custom("_a value<int>", "Value sized(int32)"), Custom("_a list<int>", "Gone int32, Elements list(sized(int32))"), "refused"),
        ["a lifetime is added or taken off"] = One(Custom("_a value<int>", "Value sized(int32)"), Custom("_a value<int> with a lifetime", "Value sized(record(Expires timestamp, Value int32))"), "refused"),
        ["the length of a lifetime changes"] = One(s_custom, s_custom, "goes on"),
        ["the time mode of a processor changes"] = One(s_custom, Schema(s_custom, "time None", "time EventTime"), "refused"),
        ["the output mode changes"] = One(s_custom, Schema(s_custom, "output Append", "output Update"), "refused"),
        ["the key of a processor changes"] = One(s_custom, Schema(s_custom, "key Who string", "key Id string"), "refused"),
        ["the key of a group changes"] = One(s_group, Schema(s_group, "keys A int64", "keys B int64"), "refused"),
        ["a window in the key of a group gets another length"] = One(s_group, Schema(s_group, "Of(At, 5 minutes)", "Of(At, 10 minutes)"), "refused"),
        ["two groups without names that have other keys change places"] = ([s_group, OtherKey(s_group)], [OtherKey(s_group), s_group], "refused"),
        ["an aggregate is added"] = One(s_group, Schema(s_group, "Sum(Amount) long", "Sum(Amount) long, Rows long"), "refused"),
        ["an aggregate is of another column or expression"] = One(s_group, Schema(s_group, "Sum(Amount)", "Sum(Quantity)"), "refused"),
        ["a parameter of the pipeline in a key, an aggregate, a gap or the condition of a join gets another value"] = One(
            s_group with { Schema = StateShape.WithParameters(Aggregate, "Divisor = 3") }, s_group with { Schema = StateShape.WithParameters(Aggregate, "Divisor = 2") }, "refused"),
        ["a parameter of the pipeline in a filter gets another value"] = One(s_group, s_group, "goes on"),
        ["a window gets another length"] = One(s_group, Schema(s_group, "window 1 minute", "window 90 seconds"), "refused"),
        ["the time that windows are of changes"] = One(s_group, Schema(s_group, "over At", "over Sent"), "refused"),
        ["a session gets another gap"] = One(s_group, Schema(s_group, "session 5 minutes", "session 6 minutes"), "refused"),
        ["the columns of a distinct change"] = One(new("distinct-1", false, "dedupe", "distinct v1; keys A string", ""), new("distinct-1", false, "dedupe", "distinct v1; keys B string", ""), "refused"),
        ["the count of a limit changes"] = One(new("limit-1", false, "globalLimit", "limit 5: passed long", ""), new("limit-1", false, "globalLimit", "limit 6: passed long", ""), "refused"),
        ["a column of the rows of a join is dropped"] = One(s_join, Join("A int32"), "goes on"),
        ["the columns of the rows of a join are reordered"] = One(s_join, Join("B string, A int32"), "goes on"),
        ["a column of the rows of a join is widened"] = One(s_join, Join("A int64, B string"), "goes on"),
        ["a column is added to the rows of a join"] = One(s_join, Join("A int32, B string, C string"), "refused"),
        ["the condition of a join changes"] = One(s_join, Schema(s_join, "on x", "on y"), "refused"),
        ["the equalities of a join change places"] = One(Schema(s_join, "on x", "on x and y"), Schema(s_join, "on x", "on y and x"), "refused"),
        ["the other parts of the condition of a join change places"] = One(s_join, s_join, "goes on"),
        ["a part of the condition of a join that is about one side only changes"] = One(s_join, s_join, "goes on"),
        ["a column of the first rows of groups is dropped"] = One(Top("A int32, B string"), Top("B string"), "goes on"),
        ["a column is added to the first rows of groups"] = One(Top("B string"), Top("A int32, B string"), "refused"),
        ["named operators change places"] = ([Named(s_group, "one"), Named(s_join, "two")], [Named(s_join, "two"), Named(s_group, "one")], "goes on"),
        ["an operator gets a name"] = One(s_group, Named(s_group, "sums"), "goes on"),
        ["an operator gets another name"] = One(Named(s_group, "sums"), Named(s_group, "totals"), "refused"),
        ["an operator with state is added"] = ([s_group], [s_group, s_join], "refused"),
        ["an operator with state is taken out"] = ([s_group, s_join], [s_group], "refused"),
    };

    public static TheoryData<string> Changes => [.. s_changes.Keys];

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_change_means_what_the_page_says(string change)
    {
        (StateShape[] stored, StateShape[] present, string means) = s_changes[change];
        OperatorsChange found = OperatorsEvolution.Compare(stored, present);
        Assert.Equal(means, found.Verdict switch { ShapeVerdict.Breaks => "refused", ShapeVerdict.NeedsMigration => "migration", _ => "goes on" });

        // What goes on with other bytes can be made into them.
        if (means == "goes on")
        {
            for (int i = 0; i < present.Length; i++)
                new RewrittenTables(StateLayout.Parse(stored[found.Match[i]].Layout), StateLayout.Parse(present[i].Layout), CustomStateEvolution.IsCustom(present[i].Kind)).Dispose();
        }
    }

    [Fact]
    public void The_page_has_all_of_them_and_no_other()
    {
        IEnumerable<string> lines = File.ReadLines(Checkout.At("docs/state-evolution.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1);
        Assert.Equal(s_changes.Select(one => $"| {one.Key} | {one.Value.Means} |"), lines);
    }

    private static (StateShape[] Stored, StateShape[] Present, string Means) One(StateShape stored, StateShape present, string means) => ([stored], [present], means);

    private static StateShape Schema(StateShape shape, string before, string now)
    {
        Assert.Contains(before, shape.Schema, StringComparison.Ordinal);
        return shape with { Schema = shape.Schema.Replace(before, now, StringComparison.Ordinal) };
    }

    private static StateShape OtherKey(StateShape shape) => Schema(shape, "keys A int64", "keys B int64");

    private static StateShape Named(StateShape shape, string name) => shape with { Name = name, IsNamed = true };

    private static StateShape Custom(string member, string value, string mapKey = "") => new(
        "it",
        true,
        "transformWithStateExec",
        $"process 'it' v2; time None; output Append; key Who string; {member}",
        $"0 timers; time number; key K string; value Order int64, Times list(timestamp)\n1 {member.Split(' ')[0]}; time number; key K string{mapKey}; value {value}");

    private static StateShape Enum(string members) => Custom("_a value<enum of int>", $"Value sized(enum(int32, {members}))");

    private static StateShape PlainEnum(string members) => Custom("_a enum of int", $"Value enum(int32, {members})");

    private static StateShape EnumKey(string members) => s_group with { Layout = s_group.Layout.Replace("K int64", $"K enum(int64, {members})", StringComparison.Ordinal) };

    private static StateShape Record(string fields) => Custom($"_a {{{fields}}}?", $"Value sized(record({fields}))");

    private static StateShape Map(string key, string value) => Custom($"_a map<{key}, {value}>", $"Order int64, Value sized({value})", $", MapKey sized({key})");

    private static string Stored(string columns) =>
        string.Join(", ", columns.Split(", ").Select(column => column.EndsWith("string", StringComparison.Ordinal) ? column : column.Replace(" ", " null(", StringComparison.Ordinal) + ")"));

    private static StateShape Join(string columns) => new(
        "join-1", false, "symmetricHashJoin", $"Inner join on x; left {columns}; right {columns}", $"0 left; time instant; key K int64, Number int64; value Matched uint8, {Stored(columns)}");

    private static StateShape Top(string columns) => new(
        "top-1", false, "topBy", $"top 3 v1 Update; keys K int64; by A int; rows {columns}", $"0 groups; time none; key K int64; value Seen timestamp, Rows list(record(Order int64, {Stored(columns)}))");
}
