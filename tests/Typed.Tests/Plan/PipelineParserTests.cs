extern alias generator;

namespace Typed.Tests.Plan;

public class PipelineParserTests
{
    [Theory]
    [InlineData(
        "rows.Where(p => p.Quantity > 1).Select(p => new Result(p.UserId, p.Quantity))",
        "rows | filter (Quantity > 1) | project Key=UserId, Count=long(Quantity)")]
    [InlineData(
        "rows.WhereNotNull(p => p.Note).Select(p => new { p.UserId, N = p.Quantity }).Select(x => new Result(x.UserId, x.N))",
        "rows | filter !isnull(Note) | project UserId=UserId, N=Quantity | project Key=UserId, Count=long(N)")]
    [InlineData(
        "rows.Union(more).Take(5).Select(p => new Result(p.UserId, 1))",
        "(rows) + (more) | limit 5 | project Key=UserId, Count=1L")]
    [InlineData(
        "rows.SelectMany(p => p.Tags).Select(t => new Result(t, 1))",
        "rows | flatten Tags into value=#0 | project Key=value, Count=1L")]
    [InlineData(
        "rows.SelectMany(p => p.Tags, (p, t) => new { p.UserId, Tag = t }).Select(x => new Result(x.Tag, 1))",
        "rows | flatten Tags into UserId=UserId, Tag=#0 | project Key=Tag, Count=1L")]
    [InlineData(
        "from p in rows where p.Quantity > 1 let q = p.Quantity * 2 select new Result(p.UserId, q)",
        "rows | filter (Quantity > 1) | project p.EventId=EventId, p.UserId=UserId, p.Category=Category, p.Amount=Amount, p.Quantity=Quantity, "
            + "p.Note=Note, p.Tags=Tags, p.Other=Other, p.Time=Time, q=(Quantity * 2) | project Key=p.UserId, Count=long(q)")]
    [InlineData(
        "from p in rows from t in p.Tags select new Result(t, p.Quantity)",
        "rows | flatten Tags into Key=#0, Count=long(Quantity)")]
    public void Reads_chains_and_query_syntax(string body, string plan) =>
        Assert.Equal(plan, PlanWords.Of(PlanReading.Plan(body).Root));

    [Fact]
    public void Reads_the_query_of_the_design()
    {
        const string Body = """
            rows
                .Where(p => p.Amount > 0)
                .WithWatermark(p => p.Time, "10 minutes")
                .GroupBy(p => p.Category, Window.Sliding("5 minutes", every: "1 minute"))
                .Select(g => new WindowResult(g.Window.Start, g.Window.End, g.Key, g.Count()))
            """;
        Assert.Equal(
            "rows | filter (Amount > (0M)) | watermark Time 600000 | aggregate window(Time, 300000/60000), Key=Category: Count=Count() "
            + "| project Start=Window.Start, End=Window.End, Key=Key, Count=Count",
            PlanWords.Of(PlanReading.Plan(Body, "WindowResult").Root));
    }

