using System.Reflection;
using Typed.Columns;
using Typed.Execution;
using Typed.Operators;
using Typed.Schema;

namespace Typed.Tests.Generator;

/// <summary>
/// The operators of a generated pipeline, driven by hand: rows go in, rows come out, batch by batch.
/// </summary>
internal sealed class PipelineRun<TOut> : IDisposable
    where TOut : IStreamRecord<TOut>
{
    private readonly OperatorGraph _graph = new();
    private readonly Collector _collector;
    private readonly Arena _scratch = new();
    private long _batch = -1;

    public PipelineRun(object pipeline)
    {
        Type type = pipeline.GetType().GetNestedType("Plan", BindingFlags.NonPublic)
            ?? throw new InvalidOperationException($"Nothing was generated for {pipeline.GetType()}.");
        Plan = (PipelinePlan)Activator.CreateInstance(type, pipeline)!;
        Plan.Build(_graph);
        Operator last = _graph.Last!;
        _collector = new Collector(last.Output);
        _graph.Add(_collector, last);
    }

    public PipelinePlan Plan { get; }

    public OperatorGraph Graph => _graph;

    /// <summary>Whether late rows would be wanted, so that origins are kept.</summary>
    public bool CaptureLate { get; set; }

    /// <summary>The batches that came out, with their origins; released at the next batch.</summary>
    public IReadOnlyList<ColumnBatch> Batches => _collector.Batches;

    /// <summary>How many rows a pushed batch has at most.</summary>
    public int MostRows { get; set; } = int.MaxValue;

    /// <summary>Replaces the rows of a table.</summary>
    public void Table<T>(int number, params T[] rows)
        where T : IStreamRecord<T> => _graph.Tables[number].Replace(Rows(rows));

    /// <summary>Runs a micro-batch of one source.</summary>
    public List<TOut> Batch<T>(params T[] rows)
        where T : IStreamRecord<T>
    {
        Begin();
        Push(0, rows);
        return End();
    }

    public void Begin()
    {
        _scratch.Reset();
        BatchContext context = new(++_batch, 1_000_000 * _batch, Plan.OutputMode, CaptureLate, _scratch);
        foreach (Operator one in _graph.Operators)
            one.Begin(context);
    }

    /// <summary>Pushes rows into each entry of a source.</summary>
    public void Push<T>(int source, params T[] rows)
        where T : IStreamRecord<T>
    {
        foreach (T[] chunk in MostRows == int.MaxValue ? [rows] : rows.Chunk(MostRows))
        {
            ColumnBatch batch = Rows(chunk);
            foreach ((int number, Operator entry) in _graph.Entries)
            {
                if (number == source)
                    entry.Process(batch);
            }

            batch.Release();
        }
    }

    public List<TOut> End()
    {
        foreach ((_, Operator entry) in _graph.Entries)
            entry.InputEnded();
        List<TOut> rows = [];
        foreach (ColumnBatch batch in _collector.Batches)
        {
            for (int row = 0; row < batch.Length; row++)
                rows.Add(TOut.Read(batch, row));
        }

        return rows;
    }

    public T Operator<T>(string name)
        where T : Operator => (T)_graph.Operators.Single(one => one.Name == name);

    public static ColumnBatch Rows<T>(params T[] rows)
        where T : IStreamRecord<T>
    {
        ColumnBatch batch = new(T.Schema);
        foreach (T row in rows)
            T.Append(in row, batch);
        batch.Length = rows.Length;
        return batch;
    }

    public void Dispose()
    {
        _collector.Clear();
        _graph.Dispose();
        _scratch.Dispose();
    }

    private sealed class Collector(RowSchema schema) : Operator("collector", schema)
    {
        public List<ColumnBatch> Batches { get; } = [];

        public override void Begin(BatchContext context)
        {
            base.Begin(context);
            Clear();
        }

        public override void Process(ColumnBatch batch) => Batches.Add(batch.AddReference());

        public void Clear()
        {
            foreach (ColumnBatch batch in Batches)
                batch.Release();
            Batches.Clear();
        }
    }
}
