using Typed.Columns;
using Typed.Operators;

namespace Typed.Tests.Generator;

/// <summary>Counts of the whole process, so nothing else runs meanwhile.</summary>
[CollectionDefinition("Operator memory", DisableParallelization = true)]
public class OperatorMemoryCollection;

/// <summary>What operators take they give back, and once they are warm they take nothing.</summary>
[Collection("Operator memory")]
public class OperatorMemoryTests
{
    [Fact]
    public void Stages_give_all_memory_back() => Check(() =>
    {
        using PipelineRun<Line> run = new(new BigTrades());
        for (int i = 0; i < 5; i++)
            run.Batch([.. Enumerable.Range(0, 1000).Select(row => StageTests.Some("S" + row, row))]);
    });

    [Fact]
    public void Flattening_gives_all_memory_back() => Check(() =>
    {
        using PipelineRun<Line> run = new(new EachTag());
        for (int i = 0; i < 3; i++)
            run.Batch(SimpleOperatorTests.Tagged("A", 1, "x", "y"), SimpleOperatorTests.Tagged("B", 2));
    });

    [Fact]
    public void Expectations_give_all_memory_back() => Check(() =>
    {
        using PipelineRun<Expect.Visit> run = new(new Expect.CleanVisits());
        for (int i = 0; i < 3; i++)
            run.Batch(new Expect.Visit("s1", "web", 1, 1), new Expect.Visit("", "web", 1, 1), new Expect.Visit("s2", "tv", 1, 1));
    });

    [Fact]
    public void Unions_and_limits_give_all_memory_back() => Check(() =>
    {
        using PipelineRun<Line> twice = new(new Twice());
        using PipelineRun<Line> three = new(new FirstThree());
        for (int i = 0; i < 3; i++)
        {
            twice.Batch(new Line("A", 1), new Line("B", 2));
            three.Batch(new Line("A", 1), new Line("B", 2));
        }
    });

    [Fact]
    public void Sorting_gives_all_memory_back() => Check(() =>
    {
        Sortable[] rows = [.. Enumerable.Range(0, 100).Select(i => SortOperatorTests.Plain with { Number = i % 7, Text = "t" + i })];
        for (int i = 0; i < 3; i++)
            SortOperatorTests.Sorted(rows, row => row.Number, new SortKey(0, true), new SortKey(2, false));
    });

    [Fact]
    public void Allocates_nothing_once_it_is_warm()
    {
        using PipelineRun<Line> run = new(new BigTrades());
        run.Begin();
        StageOperator stage = run.Operator<StageOperator>("stage-1");
        ColumnBatch batch = PipelineRun<Line>.Rows<Trade>([.. Enumerable.Range(0, 1000).Select(row => StageTests.Some("S" + row, row % 700))]);
        for (int i = 0; i < 300; i++)
            Once();
        long allocated = Allocated.By(() =>
        {
            for (int i = 0; i < 100; i++)
                Once();
        });
        Assert.Equal(0, allocated);
        batch.Release();

        void Once()
        {
            run.Scratch.Reset();
            stage.Transform(batch).Release();
        }
    }

    private static void Check(Action run)
    {
        long before = BufferPool.Outstanding;
        run();
        Assert.Equal(before, BufferPool.Outstanding);
    }
}