    [Theory]
    [InlineData(
        "rows.GroupBy(p => p.UserId).Select(g => new Result(g.Key, g.Count()))",
        "rows | aggregate Key=UserId: Count=Count() | project Key=Key, Count=Count")]
    [InlineData(
        "rows.GroupBy(p => p.UserId, \"2 days\").Select(g => new Result(g.Key, g.Count() + g.Count(p => p.Quantity > 1) + g.Count()))",
        "rows | aggregate Key=UserId, ttl 172800000: Count=Count(), Count2=Count((Quantity > 1)) | project Key=Key, Count=((Count + Count2) + Count)")]
    [InlineData(
        "rows.GroupBy(p => new { p.UserId, C = p.Category }).Select(g => new { g.Key, N = g.Count() }).Where(x => x.Key.C != \"\").Select(x => new Result(x.Key.UserId, x.N))",
        "rows | aggregate UserId=UserId, C=Category: Count=Count() | project Key.UserId=UserId, Key.C=C, N=Count | filter (Key.C != \"\") | project Key=Key.UserId, Count=N")]
    [InlineData(
        "rows.GroupBy(p => (p.UserId, p.Quantity)).Select(g => new Result(g.Key.UserId, g.Key.Quantity))",
        "rows | aggregate UserId=UserId, Quantity=Quantity:  | project Key=UserId, Count=long(Quantity)")]
    [InlineData(
        "rows.Select(p => p.UserId).GroupBy(u => u).Select(g => new Result(g.Key, g.Count()))",
        "rows | project value=UserId | aggregate Key=value: Count=Count() | project Key=Key, Count=Count")]
    [InlineData(
        "from p in rows group p by p.Category into g select new Result(g.Key, g.Sum(p => p.Quantity))",
        "rows | aggregate Key=Category: Sum=Sum(long(Quantity)) | project Key=Key, Count=Sum")]
    [InlineData(
        "rows.Aggregate(g => new Result(\"all\", g.Sum(p => p.Quantity) ?? 0))",
        "rows | aggregate all: Sum=Sum(long(Quantity)) | project Key=\"all\", Count=CoalesceExpr")]
    [InlineData(
        "rows.GroupBy(p => p.UserId).Select(g => new Result(g.Key, g.ApproxCountDistinct(p => p.Category) + g.Collect(p => p.Note, 5).Count))",
        "rows | aggregate Key=UserId: ApproxCountDistinct=ApproxCountDistinct(Category; 0.05), Collect=Collect(Note; 5) | project Key=Key, Count=(ApproxCountDistinct + long(Collect.Count))")]
    public void Reads_groups_in_update_mode(string body, string plan) =>
        Assert.Equal(plan, PlanWords.Of(PlanReading.Plan(body, mode: "Update").Root));

    [Fact]
    public void The_window_is_cut_over_what_carries_the_watermark_then_over_the_event_time_then_over_what_is_named()
    {
        Assert.Contains("window(Other, 60000)", PlanWords.Of(PlanReading.Plan(
            "rows.WithWatermark(p => p.Other, \"1 minute\").GroupBy(Window.Tumbling(\"1 minute\")).Select(g => new Result(\"\", g.Count()))").Root));
        Assert.Contains("window(Time, 60000+1000)", PlanWords.Of(PlanReading.Plan(
            "rows.GroupBy(Window.Tumbling(\"1 minute\", offset: \"1 second\")).Select(g => new Result(\"\", g.Count()))", mode: "Update").Root));
        Assert.Contains("window(When, 60000)", PlanWords.Of(PlanReading.Plan(
            "rows.Select(p => new { When = p.Time, p.Other }).GroupBy(Window.Tumbling(\"1 minute\")).Select(g => new Result(\"\", g.Count()))", mode: "Update").Root));
        Assert.Contains("window(Other, 60000)", PlanWords.Of(PlanReading.Plan(
            "rows.GroupBy(Window.Tumbling(\"1 minute\"), on: p => p.Other).Select(g => new Result(\"\", g.Count()))", mode: "Update").Root));
    }

    [Fact]
    public void Windows_over_windows_are_cut_over_the_window_that_carries_the_watermark()
    {
        const string Body = """
            rows.WithWatermark(p => p.Time, "1 month 1 day")
                .GroupBy(p => p.UserId, Window.Tumbling("5 seconds")).Select(g => new { g.Window, g.Key, N = g.Count() })
                .GroupBy(Window.Tumbling("10 seconds")).Select(g => g.Window)
                .GroupBy(w => w).Select(g => new WindowResult(g.Key.Start, g.Key.End, "", g.Count()))
            """;
        Assert.Equal(
            "rows | watermark Time 2764800000 | aggregate window(Time, 5000), Key=UserId: Count=Count() | project Window=Window, Key=Key, N=Count "
            + "| aggregate window(Window, 10000):  | project value=Window | aggregate Key=value: Count=Count() "
            + "| project Start=Key.Start, End=Key.End, Key=\"\", Count=Count",
            PlanWords.Of(PlanReading.Plan(Body, "WindowResult").Root));
    }

