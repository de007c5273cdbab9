extern alias generator;

using generator::Typed.Generator.Emitter.Text;
using generator::Typed.Generator.Planner;
using generator::Typed.Plan;
using Typed.Tests.Plan;

namespace Typed.Tests.Outputs;

/// <summary>How several outputs are read and planned: what they share exists once.</summary>
public class OutputPlanTests
{
    private const string Windows =
        """
        private static Stream<WindowResult> Windows(Stream<Purchase> rows) => rows
            .Where(p => p.Quantity > 0)
            .WithWatermark(p => p.Time, "10 minutes")
            .GroupBy(p => p.Category, Window.Tumbling("5 minutes"))
            .Select(g => new WindowResult(g.Window.Start, g.Window.End, g.Key, g.Count()));
        """;

    [Fact]
    public void A_helper_called_with_the_same_stream_is_planned_once()
    {
        Check(
            """
            [Output(Comment = "all of them")] public static Stream<WindowResult> Table(Stream<Purchase> rows) => Windows(rows);
            [Output] public static Stream<WindowResult> Alerts(Stream<Purchase> rows) => Windows(rows).Where(w => w.Count > 100);
            """ + Windows,
            """
              source-1     the stream rows of Purchase
              stage-1      keeps rows where Quantity > 0
                           passes on Category, Time
              watermark-1  event time Time, watermark 10 minutes behind the latest
              aggregate-1  groups by Category and windows of 5 minutes over Time
                           Count = Count()
                           state: a row for each group and window, until the watermark passes the end of the window
              stage-2      Start = Window.Start
                           End = Window.End
                           passes on, without a copy, Key, Count
              stage-3      keeps rows where Count > 100
                           passes on Start, End, Key, Count
              output Table: stage-2, all of them
              output Alerts: stage-3
            """);
    }

    [Fact]
    public void An_output_that_another_reads_keeps_all_its_rows_and_columns()
    {
        Check(
            """
            [Output] public static Stream<Purchase> Clean(Stream<Purchase> rows) => rows.Where(p => p.Quantity > 0);
            [Output] public static Stream<Result> Big(Stream<Purchase> clean) => clean.Where(p => p.Quantity > 10).Select(p => new Result(p.UserId, p.Quantity));
            """,
            """
              source-1  the stream rows of Purchase
              stage-1   keeps rows where Quantity > 0
                        passes on EventId, UserId, Category, Amount, Quantity, Note, Tags, Other, Time
              stage-2   keeps rows where Quantity > 10
                        Count = Quantity
                        passes on UserId as Key
              output Clean: stage-1
              output Big: stage-2
            """);
    }

    [Fact]
    public void A_shared_stage_has_the_columns_that_any_reader_needs()
    {
        Check(
            """
            [Output] public static Stream<Result> Users(Stream<Purchase> rows) => Good(rows).Select(p => new Result(p.UserId, 1));
            [Output] public static Stream<Result> Categories(Stream<Purchase> rows) => Good(rows).Select(p => new Result(p.Category, p.Quantity));
            private static Stream<Purchase> Good(Stream<Purchase> rows) => rows.Where(p => p.Note != "");
            """,
            """
              source-1  the stream rows of Purchase
              stage-1   keeps rows where Note != ""
                        passes on UserId, Category, Quantity
              stage-2   Count = 1
                        passes on, without a copy, UserId as Key
              stage-3   reads stage-1: Count = Quantity
                        passes on, without a copy, Category as Key
              output Users: stage-2
              output Categories: stage-3
            """);
    }

    // Semantics 2.1.9 holds for what one reader has to itself; a filter of one output is no reason for another's watermark to stand still.
    [Fact]
    public void Filters_of_one_reader_stay_above_a_shared_watermark()
    {
        Check(
            """
            [Output] public static Stream<Result> Many(Stream<Purchase> rows) => Timed(rows).Where(p => p.Quantity > 10).Select(p => new Result(p.UserId, 1));
            [Output] public static Stream<Result> All(Stream<Purchase> rows) => Timed(rows).Select(p => new Result(p.UserId, 2));
            private static Stream<Purchase> Timed(Stream<Purchase> rows) => rows.WithWatermark(p => p.Time, "1 minute");
            """,
            """
              source-1     the stream rows of Purchase
              watermark-1  event time Time, watermark 1 minute behind the latest
              stage-1      keeps rows where Quantity > 10
                           Count = 1
                           passes on UserId as Key
              stage-2      reads watermark-1: Count = 2
                           passes on, without a copy, UserId as Key
              output Many: stage-1
              output All: stage-2
            """);
    }

