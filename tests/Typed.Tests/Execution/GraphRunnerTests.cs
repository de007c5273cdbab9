using Typed.Columns;
using Typed.Connect;
using Typed.Execution;
using Typed.Operators;

namespace Typed.Tests.Execution;

public sealed class GraphRunnerTests
{
    [Fact]
    public void A_million_rows_allocate_nothing()
    {
        using GraphRunner runner = new(TestPlan.TwoWatermarks(1, 1), null);
        ColumnBatch batch = RecordBatch.Of([.. Enumerable.Range(0, 10_000).Select(i => Reading.At(i))]);
        OffsetEntry entry = new(0, 0, 0, WatermarkPolicy.Min, [null, null]);
        Run(2);
        long allocated = Allocated.By(() => Run(100));
        Assert.True(allocated < 2000, $"{allocated} bytes for a million rows");
        Assert.Equal(1_000_000, runner.Sinks[0].Counts.In);
        batch.Release();

        void Run(int batches)
        {
            runner.Begin(entry, 0, null, null);
            for (int i = 0; i < batches; i++)
                runner.Push(i % 2, batch);
            runner.End();
        }
    }

    [Fact]
    public void What_cannot_be_freed_keeps_nothing_else_from_being_freed()
    {
        FreedOperator[] operators = [new(fails: false), new(fails: true), new(fails: true), new(fails: false)];
        GraphRunner runner = new(new TestPlan("Freed", Reading.Schema, 1, graph =>
        {
            graph.AddEntry(0, operators[0]);
            for (int i = 1; i < operators.Length; i++)
                graph.Add(operators[i], operators[i - 1]);
        }), null);
        AggregateException failure = Assert.Throws<AggregateException>(runner.Dispose);
        Assert.Equal(2, failure.InnerExceptions.Count);
        Assert.All(operators, one => Assert.True(one.IsFreed));
    }

    [Fact]
    public async Task A_query_whose_operator_cannot_be_freed_gives_its_checkpoint_back()
    {
        MemorySource<Reading> source = new();
        MemorySink<Reading> sink = new() { SurvivesRestart = true };
        string checkpoint = Directory.CreateTempSubdirectory("typed-freed").FullName;
        try
        {
            for (int i = 0; i < 2; i++)
            {
                TestPlan plan = new("Freed", Reading.Schema, 1, graph => graph.AddEntry(0, new FreedOperator(fails: true)));
                StreamingQuery query = await new PipelineStart<Reading>(plan, [SourceBinding.Of(source)], []).To(sink)
                    .StartAsync(new QueryOptions { Stepped = true, Checkpoint = checkpoint }, TestContext.Current.CancellationToken);
                await Record.ExceptionAsync(async () => await query.DisposeAsync());
            }
        }
        finally
        {
            Directory.Delete(checkpoint, recursive: true);
        }
    }

    [Fact]
    public async Task A_table_is_replaced_in_all_places_where_it_is_read()
    {
        MemoryTable<Reading> table = new(Reading.At(1));
        TableSlot[] slots = new TableSlot[2];
        TestPlan plan = TestPlan.Pass();
        TestPlan withTables = new("Tables", Reading.Schema, 1, graph =>
        {
            plan.Build(graph);
            slots[0] = graph.AddTable(0, Reading.Schema);
            slots[1] = graph.AddTable(0, Reading.Schema);
        }, [new PlanInput("t", Reading.Schema)]);
        MemorySource<Reading> source = new();
        MemorySink<Reading> sink = new();
        await using StreamingQuery query = await new PipelineStart<Reading>(withTables, [SourceBinding.Of(source)], [TableBinding.Of(table)]).To(sink)
            .StartAsync(new QueryOptions { Stepped = true }, TestContext.Current.CancellationToken);
        source.Add(Reading.At(1));
        await query.ProcessAllAvailableAsync();
        Assert.All(slots, slot => Assert.Equal((1, 1), (slot.Rows!.Length, slot.Version)));
        source.Add(Reading.At(2));
        await query.ProcessAllAvailableAsync();
        Assert.All(slots, slot => Assert.Equal(1, slot.Version));
        table.Set(Reading.At(1), Reading.At(2));
        source.Add(Reading.At(3));
        await query.ProcessAllAvailableAsync();
        Assert.All(slots, slot => Assert.Equal((2, 2), (slot.Rows!.Length, slot.Version)));
    }

    private sealed class FreedOperator(bool fails) : StageOperator("freed", Reading.Schema, false)
    {
        public bool IsFreed { get; private set; }

        public override void Dispose()
        {
            base.Dispose();
            IsFreed = true;
            if (fails)
                throw new InvalidOperationException("It cannot be freed.");
        }

        protected override void Compute(ColumnBatch input, SelectedRows rows, ColumnBatch output) => throw new InvalidOperationException("No rows come.");
    }
}