    [Fact]
    public void Helpers_locals_and_constants_are_followed()
    {
        const string Body = """
            {
                const string Size = "1 minute";
                Stream<Purchase> many = Many(rows, 3);
                Window window = Window.Tumbling(Size);
                var grouped = many.GroupBy(p => p.UserId, window, p => p.Other);
                return Counted(grouped.Select(g => new { g.Key, N = g.Count() }).Select(x => new Result(x.Key, x.N)));
            }
            """;
        const string Helpers = """
            private static Stream<Purchase> Many(Stream<Purchase> input, int least)
            {
                var wanted = input.Where(p => p.Quantity > least);
                return wanted;
            }

            private static Stream<Result> Counted(Stream<Result> results) => results.Take(2);
            """;
        Assert.Equal(
            "rows | filter (Quantity > 3) | aggregate window(Other, 60000), Key=UserId: Count=Count() | project Key=Key, N=Count | project Key=Key, Count=N | limit 2",
            PlanWords.Of(PlanReading.Plan(Body, mode: "Complete", members: Helpers).Root));
    }

    [Fact]
    public void A_stream_that_is_used_twice_is_planned_twice()
    {
        const string Body = "{ var a = rows.Where(p => p.Quantity > 1); return a.Union(a).Select(p => new Result(p.UserId, 1)); }";
        PipelineSpecNodes(Body, out int[] ids);
        Assert.Equal(ids.Distinct().Count(), ids.Length);
        Assert.Equal(6, ids.Length);
    }

    [Fact]
    public void A_nested_record_has_the_same_columns_on_both_sides_of_a_union()
    {
        const string Record = """

            [StreamRecord]
            public readonly partial record struct Boxed(int Id, Result Inside);
            """;
        string source = Record + PlanReading.Pipeline("boxes.Select(b => new { R = b.Inside }).Union(boxes.Select(b => new { R = new Result(\"x\", b.Id) })).Select(x => x.R)")
            .Replace("Stream<Purchase> rows, Stream<Purchase> more, Table<Product> products", "Stream<Boxed> boxes");
        Assert.Equal(
            "(boxes | project R=Inside | project R.Key=R.Key, R.Count=R.Count) + (boxes | project R.Key=\"x\", R.Count=long(Id)) | project Key=R.Key, Count=R.Count",
            PlanWords.Of(PlanReading.Read(source).Spec!.Root));
    }

    [Fact]
    public void Sorted_results_are_read_with_all_their_keys()
    {
        const string Body = """
            rows.GroupBy(p => p.UserId).Select(g => new Result(g.Key, g.Count()))
                .OrderByDescending(r => r.Count).ThenBy(r => r.Key).Select(r => new Result(r.Key, r.Count + 1)).Take(3)
            """;
        Assert.EndsWith(
            "| sort Count desc, Key | project Key=Key, Count=(Count + 1L) | limit 3", PlanWords.Of(PlanReading.Plan(Body, mode: "Complete").Root).Replace("long(1)", "1L"));
    }

    [Theory]
    [InlineData(
        "rows.Join(products, on: (p, t) => p.Category == t.Id, select: (p, t) => new Result(t.Name, p.Quantity))",
        "rows | Inner products on (Category == t.Id) give Key=t.Name, Count=long(Quantity)")]
    [InlineData(
        "rows.LeftJoin(products, (p, t) => p.Category == t.Id, (p, t) => new { p, C = t?.Country, F = t == null }).Select(x => new Result(x.C ?? x.p.UserId, 1))",
        "rows | LeftOuter products on (Category == t.Id) give p.EventId=EventId, p.UserId=UserId, p.Category=Category, p.Amount=Amount, p.Quantity=Quantity, "
            + "p.Note=Note, p.Tags=Tags, p.Other=Other, p.Time=Time, C=t.Country, F=isnull(row1) | project Key=CoalesceExpr, Count=1L")]
    [InlineData(
        "rows.SemiJoin(products, (p, t) => NullSafe.Equal(p.Note, t.Country) && p.Amount > t.Price).AntiJoin(products, (p, t) => p.UserId == t.Id).Select(p => new Result(p.UserId, 1))",
        "rows | LeftSemi products on ((Note <=> t.Country) && (Amount > t.Price)) give EventId=EventId, UserId=UserId, Category=Category, Amount=Amount, Quantity=Quantity, "
            + "Note=Note, Tags=Tags, Other=Other, Time=Time | LeftAnti products on (UserId == t.Id) give EventId=EventId, UserId=UserId, Category=Category, Amount=Amount, "
            + "Quantity=Quantity, Note=Note, Tags=Tags, Other=Other, Time=Time | project Key=UserId, Count=1L")]
    public void Reads_joins_with_tables(string body, string plan) =>
        Assert.Equal(plan, PlanWords.Of(PlanReading.Plan(body).Root));

