namespace Typed.Tests.Baseline;

/// <summary>What the build says of a pipeline beside its baseline, at which place, and what the fixes write.</summary>
public class BaselineTests
{
    private const string Records =
        """
        using System;
        using Typed;

        namespace Shop;

        [StreamRecord] public readonly partial record struct Order(string Id, string User, int Count, [Precision(10, 2)] decimal Amount, [EventTime] DateTimeOffset Time);
        [StreamRecord] public readonly partial record struct Total(string User, long Orders);


        """;

    private const string Named =
        """
        [Pipeline(OutputMode.Update)]
        public sealed partial class OrdersByUser
        {
            public static Stream<Total> Define(Stream<Order> orders) => orders
                .GroupBy(o => o.User).Select(g => new Total(g.Key, g.Count())).Named("by-user");
        }

        """;

    private const string Watch =
        """
        public sealed partial class Watcher : KeyedProcessor<string, Order, Total>
        {
            [State] private int _count;
            [State] private DateTimeOffset? _last;

            public override void OnRows(Rows<Order> rows, Context<string, Total> ctx) { _count++; ctx.Clear(); }
        }

        [Pipeline(OutputMode.Append)]
        public sealed partial class Watch
        {
            public static Stream<Total> Define(Stream<Order> orders) => orders.GroupBy(o => o.User).Process(new Watcher(), "watcher");
        }

        """;

    private const string ByUser =
        """
        Shop.OrdersByUser / by-user
          kind   stateStoreSave
          state  aggregate v1 Update; keys User string; state Rows long
          table  0 groups; time none; key User string; value Rows int64

        """;

    private const string Watcher =
        """
        Shop.Watch / watcher
          kind   transformWithStateExec
          state  process 'watcher' v2; time None; output Append; key User string; _count int; _last timestamp?
          table  0 timers; time number; key Key string; value Order int64, Times list(timestamp)
          table  1 _count; time number; key Key string; value Value int32
          table  2 _last; time number; key Key string; value Value flag(ticks)

        """;

    [Fact]
    public async Task Without_a_baseline_nothing_is_said()
    {
        using BaselineProject project = new(Records + Named.Replace(".Named(\"by-user\")", "", StringComparison.Ordinal), shipped: null);
        Assert.Empty(await project.FoundAsync());
    }

    [Fact]
    public async Task An_empty_baseline_asks_for_what_is_there_and_the_fix_writes_it()
    {
        using BaselineProject project = new(Records + Named + Watch);
        Assert.Equal(["TYPED5001 \"by-user\"", "TYPED5001 \"watcher\""], await project.FoundAsync());
        Assert.Equal(
            "The state of 'by-user' in Shop.OrdersByUser is not what the baseline says: it is not there. Verdict: new, it begins empty; note it in Typed.State.Unshipped.txt.",
            (await project.SaidAsync())[0]);
        await project.FixAllAsync("TYPED5001");
        Assert.Empty(await project.FoundAsync());
        Assert.Equal(ByUser + "\n" + Watcher, project.Unshipped);
    }

    [Fact]
    public async Task One_at_a_time_comes_to_the_same()
    {
        using BaselineProject project = new(Records + Named + Watch);
        await project.FixAsync("TYPED5001");
        Assert.Equal(ByUser + "\n" + Watcher, project.Unshipped);
    }

    [Theory]
    [InlineData(ByUser, null)]
    [InlineData("", ByUser)]
    [InlineData("# Of the shop\n\n" + ByUser, "")]
    public async Task What_is_noted_is_not_said(string shipped, string? unshipped)
    {
        using BaselineProject project = new(Records + Named, shipped, unshipped);
        Assert.Empty(await project.FoundAsync());
    }

    [Fact]
    public async Task What_an_editor_does_to_a_file_does_not_matter()
    {
        using BaselineProject project = new(Records + Named, ByUser.Replace("\n", "  \r\n", StringComparison.Ordinal));
        Assert.Empty(await project.FoundAsync());
    }

