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

    private static Trade Some(string symbol, int shares) =>
        new(symbol, null, shares, null, 1.5, true, 0.10m, [], DateTimeOffset.UnixEpoch);
}
