using System.Reflection;
using Typed.Columns;
using Typed.Execution;
using Typed.Operators;
using Typed.Schema;
using Typed.State;
using Typed.Tests.Execution;
using Typed.Tests.State;

namespace Typed.Tests.Generator;

/// <summary>
/// The operators of a generated pipeline, driven by hand: rows go in, rows come out, batch by batch.
/// </summary>
internal sealed class PipelineRun<TOut> : IDisposable
    where TOut : IStreamRecord<TOut>
{
    private readonly OperatorGraph _graph = new();
    private readonly PipelineSink<TOut> _sink;
    private readonly Arena _scratch = new();
    private readonly AccountCheck _account;
    private long _batch = -1;
    private List<StoredState> _stored = [];

    public PipelineRun(object pipeline)
        : this(pipeline, new AccountCheck())
    {
    }

    private PipelineRun(object pipeline, AccountCheck account)
    {
        _account = account;
        Type type = pipeline.GetType().GetNestedType("Plan", BindingFlags.NonPublic)
            ?? throw new InvalidOperationException($"Nothing was generated for {pipeline.GetType()}.");
        Plan = (PipelinePlan)Activator.CreateInstance(type, pipeline)!;
        Plan.Build(_graph);
        _sink = new PipelineSink<TOut>(_graph.Last!);
    }

    public PipelinePlan Plan { get; }

    public OperatorGraph Graph => _graph;

    public Arena Scratch => _scratch;

    /// <summary>Whether late rows would be wanted, so that origins are kept.</summary>
    public bool CaptureLate { get; set; }

    /// <summary>The batches that came out, with their origins; released at the next batch.</summary>
    public IReadOnlyList<ColumnBatch> Batches => _sink.Batches;

    /// <summary>How many rows a pushed batch has at most.</summary>
    public int MostRows { get; set; } = int.MaxValue;

    /// <summary>
    /// How many bytes of state an operator keeps when it is asked to spill, which is done after each push of rows and each batch; null where nothing
    /// is spilled.
    /// </summary>
    public Func<long>? SpillsTo { get; set; }

    /// <summary>The clock of the next batch, µs; null for a second for each batch.</summary>
    public long? Clock { get; set; }

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
        foreach (StatefulOperator stateful in SpillsTo is null ? [] : _graph.Stateful)
            stateful.SpillArea ??= new MemorySpillArea();
        _scratch.Reset();
        BatchContext context = new(++_batch, Clock ?? 1_000_000 * _batch, Plan.OutputMode, CaptureLate, _scratch);
        _sink.Begin(context);
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
            Spill();
        }
    }

    public List<TOut> End()
    {
        foreach ((_, Operator entry) in _graph.Entries)
            entry.InputEnded();
        _account.After(_graph);
        Spill();
        return _sink.Take();
    }

    /// <summary>A run of the same pipeline that goes on with the state of this one, which ends.</summary>
    public PipelineRun<TOut> Restart(object pipeline)
    {
        PipelineRun<TOut> next = new(pipeline, _account) { _batch = _batch, CaptureLate = CaptureLate, MostRows = MostRows, SpillsTo = SpillsTo, _stored = _stored };
        for (int i = 0; i < _graph.Stateful.Count; i++)
        {
            if (SpillsTo is not null)
                next._graph.Stateful[i].SpillArea = new MemorySpillArea();
            Stored(i).Move(_graph.Stateful[i], next._graph.Stateful[i]);
        }

        Dispose();
        return next;
    }

    /// <summary>Stores what has changed, and goes on.</summary>
    public void Snapshot()
    {
        for (int i = 0; i < _graph.Stateful.Count; i++)
            Stored(i).Take(_graph.Stateful[i]);
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

    private StoredState Stored(int number)
    {
        if (_stored.Count == number)
            _stored.Add(new StoredState());
        return _stored[number];
    }

    private void Spill()
    {
        foreach (StatefulOperator stateful in SpillsTo is null ? [] : _graph.Stateful)
            stateful.Spill(SpillsTo!());
    }

    public void Dispose()
    {
        _sink.Dispose();
        _graph.Dispose();
        _scratch.Dispose();
    }
}