    [Fact]
    public async Task A_change_that_breaks_is_said_though_it_is_noted()
    {
        string source = Records + Named.Replace("o => o.User)", "o => o.Count)", StringComparison.Ordinal).Replace("g.Key,", "g.Key.ToString(),", StringComparison.Ordinal);
        string noted = ByUser.Replace("keys User string", "keys Count int32", StringComparison.Ordinal).Replace("key User string", "key Count int32", StringComparison.Ordinal);
        using BaselineProject project = new(source, ByUser, noted);
        Assert.Equal(["TYPED5001 \"by-user\""], await project.FoundAsync());
        Assert.Equal(
            "The state of 'by-user' in Shop.OrdersByUser is not what the baseline says: it has the keys 'Count int32', where 'User string' is stored. Verdict: breaks, a start from what is "
            + "stored is refused; keep it as it was, or give the operator another name, take the old one away with *RETIRED* and begin with a new checkpoint.",
            Assert.Single(await project.SaidAsync()));
        Assert.Equal(0, await project.CountFixesAsync("TYPED5001"));

        // The way out that is named.
        using BaselineProject renamed = new(source.Replace("by-user", "by-count", StringComparison.Ordinal), ByUser);
        Assert.Contains(
            "it is not there. Verdict: new, and a start from a checkpoint of what was shipped is refused, as no operator begins empty beside stored state; begin with a new checkpoint and note it in Typed.State.Unshipped.txt.",
            (await renamed.SaidAsync())[1],
            StringComparison.Ordinal);
        Assert.Equal(["TYPED5004 OrdersByUser", "TYPED5001 \"by-count\""], await renamed.FoundAsync());
        await renamed.FixAsync("TYPED5001");
        await renamed.FixAsync("TYPED5004");
        Assert.Empty(await renamed.FoundAsync());
        Assert.Contains("Shop.OrdersByUser / by-user *RETIRED*\n", renamed.Unshipped, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_aggregate_of_another_column_breaks()
    {
        string shipped = ByUser.Replace("Rows long", "Sum(Pieces) long", StringComparison.Ordinal).Replace("Rows int64", "Sum.Pieces int64", StringComparison.Ordinal);
        using BaselineProject project = new(Records + Named.Replace("g.Count()", "g.Sum(o => o.Count)", StringComparison.Ordinal), shipped);
        Assert.Contains(
            "it has the state 'Sum(Count) long', where 'Sum(Pieces) long' is stored. Verdict: breaks", Assert.Single(await project.SaidAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compatible_change_is_said_until_it_is_noted()
    {
        string source = Records + Watch.Replace("private DateTimeOffset? _last", "private long _sum", StringComparison.Ordinal).Replace("int _count", "long _count", StringComparison.Ordinal);
        using BaselineProject project = new(source, Watcher);
        Assert.Equal(["TYPED5001 \"watcher\""], await project.FoundAsync());
        string said = Assert.Single(await project.SaidAsync());
        Assert.Contains("it keeps the state variable '_count long', where '_count int' is stored", said, StringComparison.Ordinal);
        Assert.Contains("has a new state variable '_sum'", said, StringComparison.Ordinal);
        Assert.Contains("no longer has the state variable '_last timestamp?'", said, StringComparison.Ordinal);
        Assert.EndsWith("Verdict: compatible, a start goes on from what is stored; note it in Typed.State.Unshipped.txt.", said, StringComparison.Ordinal);
        await project.FixAsync("TYPED5001");
        Assert.Empty(await project.FoundAsync());
        Assert.Contains("table  1 _count; time number; key Key string; value Value int64\n", project.Unshipped, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Open, Paid, Sent", null)]
    [InlineData("Paid, Open, Sent", "TYPED5001: it keeps other values in 'groups': the enum of 'Kind' has members with other values: Open was 0 and is 1 now (what is stored as Open would be Paid), Paid was 1 and is 0 now (what is stored as Paid would be Open). Verdict: breaks")]
    [InlineData("Open, New, Paid, Sent", "TYPED5001: it keeps other values in 'groups': the enum of 'Kind' has members with other values: Paid was 1 and is 2 now (what is stored as Paid would be New), Sent was 2 and is 3 now (what is stored as Sent would be Paid). Verdict: breaks")]
    [InlineData("Open, Paid, Sent, Back", "TYPED5001: it keeps other values in 'groups': the enum of 'Kind' has other members: Back = 3 is new. Verdict: compatible")]
    [InlineData("Open, Settled, Sent", "TYPED5001: it keeps other values in 'groups': the enum of 'Kind' has other members: Paid is called Settled now. Verdict: compatible")]
    public async Task Members_of_an_enum_keep_their_values(string members, string? says)
    {
        static string Source(string members) => Records
            + $"public enum Kind {{ {members} }}\n[StreamRecord] public readonly partial record struct Kinded(string User, Kind Kind);\n"
            + Named.Replace("Stream<Order>", "Stream<Kinded>", StringComparison.Ordinal).Replace("o => o.User", "o => o.Kind", StringComparison.Ordinal).Replace("g.Key,", "\"\",", StringComparison.Ordinal);
        using BaselineProject before = new(Source("Open, Paid, Sent"));
        await before.FixAsync("TYPED5001");
        Assert.Contains("key Kind enum(int64, Open = 0, Paid = 1, Sent = 2); value Rows int64\n", before.Unshipped, StringComparison.Ordinal);
        using BaselineProject project = new(Source(members), before.Unshipped);
        string[] said = [.. (await project.FoundAsync()).Zip(await project.SaidAsync(), (found, what) => $"{found.Split(' ')[0]}: {what.Substring(what.IndexOf("it keeps", StringComparison.Ordinal))}")];
        Assert.Equal(says is null ? 0 : 1, said.Length);
        Assert.All(said, one => Assert.StartsWith(says!, one, StringComparison.Ordinal));

        // Nothing is known of one that was noted without them.
        using BaselineProject earlier = new(Source(members), before.Unshipped!.Replace("enum(int64, Open = 0, Paid = 1, Sent = 2)", "int64", StringComparison.Ordinal));
        Assert.Empty(await earlier.FoundAsync());
    }

    [Fact]
    public async Task Members_of_an_enum_in_custom_state_that_have_other_values_cannot_be_read()
    {
        string source = Records + "public enum Kind { Open, Paid }\n" + Watch.Replace("DateTimeOffset? _last", "ValueState<Kind> _kind", StringComparison.Ordinal);
        using BaselineProject before = new(source);
        await before.FixAsync("TYPED5001");
        Assert.Contains("value Value sized(enum(int32, Open = 0, Paid = 1))\n", before.Unshipped, StringComparison.Ordinal);
        string swapped = source.Replace("Open, Paid", "Paid, Open", StringComparison.Ordinal);
        using BaselineProject project = new(swapped, before.Unshipped);
        Assert.Equal(["TYPED5003 \"watcher\""], await project.FoundAsync());
        Assert.Contains(
            "it keeps the state variable '_kind': the enum of 'Value' has members with other values: Open was 0 and is 1 now (what is stored as Open would be Paid), Paid was 1 and is 0 now",
            Assert.Single(await project.SaidAsync()),
            StringComparison.Ordinal);

        // A method for a number may be one for other members.
        using BaselineProject ofNumber = new(swapped.Replace("[State] private ValueState", "[Migration(\"_kind\")] private static Kind Of(int stored) => (Kind)stored; [State] private ValueState", StringComparison.Ordinal), before.Unshipped);
        Assert.Equal(["TYPED5003 \"watcher\""], await ofNumber.FoundAsync());
        using BaselineProject ofEarlier = new(
            swapped.Replace("[State] private ValueState", "[Migration(\"_kind\")] private static Kind Of(Earlier stored) => stored == Earlier.Open ? Kind.Open : Kind.Paid; [State] private ValueState", StringComparison.Ordinal)
                + "public enum Earlier { Open, Paid }\n",
            before.Unshipped);
        Assert.Equal(["TYPED5001 \"watcher\""], await ofEarlier.FoundAsync());
    }

    [Fact]
    public async Task A_note_that_is_needed_no_longer_is_taken_back()
    {
        using BaselineProject project = new(Records + Watch, Watcher, "# Soon\n\n" + Watcher.Replace("int32", "int64", StringComparison.Ordinal).Replace("_count int", "_count long", StringComparison.Ordinal));
        Assert.Equal(["TYPED5001 \"watcher\""], await project.FoundAsync());
        Assert.Contains("Verdict: the same as what was shipped", Assert.Single(await project.SaidAsync()), StringComparison.Ordinal);
        await project.FixAsync("TYPED5001");
        Assert.Equal("# Soon\n", project.Unshipped);
        Assert.Empty(await project.FoundAsync());
    }

    [Fact]
    public async Task Values_that_cannot_be_read_are_said_to_be_so()
    {
        using BaselineProject project = new(Records + Watch.Replace("int _count", "decimal _count", StringComparison.Ordinal), Watcher);
        Assert.Equal(["TYPED5003 \"watcher\""], await project.FoundAsync());
        Assert.Contains("keeps the state variable '_count decimal", Assert.Single(await project.SaidAsync()), StringComparison.Ordinal);

        // Under another name it is another variable.
        using BaselineProject renamed = new(Records + Watch.Replace("int _count", "decimal _sum", StringComparison.Ordinal).Replace("_count++", "_sum++", StringComparison.Ordinal), Watcher);
        Assert.Equal(["TYPED5001 \"watcher\""], await renamed.FoundAsync());
    }

    [Fact]
    public async Task A_migration_says_how_they_are_read()
    {
        string source = Records + Watch.Replace("int _count", "decimal _count", StringComparison.Ordinal);
        using BaselineProject project = new(source, Watcher);
        await project.FixAsync("TYPED5003");
        Assert.Contains(
            "    [Migration(\"_count\")]\n    private static decimal MigrateCount(int stored) => throw new System.NotImplementedException();\n}", project.Source.ReplaceLineEndings("\n"), StringComparison.Ordinal);

        // What is read so is another type all the same, which is to be noted.
        Assert.Equal(["TYPED5001 \"watcher\""], await project.FoundAsync());
        await project.FixAsync("TYPED5001");
        Assert.Empty(await project.FoundAsync());

        // All of them at once, and each once though two pipelines use the processor.
        string watch = source.Replace("DateTimeOffset? _last", "int? _last", StringComparison.Ordinal);
        string second = watch.Substring(watch.IndexOf("[Pipeline", StringComparison.Ordinal)).Replace("class Watch", "class Second", StringComparison.Ordinal);
        using BaselineProject all = new(watch + second, Watcher + "\n" + Watcher.Replace("Shop.Watch ", "Shop.Second ", StringComparison.Ordinal));
        Assert.Equal(["TYPED5003 \"watcher\"", "TYPED5003 \"watcher\"", "TYPED5003 \"watcher\"", "TYPED5003 \"watcher\""], await all.FoundAsync());
        await all.FixAllAsync("TYPED5003");
        Assert.Contains(
            "    private static decimal MigrateCount(int stored) => throw new System.NotImplementedException();\n\n"
            + "    [Migration(\"_last\")]\n    private static int MigrateLast(System.DateTimeOffset stored) => throw new System.NotImplementedException();\n}",
            all.Source.ReplaceLineEndings("\n"),
            StringComparison.Ordinal);
        Assert.Equal(["TYPED5001 \"watcher\"", "TYPED5001 \"watcher\""], await all.FoundAsync());

        using BaselineProject wrong = new(
            source.Replace("[State] private DateTime", "[Migration(\"_count\")] private static decimal Of(string stored) => 0; [State] private DateTime", StringComparison.Ordinal), Watcher);
        Assert.Equal(["TYPED5003 \"watcher\""], await wrong.FoundAsync());
    }

    [Theory]
    [InlineData("orders.GroupBy(o => o.User).Select(g => new Total(g.Key, g.Count()))", "Update", "TYPED5002 GroupBy", "g.Count())).Named(\"unnamed-orders\");")]
    [InlineData("orders.Aggregate(g => new Total(\"\", g.Count()))", "Update", "TYPED5002 Aggregate", "g.Count())).Named(\"unnamed-orders\");")]
    [InlineData("orders\n        .DropDuplicates(o => o.Id)\n        .Select(o => new Total(o.User, 1))", "Append", "TYPED5002 DropDuplicates", ".DropDuplicates(o => o.Id).Named(\"unnamed-orders\")\n        .Select")]
    [InlineData("orders.Take(3).Select(o => new Total(o.User, 1))", "Append", "TYPED5002 Take", ".Take(3).Named(\"unnamed-orders\").Select")]
    [InlineData("orders.TopBy(2, group: o => o.Count > 1, by: o => o.Amount).Select(o => new Total(o.User, 1))", "Update", "TYPED5002 TopBy", "by: o => o.Amount).Named(\"unnamed-orders\").Select")]
    public async Task What_has_no_name_gets_one(string query, string mode, string found, string named)
    {
        string source = Records + $"[Pipeline(OutputMode.{mode})]\npublic sealed partial class UnnamedOrders\n{{\n    public static Stream<Total> Define(Stream<Order> orders) => {query};\n}}\n";
        using BaselineProject project = new(source);
        Assert.Equal([found], await project.FoundAsync());
        await project.FixAllAsync("TYPED5002");
        Assert.Contains(named, project.Source, StringComparison.Ordinal);
        Assert.Equal(["TYPED5001 \"unnamed-orders\""], await project.FoundAsync());
    }

    [Fact]
    public async Task An_operator_that_gets_a_name_goes_on()
    {
        using BaselineProject project = new(Records + Named, ByUser.Replace("by-user", "aggregate-1", StringComparison.Ordinal));
        Assert.Equal(["TYPED5001 \"by-user\""], await project.FoundAsync());
        Assert.Contains("is there as 'aggregate-1', which had no name of its own. Verdict: compatible", Assert.Single(await project.SaidAsync()), StringComparison.Ordinal);
        await project.FixAsync("TYPED5001");
        Assert.Empty(await project.FoundAsync());
        Assert.Equal("Shop.OrdersByUser / aggregate-1 *RETIRED*\n\n" + ByUser, project.Unshipped);
    }

    [Fact]
    public async Task An_operator_or_a_pipeline_that_is_gone_is_missed()
    {
        using BaselineProject project = new(Records + Named, ByUser + "\n" + ByUser.Replace("by-user", "by-town", StringComparison.Ordinal) + "\n" + Watcher);
        Assert.Equal(["TYPED5004 Typed.State.Shipped.txt:11", "TYPED5004 OrdersByUser"], (await project.FoundAsync()).OrderByDescending(one => one));
        using BaselineProject retired = new(
            Records + Named, ByUser + "\n" + ByUser.Replace("by-user", "by-town", StringComparison.Ordinal) + "\n" + Watcher, "Shop.OrdersByUser / by-town *RETIRED*\n\nShop.Watch / watcher *RETIRED*\n");
        Assert.Empty(await retired.FoundAsync());
    }

    [Fact]
    public async Task What_is_retired_and_still_there_is_not_retired()
    {
        using BaselineProject project = new(Records + Named, ByUser, "Shop.OrdersByUser / by-user *RETIRED*\n");
        Assert.Equal(["TYPED5001 \"by-user\""], await project.FoundAsync());
        Assert.EndsWith(
            "it is retired there. Verdict: not retired, the query still has it and a start goes on from what is stored; take the operator out of the query, or the *RETIRED* line out of Typed.State.Unshipped.txt.",
            Assert.Single(await project.SaidAsync()),
            StringComparison.Ordinal);
        await project.FixAsync("TYPED5001");
        Assert.Empty(await project.FoundAsync());
        Assert.Equal("", project.Unshipped);
    }

    [Theory]
    [InlineData(ByUser, "Shop.OrdersByUser / by-town *RETIRED*\n", new[] { "TYPED5010 Typed.State.Unshipped.txt:1" })]
    [InlineData(ByUser, "# gone\nShop.OrdersByTown / by-user *RETIRED*\n", new[] { "TYPED5010 Typed.State.Unshipped.txt:2" })]
    [InlineData("", "Shop.OrdersByUser / by-user *RETIRED*\n", new[] { "TYPED5001 \"by-user\"" })]
    public async Task A_line_that_retires_what_was_never_there_is_pointed_at(string shipped, string unshipped, string[] found)
    {
        using BaselineProject project = new(Records + Named, shipped, unshipped);
        Assert.Equal(found, await project.FoundAsync());
    }

    [Theory]
    [InlineData("orders.LastBy(o => o.User, by: o => o.Time, ttl: \"2 days\").Named(\"last\")", "Update", "1 day", "ttl 1 day", "ttl 2 days")]
    [InlineData("orders.WithWatermark(o => o.Time, \"2 hours\").DropDuplicatesWithinWatermark(o => o.Id).Named(\"last\")", "Append", "1 hour", "delay 1 hour", "delay 2 hours")]
    public async Task Another_length_is_said_until_it_is_noted(string query, string mode, string shippedLength, string shipped, string present)
    {
        string Source(string of) => Records + $"[Pipeline(OutputMode.{mode})]\npublic sealed partial class Lasting\n{{\n    public static Stream<Total> Define(Stream<Order> orders) => {of}.Select(o => new Total(o.User, 1));\n}}\n";
        using BaselineProject before = new(Source(query.Replace(shippedLength is "1 day" ? "2 days" : "2 hours", shippedLength, StringComparison.Ordinal)));
        await before.FixAsync("TYPED5001");
        using BaselineProject project = new(Source(query), before.Unshipped);
        Assert.Equal(["TYPED5005 \"last\""], await project.FoundAsync());
        Assert.Contains($"goes by '{present}' now, and by '{shipped}' in the baseline", Assert.Single(await project.SaidAsync()), StringComparison.Ordinal);
        await project.FixAsync("TYPED5005");
        Assert.Empty(await project.FoundAsync());
        Assert.Contains("  lasts  " + present + "\n", project.Unshipped, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stored_record_has_ids()
    {
        string source = Records
            + "[StreamRecord] public readonly partial record struct Charge(string Card, [Id(4), Precision(10, 2)] decimal Amount, Place Where);\n[StreamRecord] public readonly partial record struct Place(string Town);\n"
            + Watch.Replace("[State] private int _count;", "[State] private ListState<Charge> _charges; [State] private int _count;", StringComparison.Ordinal);
        using BaselineProject project = new(source);
        Assert.Equal(["TYPED5008 Charge", "TYPED5008 Place", "TYPED5001 \"watcher\""], await project.FoundAsync());
        Assert.Contains("'Charge' is kept in the state of 'watcher', and 'Card' and 'Where' have no id", (await project.SaidAsync())[0], StringComparison.Ordinal);
        await project.FixAllAsync("TYPED5008");
        Assert.Contains("Charge([Id(5)] string Card, [Id(4), Precision(10, 2)] decimal Amount, [Id(6)] Place Where)", project.Source, StringComparison.Ordinal);
        Assert.Contains("Place([Id(1)] string Town)", project.Source, StringComparison.Ordinal);
        Assert.Equal(["TYPED5001 \"watcher\""], await project.FoundAsync());
        using BaselineProject without = new(source, shipped: null);
        Assert.Empty(await without.FoundAsync());
    }

    [Theory]
    [InlineData("Shop.OrdersByUser by-user\n", 1)]
    [InlineData("# by hand\n\nShop.OrdersByUser / by user\n", 3)]
    [InlineData("  kind   stateStoreSave\n", 1)]
    [InlineData(ByUser + ByUser, 5)]
    [InlineData(ByUser + "  size   3\n", 5)]
    [InlineData(ByUser + "  kind   stateStoreSave\n", 5)]
    [InlineData(ByUser + "  table  1 groups; time never; key ; value \n", 5)]
    [InlineData("Shop.OrdersByUser / by-user *RETIRED*\n  kind   stateStoreSave\n", 2)]
    [InlineData("Shop.OrdersByUser / by-user\n", 1)]
    public async Task A_line_that_cannot_be_read_is_pointed_at(string shipped, int line)
    {
        using BaselineProject project = new(Records + Named, shipped);
        Assert.Equal([$"TYPED5009 Typed.State.Shipped.txt:{line}"], await project.FoundAsync());
    }

    [Fact]
    public async Task A_pipeline_with_errors_is_not_missed()
    {
        string broken = Records + Named.Replace("OutputMode.Update", "OutputMode.Append", StringComparison.Ordinal);
        using BaselineProject project = new(broken, ByUser);
        Assert.Empty(await project.FoundAsync());
    }
}
