using Typed.Columns;
using Typed.Operators;

namespace Typed.Tests.Generator;

/// <summary>Generated stages, run over rows.</summary>
public class StageTests
{
    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    [InlineData(3)]
    public void Filters_and_computes(int mostRows)
    {
        Trade[] rows =
        [
            Some("A", 10), Some("B", 9), Some("C", 499) with { Venue = "X" }, Some("D", 500), Some("E", 20) with { Open = false }, Some("Ü", 11),
        ];
        using PipelineRun<Line> run = new(new BigTrades()) { MostRows = mostRows };
        Assert.Equal([new("A/-", 21), new("C/X", 999), new("Ü/-", 23)], run.Batch(rows));
        Assert.Equal([], run.Batch<Trade>());
        Assert.Equal([], run.Batch(Some("B", 1)));
        Assert.Equal([new("A/-", 21), new("C/X", 999), new("Ü/-", 23)], run.Batch(rows));
        Assert.Equal((6, 3, 3), (run.Graph.Operators[1].Counts.In, run.Graph.Operators[1].Counts.Filtered, run.Graph.Operators[1].Counts.Out));
    }

    [Fact]
    public void Passes_columns_on_without_a_copy_where_all_rows_pass()
    {
        using PipelineRun<Trade> run = new(new Passing());
        StageOperator stage = run.Operator<StageOperator>("stage-1");
        ColumnBatch all = PipelineRun<Trade>.Rows(Some("A", 3), Some("B", 4));
        ColumnBatch output = stage.Transform(all);
        Assert.Same(all[0], output[0]);
        output.Release();
        all.Release();

        ColumnBatch some = PipelineRun<Trade>.Rows(Some("A", 2), Some("B", 4));
        output = stage.Transform(some);
        Assert.NotSame(some[0], output[0]);
        Assert.Equal("B", ((Utf8Column)output[0])[0].ToManaged());
        output.Release();
        some.Release();
    }

    [Fact]
    public void Parameters_are_those_of_the_instance()
    {
        using PipelineRun<Line> run = new(new AtLeast { Least = 5, Prefix = "A" });
        Assert.Equal([new("Ab", 7), new("Ac", -1)], run.Batch(Some("Ab", 5) with { Order = 7 }, Some("B", 9), Some("Ac", 6), Some("Ad", 4)));
    }

    [Fact]
    public void A_filter_guards_the_next_one()
    {
        using PipelineRun<Line> run = new(new Guarded());
        Assert.Equal([new("B", 50)], run.Batch(Some("A", 0), Some("B", 2), Some("C", 90)));
    }

    [Fact]
    public void A_decimal_is_rounded_where_the_record_says_so()
    {
        using PipelineRun<Priced> run = new(new Rounded());
        Assert.Equal([new("A", 0.06m)], run.Batch(Some("A", 1)));
    }

    internal static Trade Some(string symbol, int shares) =>
        new(symbol, null, shares, null, 1.5, true, 0.10m, [], DateTimeOffset.UnixEpoch);
}
