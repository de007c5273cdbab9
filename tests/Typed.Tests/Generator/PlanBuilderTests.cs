extern alias generator;

using generator::Typed.Generator.Emitter.Text;
using generator::Typed.Generator.Planner;
using generator::Typed.Plan;
using Typed.Tests.Plan;

namespace Typed.Tests.Generator;

/// <summary>What the planner makes of a query, as the plan text says it.</summary>
public class PlanBuilderTests
{
    [Fact]
    public void Fuses_filters_and_projections()
    {
        Check(
            """
            rows.Where(p => p.Quantity > 1)
                .Select(p => new { p.UserId, Twice = p.Quantity * 2, p.Category })
                .Where(x => x.UserId != "")
                .Select(x => new Result(x.UserId, x.Twice))
            """,
            """
              source-1  the stream rows of Purchase
              stage-1   keeps rows where Quantity > 1
                        keeps rows where UserId != ""
                        Count = Quantity * 2
                        passes on UserId as Key
            """);
    }

    [Fact]
    public void Does_not_compute_a_dear_value_twice()
    {
        Check(
            """
            rows.Select(p => new { Name = p.UserId + "/" + p.Category, p.Quantity })
                .Select(x => new Result(x.Name + x.Name, x.Quantity))
            """,
            """
              source-1  the stream rows of Purchase
              stage-1   Name = string.Concat(UserId, "/", Category)
                        passes on, without a copy, Quantity
              stage-2   Key = string.Concat(Name, Name)
                        Count = Quantity
            """);
    }

    [Fact]
    public void Pushes_filters_below_the_watermark_unless_they_look_at_the_event_time()
    {
        Check(
            """
            rows.WithWatermark(p => p.Time, "10 minutes")
                .Where(p => p.Quantity > 1 && p.Time > p.Other && p.UserId != "")
                .GroupBy(p => p.UserId, Window.Tumbling("1 hour"))
                .Select(g => new Result(g.Key, g.Count()))
            """,
            """
              source-1     the stream rows of Purchase
              stage-1      keeps rows where Quantity > 1
                           keeps rows where UserId != ""
                           passes on UserId, Other, Time
              watermark-1  event time Time, watermark 10 minutes behind the latest
              stage-2      keeps rows where Time > Other
                           passes on UserId, Time
              aggregate-1  groups by UserId and windows of 1 hour over Time
                           Count = Count()
                           state: a row for each group and window, until the watermark passes the end of the window
              stage-3      passes on, without a copy, Key, Count
            """);
    }

    [Fact]
    public void Pushes_filters_through_projections_by_substitution()
    {
        Check(
            """
            rows.WithWatermark(p => p.Time, "10 minutes")
                .Select(p => new { p.UserId, p.Time, Total = p.Quantity * 3 })
                .Where(x => x.Total > 10)
                .GroupBy(x => x.UserId, Window.Tumbling("1 hour"), on: x => x.Time)
                .Select(g => new Result(g.Key, g.Count()))
            """,
            """
              source-1     the stream rows of Purchase
              stage-1      keeps rows where Quantity * 3 > 10
                           passes on UserId, Time
              watermark-1  event time Time, watermark 10 minutes behind the latest
              aggregate-1  groups by UserId and windows of 1 hour over Time
                           Count = Count()
                           state: a row for each group and window, until the watermark passes the end of the window
              stage-2      passes on, without a copy, Key, Count
            """);
    }

    [Fact]
    public void A_predicate_that_can_throw_stays_behind_the_one_that_guards_it()
    {
        Check(
            """
            rows.WithWatermark(p => p.Time, "10 minutes")
                .Where(p => p.Time > p.Other && 10 / p.Quantity > 1 && p.UserId != "")
                .Select(p => new Result(p.UserId, 1))
            """,
            """
              source-1     the stream rows of Purchase
              stage-1      keeps rows where UserId != ""
                           passes on UserId, Quantity, Other, Time
              watermark-1  event time Time, watermark 10 minutes behind the latest
              stage-2      keeps rows where Time > Other
                           keeps rows where 10 / Quantity > 1
                           Count = 1
                           passes on UserId as Key
            """);
    }

    [Fact]
    public void Pushes_filters_on_keys_below_an_aggregation_but_no_others()
    {
        Check(
            """
            rows.GroupBy(p => p.UserId)
                .Select(g => new Result(g.Key, g.Count()))
                .Where(r => r.Key != "" && r.Count > 1 && 1 < 2)
            """,
            """
              source-1     the stream rows of Purchase
              stage-1      keeps rows where UserId != ""
                           passes on UserId
              aggregate-1  groups by UserId
                           Count = Count()
                           state: a row for each group, for ever
              stage-2      keeps rows where Count > 1
                           keeps rows where true
                           passes on Key, Count
            """,
            mode: "Update");
    }

    [Fact]
    public void A_filter_by_the_clock_of_the_batch_stays_above_the_aggregation()
    {
        Check(
            """
            rows.GroupBy(p => p.Quantity)
                .Select(g => new Result("", g.Key))
                .Where(r => r.Count > Batch.Id)
            """,
            """
              source-1     the stream rows of Purchase
              aggregate-1  groups by Quantity
                           state: a row for each group, for ever
              stage-1      keeps rows where Key > Batch.Id
                           Key = ""
                           Count = Key
            """,
            mode: "Complete");
    }

