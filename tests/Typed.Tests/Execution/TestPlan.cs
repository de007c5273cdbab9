using Typed.Execution;
using Typed.Operators;
using Typed.Schema;

namespace Typed.Tests.Execution;

/// <summary>A plan whose graph a test builds by hand.</summary>
internal sealed class TestPlan(string name, RowSchema output, int sources, Action<OperatorGraph> build, IReadOnlyList<PlanInput>? tables = null) : PipelinePlan
{
    public override string Name => name;

    public override OutputMode OutputMode => OutputMode.Append;

    public override string Text => $"{name} by hand";

    public override IReadOnlyList<PlanOutput> Outputs => [new("Define", output)];

    public override IReadOnlyList<PlanInput> Sources { get; } = [.. Enumerable.Range(0, sources).Select(i => new PlanInput($"s{i}", Reading.Schema))];

    public override IReadOnlyList<PlanInput> Tables => tables ?? [];

    public override void Build(OperatorGraph graph) => build(graph);

    /// <summary>Source → sink.</summary>
    internal static TestPlan Pass(int sources = 1) => new("Pass", Reading.Schema, sources, graph =>
    {
        SourceOperator[] entries = [.. Enumerable.Range(0, sources).Select(i => graph.AddEntry(i, new SourceOperator($"source {i}", Reading.Schema)))];
        graph.Add(new PassOperator(), entries);
    });

    /// <summary>Source → watermark → tumbling count.</summary>
    internal static TestPlan Windows(long delaySeconds, long sizeSeconds = 5, Action<long>? onRow = null, string name = "Windows") => new(name, WindowCount.Schema, 1, graph =>
    {
        SourceOperator source = graph.AddEntry(0, new SourceOperator("source 0", Reading.Schema));
        WatermarkOperator watermark = graph.Add(new WatermarkOperator("watermark 1", Reading.Schema, 1, delaySeconds * 1_000_000), source);
        graph.Add(new TumblingCount("count 2", 1, sizeSeconds) { OnRow = onRow }, watermark);
    });

    /// <summary>Source → watermark → tumbling count → tumbling count over its windows.</summary>
    internal static TestPlan WindowsOfWindows(long delaySeconds, long inner, long outer) => new("WindowsOfWindows", WindowCount.Schema, 1, graph =>
    {
        SourceOperator source = graph.AddEntry(0, new SourceOperator("source 0", Reading.Schema));
        WatermarkOperator watermark = graph.Add(new WatermarkOperator("watermark 1", Reading.Schema, 1, delaySeconds * 1_000_000), source);
        TumblingCount first = graph.Add(new TumblingCount("count 2", 1, inner), watermark);
        graph.Add(new TumblingCount("count 3", 0, outer, ofWindow: true), first);
    });

    /// <summary>Two sources, each with a watermark → one stream.</summary>
    internal static TestPlan TwoWatermarks(long first, long second) => new("TwoWatermarks", Reading.Schema, 2, graph =>
    {
        SourceOperator a = graph.AddEntry(0, new SourceOperator("source 0", Reading.Schema));
        SourceOperator b = graph.AddEntry(1, new SourceOperator("source 1", Reading.Schema));
        WatermarkOperator late = graph.Add(new WatermarkOperator("watermark 2", Reading.Schema, 1, first * 1_000_000), a);
        WatermarkOperator later = graph.Add(new WatermarkOperator("watermark 3", Reading.Schema, 1, second * 1_000_000), b);
        graph.Add(new PassOperator(), late, later);
    });

    /// <summary>Two sources, each with a watermark → one stream → tumbling count over five seconds.</summary>
    internal static TestPlan TwoInputs(long? idleAfterSeconds = null, long? maxAheadSeconds = null, long delaySeconds = 0) => new("TwoInputs", WindowCount.Schema, 2, graph =>
    {
        WatermarkOperator[] inputs = [.. Enumerable.Range(0, 2).Select(i =>
        {
            SourceOperator source = graph.AddEntry(i, new SourceOperator($"source {i}", Reading.Schema));
            return graph.Add(
                new WatermarkOperator($"watermark {i}", Reading.Schema, 1, delaySeconds * 1_000_000) { IdleAfterMicros = idleAfterSeconds * 1_000_000, MaxAheadMicros = maxAheadSeconds * 1_000_000 },
                source);
        })];
        graph.Add(new TumblingCount("count", 1, 5), graph.Add(new UnionOperator("union", Reading.Schema), inputs));
    });

    private sealed class PassOperator() : Operator("pass", Reading.Schema)
    {
        public override void Process(Columns.ColumnBatch batch)
        {
            Counts.In += batch.Length;
            Emit(batch.AddReference());
        }
    }
}
