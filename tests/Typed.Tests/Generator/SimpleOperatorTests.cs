using Typed.Operators;
using Typed.State;
using Typed.Tests.State;

namespace Typed.Tests.Generator;

/// <summary>Union, limit and flatten, end to end from C#.</summary>
public class SimpleOperatorTests
{
    [Fact]
    public void Flatten_gives_a_row_for_each_element()
    {
        using PipelineRun<Line> run = new(new EachTag());
        Assert.Equal(
            [new("A:x", 1), new("A:y", 1), new("C:z", 3)],
            run.Batch(Tagged("A", 1, "x", "y"), Tagged("B", 2), Tagged("C", 3, "", "z"), Tagged("D", 0, "w")));
        Assert.Equal([], run.Batch(Tagged("A", 1)));
        Assert.Equal([new("E:x", 2)], run.Batch(Tagged("E", 2, "x")));
        RowCounts counts = run.Graph.Operators.OfType<FlattenOperator>().Single().Counts;
        Assert.Equal((1, 1), (counts.In, counts.Out));
    }

    [Fact]
    public void Flatten_accounts_for_every_row()
    {
        using PipelineRun<Line> run = new(new EachTag());
        run.Batch(Tagged("A", 1, "x", "y", "z"), Tagged("B", 2), Tagged("C", 3, "w"));
        RowCounts counts = run.Graph.Operators.OfType<FlattenOperator>().Single().Counts;
        Assert.Equal((3, 1, 2, 4), (counts.In, counts.Filtered, counts.FannedOut, counts.Out));
    }

    [Fact]
    public void Union_takes_what_each_source_has()
    {
        using PipelineRun<Line> run = new(new Both());
        run.Begin();
        run.Push(0, Tagged("A", 1), Tagged("B", 0));
        run.Push(1, new Line("C", 3), new Line("D", 0));
        Assert.Equal([new("A", 1), new("C", 3)], run.End());
        Assert.Equal([new("A", 5)], run.Batch(Tagged("A", 5)));
    }

    [Fact]
    public void Union_of_a_stream_with_itself_has_each_row_twice()
    {
        using PipelineRun<Line> run = new(new Twice());
        Assert.Equal([-2, -1, 1, 2], run.Batch(new Line("A", 1), new Line("B", 2)).Select(line => line.Number).Order());
    }

    [Fact]
    public void Limit_counts_over_the_life_of_the_query()
    {
        using PipelineRun<Line> run = new(new FirstThree()) { MostRows = 2 };
        LimitOperator limit = run.Graph.Operators.OfType<LimitOperator>().Single();
        Assert.Equal([], run.Batch(new Line("A", 0)));
        Assert.Equal((0, 0), (limit.State.Total, limit.State.Updated));
        Assert.Equal([new("B", 1), new("C", 2)], run.Batch(new Line("A", 0), new Line("B", 1), new Line("C", 2)));
        Assert.Equal((1, 1), (limit.State.Total, limit.State.Updated));
        Assert.Equal([], run.Batch<Line>());
        Assert.Equal((1, 0), (limit.State.Total, limit.State.Updated));
        Assert.Equal([new("D", 3)], run.Batch(new Line("D", 3), new Line("E", 4), new Line("F", 5)));
        Assert.Equal((1, 1), (limit.State.Total, limit.State.Updated));
        Assert.Equal((3, 2, 1), (limit.Counts.In, limit.Counts.Filtered, limit.Counts.Out));
        Assert.Equal([], run.Batch(new Line("G", 6)));
        Assert.Equal((1, 0), (limit.State.Total, limit.State.Updated));
        Assert.False(limit.WantsBatch(long.MaxValue));
    }

    [Fact]
    public void Limit_goes_on_where_it_was_after_a_restart()
    {
        StoredState stored = new();
        using (PipelineRun<Line> run = new(new FirstThree()))
        {
            run.Batch(new Line("A", 1), new Line("B", 2));
            stored.Take(run.Graph.Stateful.Single());
        }

        using PipelineRun<Line> again = new(new FirstThree());
        stored.Give(again.Graph.Stateful.Single());
        Assert.Equal([new("C", 3)], again.Batch(new Line("C", 3), new Line("D", 4)));

        StateHead damaged = new();
        damaged.SetSum("passed", 4);
        Assert.Throws<InvalidDataException>(() => again.Graph.Stateful.Single().LoadHead(damaged));
    }

    [Fact]
    public void Metrics_are_those_of_the_rows_of_a_batch()
    {
        using PipelineRun<Line> run = new(new Watched()) { MostRows = 2 };
        IObservation quality = Assert.Single(run.Graph.Observations);
        Assert.Equal("quality", quality.ObservationName);
        Assert.Equal([new("B", 1), new("D", 3)], run.Batch(new Line("C", -1), new Line("B", 1), new Line("D", 3), new Line("E", -4)));
        Assert.Equal([new("Rows", 4L), new("Bad", 2L), new("Share", 0.5), new("First", "B")], quality.Metrics);
        run.Batch(new Line("Z", 1));
        Assert.Equal([new("Rows", 1L), new("Bad", 0L), new("Share", 0.0), new("First", "Z")], quality.Metrics);
        run.Batch<Line>();
        Assert.Equal([new("Rows", 0L), new("Bad", 0L), new("Share", 0.0), new("First", null)], quality.Metrics);
    }

    internal static Trade Tagged(string symbol, int shares, params string[] tags) =>
        new(symbol, null, shares, null, 1.5, true, 0.10m, tags, DateTimeOffset.UnixEpoch);
}