    [Fact]
    public void Other_arguments_are_another_stage_and_inputs_are_shared_by_name()
    {
        PipelineSpec plan = Read(
            """
            [Output] public static Stream<Purchase> Some(Stream<Purchase> rows) => Over(rows, Little);
            [Output] public static Stream<Purchase> Same(Stream<Purchase> rows) => Over(rows, 1);
            [Output] public static Stream<Purchase> Fewer(Stream<Purchase> rows) => Over(rows, 10);
            [Output] public static Stream<Purchase> Others(Stream<Purchase> more) => Over(more, 1);
            private const int Little = 1;
            private static Stream<Purchase> Over(Stream<Purchase> stream, int least) => Where(stream, p => p.Quantity > least);
            private static Stream<Purchase> Where(Stream<Purchase> stream, Func<Purchase, bool> is_) => stream.Where(p => p.Quantity > 0);
            """).Spec!;
        Assert.Equal(["rows", "more"], plan.ParameterOrder);
        Assert.Same(plan.Outputs[0].Root, plan.Outputs[1].Root);
        Assert.NotSame(plan.Outputs[0].Root, plan.Outputs[2].Root);
        Assert.Equal(2, PlanTree.Of(plan).OfType<SourceNode>().Count());
    }

    [Fact]
    public void A_row_of_outputs_is_read_in_any_order_and_an_output_can_be_called()
    {
        PipelineSpec plan = Read(
            """
            [Output] public static Stream<Result> Gold(Stream<Purchase> silver, Table<Product> products) => silver.Join(products, (p, t) => p.Category == t.Id, (p, t) => new Result(t.Name, p.Quantity));
            [Output] public static Stream<Purchase> Silver(Stream<Purchase> bronze) => bronze.Where(p => p.Quantity > 0);
            [Output] public static Stream<Purchase> Bronze(Stream<Purchase> landing) => landing;
            [Output] public static Stream<Result> Called(Stream<Purchase> bronze) => Silver(bronze).Select(p => new Result(p.UserId, 1));
            """).Spec!;
        Assert.Equal(["products", "landing"], plan.ParameterOrder);
        Assert.Equal(["Gold", "Silver", "Bronze", "Called"], plan.Outputs.Select(output => output.Name));
        Assert.Same(plan.Outputs[1].Root, plan.Outputs[3].Root.Inputs[0]);
        Assert.Same(plan.Outputs[2].Root, plan.Outputs[1].Root.Inputs[0]);
        Assert.Single(PlanTree.Of(plan).OfType<FilterNode>());
        Assert.Equal(["source-1", "stage-1", "join-1", "stage-2", "stage-3"], PlanBuilder.Build(plan).Operators.Select(one => one.Name).Order(StringComparer.Ordinal).OrderBy(name => name[1] == 'o' && name[0] == 's' ? 0 : 1).ThenBy(name => name == "stage-1" ? 0 : name == "join-1" ? 1 : 2));
    }

    [Fact]
    public void Both_sides_of_a_union_may_be_one_stage()
    {
        Check(
            """
            [Output] public static Stream<Purchase> Clean(Stream<Purchase> rows) => rows.Where(p => p.Quantity > 0);
            [Output] public static Stream<Purchase> Twice(Stream<Purchase> clean) => clean.Union(clean);
            """,
            """
              source-1  the stream rows of Purchase
              stage-1   keeps rows where Quantity > 0
                        passes on EventId, UserId, Category, Amount, Quantity, Note, Tags, Other, Time
              union-1   reads stage-1 and stage-1: all rows of both
              output Clean: stage-1
              output Twice: union-1
            """);
    }

    [Fact]
    public void Late_rows_are_traced_through_a_stage_that_also_ends_without_state()
    {
        PhysicalPlan plan = PlanBuilder.Build(Read(
            """
            [Output] public static Stream<WindowResult> Counts(Stream<Purchase> clean) => Windows(clean);
            [Output] public static Stream<Purchase> Clean(Stream<Purchase> rows) => rows.Where(p => p.UserId != "");
            [Output] public static Stream<Result> Plain(Stream<Purchase> clean) => clean.Select(p => new Result(p.UserId, 1));
            """ + Windows).Spec!);
        Assert.True(plan.Operators.OfType<StageOp>().First().TracksOrigin);
    }

    private static ParsedPipeline Read(string members) =>
        PlanReading.Read("[Pipeline(OutputMode.Append)] public sealed partial class Query {\n" + members + "\n}");

    private static void Check(string members, string expected)
    {
        ParsedPipeline parsed = Read(members);
        Assert.Empty(parsed.AllFindings().Select(PlanReading.Place));
        string text = PlanText.Of(PlanBuilder.Build(parsed.Spec!), stage => StageText.Of(stage, _ => ""));
        text = text[(text.IndexOf('\n') + 1)..].TrimEnd();
        Assert.True(expected.ReplaceLineEndings("\n").TrimEnd() == text, "The plan is\n" + text);
    }
}