    [Fact]
    public void Pushes_filters_into_both_sides_of_a_union()
    {
        Check(
            """
            rows.WithWatermark(p => p.Time, "1 minute").Union(more.WithWatermark(p => p.Time, "2 minutes"))
                .Where(p => p.Quantity > 1)
                .Select(p => new Result(p.UserId, 1))
            """,
            """
              source-1     the stream rows of Purchase
              stage-1      keeps rows where Quantity > 1
                           passes on UserId, Time
              watermark-1  event time Time, watermark 1 minute behind the latest
              source-2     the stream more of Purchase
              stage-2      keeps rows where Quantity > 1
                           passes on UserId, Time
              watermark-2  event time Time, watermark 2 minutes behind the latest
              stage-3      reads watermark-1: passes on, without a copy, UserId
              stage-4      reads watermark-2: passes on, without a copy, UserId
              union-1      reads stage-3 and stage-4: all rows of both
              stage-5      Count = 1
                           passes on, without a copy, UserId as Key
            """);
    }

    [Fact]
    public void A_limit_stops_filters()
    {
        Check(
            "rows.Take(5).Where(p => p.Quantity > 1).Select(p => new Result(p.UserId, 1))",
            """
              source-1  the stream rows of Purchase
              stage-1   passes on, without a copy, UserId, Quantity
              limit-1   the first 5 rows over the life of the query
                        state: how many rows have passed
              stage-2   keeps rows where Quantity > 1
                        Count = 1
                        passes on UserId as Key
            """);
    }

    [Fact]
    public void An_inner_join_tests_its_keys_below_the_watermark_and_takes_one_sided_predicates_apart()
    {
        Check(
            """
            rows.WithWatermark(p => p.Time, "1 minute")
                .Join(products,
                    on: (p, t) => p.Note == t.Id && p.Quantity > 3 && t.Country == "NL" && p.Amount > t.Price,
                    select: (p, t) => new Result(t.Name, p.Quantity))
            """,
            """
              source-1     the stream rows of Purchase
              stage-1      keeps rows where Quantity > 3
                           keeps rows where Note is not null
                           passes on Amount, Quantity, Note, Time
              watermark-1  event time Time, watermark 1 minute behind the latest
              join-1       joins with the table products of Product on Note == products.Id
                           products: keeps rows where Country == "NL"
                           where Amount > products.Price
              stage-2      Count = Quantity
                           passes on, without a copy, Name as Key
            """);
    }

    [Fact]
    public void A_left_join_keeps_the_predicates_of_the_stream()
    {
        Check(
            """
            rows.WithWatermark(p => p.Time, "1 minute")
                .LeftJoin(products,
                    on: (p, t) => p.Note == t.Id && p.Quantity > 3 && t.Country == "NL",
                    select: (p, t) => new Result(t == null ? "none" : t.Value.Name, p.Quantity))
            """,
            """
              source-1     the stream rows of Purchase
              watermark-1  event time Time, watermark 1 minute behind the latest
              join-1       joins, keeping rows without a match, with the table products of Product on Note == products.Id
                           products: keeps rows where Country == "NL"
                           products: Matched = true
                           where Quantity > 3
              stage-1      Key = Matched is null ? "none" : Name
                           Count = Quantity
            """);
    }

    [Fact]
    public void A_filter_that_null_cannot_pass_makes_a_left_join_an_inner_one()
    {
        Check(
            """
            rows.WithWatermark(p => p.Time, "1 minute")
                .LeftJoin(products, on: (p, t) => p.Note == t.Id, select: (p, t) => new { p.UserId, Price = t?.Price })
                .Where(x => x.Price > 3 && x.UserId != "")
                .Select(x => new Result(x.UserId, 1))
            """,
            """
              source-1     the stream rows of Purchase
              stage-1      keeps rows where UserId != ""
                           keeps rows where Note is not null
                           passes on UserId, Note, Time
              watermark-1  event time Time, watermark 1 minute behind the latest
              join-1       joins with the table products of Product on Note == products.Id
              stage-2      keeps rows where Price > 3
                           Count = 1
                           passes on UserId as Key
            """);
    }

    [Fact]
    public void Flattening_copies_only_what_is_read_and_lets_filters_through()
    {
        Check(
            """
            rows.SelectMany(p => p.Tags, (p, t) => new { p.UserId, p.Quantity, Tag = t })
                .Where(x => x.Quantity > 1 && x.Tag != "")
                .Select(x => new Result(x.Tag, x.Quantity))
            """,
            """
              source-1   the stream rows of Purchase
              stage-1    keeps rows where Quantity > 1
                         passes on Quantity, Tags
              flatten-1  one row for each element of Tags
              stage-2    keeps rows where Element != ""
                         Count = Quantity
                         passes on Element as Key
            """);
    }

    [Fact]
    public void Sorting_computes_its_keys_and_leaves_them_behind()
    {
        Check(
            """
            rows.GroupBy(p => p.UserId).Select(g => new Result(g.Key, g.Count()))
                .OrderByDescending(r => r.Count).ThenBy(r => r.Key).Take(3)
            """,
            """
              source-1     the stream rows of Purchase
              aggregate-1  groups by UserId
                           Count = Count()
                           state: a row for each group, for ever
              sort-1       sorts each result by Count descending, Key
              limit-1      the first 3 rows of each result
              stage-1      passes on, without a copy, Key, Count
            """,
            mode: "Complete");
    }

    private static void Check(string body, string expected, string mode = "Append")
    {
        PipelineSpec spec = PlanReading.Plan(body, mode: mode);
        string text = PlanText.Of(PlanBuilder.Build(spec), stage => StageText.Of(stage, _ => ""));
        text = text[(text.IndexOf('\n') + 1)..].TrimEnd();
        Assert.True(expected.ReplaceLineEndings("\n").TrimEnd() == text, "The plan is\n" + text);
    }
}