    [Fact]
    public void Metrics_are_aggregates_of_the_rows_that_pass()
    {
        const string Body = """
            rows.Observe("batch", o => new { Rows = o.Count(), Mean = o.Sum(p => p.Quantity) / o.Count() }).Select(p => new Result(p.UserId, 1))
            """;
        Assert.StartsWith(
            "rows | observe batch: Count=Count(), Sum=Sum(long(Quantity)) as Rows=Count, Mean=(Sum / ", PlanWords.Of(PlanReading.Plan(Body).Root));
    }

    [Fact]
    public void A_users_aggregate_says_how_it_is_made()
    {
        const string Members = """
            public struct Longest(int least) : IAggregate<string, int, int>
            {
                public int Initial => least;
                public void Add(ref int state, string value) => state = Math.Max(state, value.Length);
                public void Merge(ref int state, in int other) => state = Math.Max(state, other);
                public int Result(in int state) => state;
            }
            """;
        const string Body = "rows.GroupBy(p => p.UserId).Select(g => new Result(g.Key, g.Aggregate(new Longest(3), p => p.Category) + g.Aggregate(default(Longest), p => p.Category)))";
        Assert.Contains(
            "Aggregate=Aggregate(Category) by new global::Query.Longest(3) of global::Query.Longest/int, Aggregate2=Aggregate(Category) by default of global::Query.Longest/int",
            PlanWords.Of(PlanReading.Plan(Body, mode: "Update", members: Members).Root));
    }

    [Fact]
    public void Properties_that_lambdas_read_are_parameters()
    {
        string source = PlanReading.Pipeline("rows.Where(p => p.Quantity > Least).Select(p => new Result(p.UserId, 1))", members: "public int Least { get; init; } = 3; public int Other { get; init; }")
            .Replace("public static Stream", "public Stream");
        generator::Typed.Plan.PipelineSpec plan = PlanReading.Read(source).Spec!;
        Assert.Equal(["Least"], plan.Parameters.Select(parameter => parameter.Name));
        Assert.StartsWith("rows | filter (Quantity > @Least)", PlanWords.Of(plan.Root));
    }

    [Fact]
    public void Decimals_keep_their_digits_and_aggregates_widen_them()
    {
        generator::Typed.Plan.PipelineSpec plan = PlanReading.Plan(
            "rows.Select(p => new { p.UserId, p.Amount }).GroupBy(p => p.UserId).Select(g => new { g.Key, S = g.Sum(p => p.Amount), A = g.Average(p => p.Amount), M = g.Max(p => p.Amount) })"
            + ".Select(x => new Result(x.Key, (long)x.S))",
            mode: "Update");
        generator::Typed.Plan.NodeSpec aggregated = ((generator::Typed.Plan.ProjectNode)plan.Root).Input;
        Assert.Equal(["(20, 2)", "(14, 6)", "(10, 2)"], aggregated.Row.Columns.Skip(1).Select(column => $"({column.Type.Precision}, {column.Type.Scale})"));
    }

    private static void PipelineSpecNodes(string body, out int[] ids) =>
        ids = [.. generator::Typed.Plan.PlanTree.From(PlanReading.Plan(body).Root).Select(node => node.Id)];
}
