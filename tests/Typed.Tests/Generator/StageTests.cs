using Typed.Columns;

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
    public void Gives_all_memory_back()
    {
        long before = BufferPool.Outstanding;
        using (PipelineRun<Line> run = new(new BigTrades()))
        {
            for (int i = 0; i < 5; i++)
                run.Batch([.. Enumerable.Range(0, 1000).Select(row => Some("S" + row, row))]);
        }

        Assert.Equal(before, BufferPool.Outstanding);
    }

    [Fact]
    public void Passes_columns_on_without_a_copy_where_all_rows_pass()
    {
        using PipelineRun<Trade> run = new(new Passing());
        Trade[] rows = [Some("A", 3), Some("B", 4)];
        Assert.Equal(["A", "B"], run.Batch(rows).Select(row => row.Symbol));
        Assert.Equal(2, run.Batches[0][0].References);
        Assert.Equal(["B"], run.Batch(Some("A", 2), Some("B", 4)).Select(row => row.Symbol));
        Assert.Equal(1, run.Batches[0][0].References);
    }

    [Fact]
    public void Allocates_nothing_once_it_is_warm()
    {
        using PipelineRun<Line> run = new(new BigTrades());
        ColumnBatch batch = PipelineRun<Line>.Rows<Trade>([.. Enumerable.Range(0, 1000).Select(row => Some("S" + row, row % 700))]);
        for (int i = 0; i < 50; i++)
            Once();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            Once();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        batch.Release();

        void Once()
        {
            run.Scratch.Reset();
            ((Typed.Operators.StageOperator)run.Graph.Operators[1]).Transform(batch).Release();
        }
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

    private static Trade Some(string symbol, int shares) =>
        new(symbol, null, shares, null, 1.5, true, 0.10m, [], DateTimeOffset.UnixEpoch);
}
