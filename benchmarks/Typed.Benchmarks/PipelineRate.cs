using System.Diagnostics;
using System.Reflection;
using Typed.Columns;
using Typed.Execution;
using Typed.Operators;
using Typed.State;

namespace Typed.Benchmarks;

/// <summary>Pushes batches through a pipeline with one stateful operator, a micro-batch each, on this thread; the watermark follows the rows.</summary>
internal sealed class PipelineRate : ICapturedState, IDisposable
{
    private readonly OperatorGraph _graph = new();
    private readonly CountingSink _sink;
    private readonly BatchContext _context;
    private readonly StatefulOperator _stateful;
    private long _watermark;

    private readonly StateBudget? _budget;

    /// <param name="pipeline">The pipeline.</param>
    /// <param name="store">What there is for its state; null for all memory.</param>
    /// <param name="folder">Where state is spilled to by a query with a checkpoint; null for one without.</param>
    /// <param name="adds">Whether the rows that come out are added up.</param>
    public PipelineRate(object pipeline, StateStore? store = null, string? folder = null, bool adds = false)
    {
        Type type = pipeline.GetType().GetNestedType("Plan", BindingFlags.NonPublic)!;
        PipelinePlan plan = (PipelinePlan)Activator.CreateInstance(type, pipeline)!;
        plan.Build(_graph);
        _sink = new CountingSink(_graph.Last!.Output) { Adds = adds };
        _graph.Add(_sink, _graph.Last!);
        _context = new(0, 0, plan.OutputMode, false, new Arena());
        _stateful = _graph.Stateful[0];
        _budget = store is null ? null : StateBudget.Of(store, _graph.Stateful, folder, _ => { });
    }

    /// <summary>How many rows came out.</summary>
    public long Rows => _sink.Rows;

    /// <summary>The sum of the hashes of the rows that came out, where they have numbers only.</summary>
    public ulong Sum => _sink.Sum;

    /// <summary>Where the operator spills to; null if it does not.</summary>
    public SpillArea? Area => _stateful.SpillArea;

    /// <summary>How many entries of the operator are there.</summary>
    public long Spilled => _stateful.SpilledEntries;

    /// <summary>What the operator holds.</summary>
    public StateCounts State => _stateful.State;

    /// <summary>What has changed, as <see cref="SaveChanges()"/> writes it.</summary>
    public StateChanges Changes { get; } = new();

    /// <summary>The rate in million rows a second and the bytes allocated for a row, after some batches that do not count.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="batches">The batches.</param>
    /// <param name="warmup">How many of them do not count.</param>
    /// <param name="batchesASnapshot">After how many batches what has changed is written to a buffer; 0 for never.</param>
    public static (double Rate, double AllocatedPerRow, long Rows) Measure(object pipeline, IReadOnlyList<ColumnBatch> batches, int warmup, int batchesASnapshot = 0)
    {
        using PipelineRate run = new(pipeline);
        long before = 0;
        long start = 0;
        double measured = 0;
        for (int b = 0; b < batches.Count; b++)
        {
            if (b == warmup)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
                start = Stopwatch.GetTimestamp();
            }

            run.Batch(batches[b]);
            if (batchesASnapshot > 0 && b % batchesASnapshot == batchesASnapshot - 1)
                run.SaveChanges();
            measured += b < warmup ? 0 : batches[b].Length;
        }

        double rate = measured / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6;
        return (rate, (GC.GetAllocatedBytesForCurrentThread() - before) / measured, run.Rows);
    }

    /// <summary>A micro-batch.</summary>
    public void Batch(ColumnBatch batch)
    {
        _stateful.LateWatermark = _stateful.EvictionWatermark;
        _stateful.EvictionWatermark = _watermark;
        for (int i = 0; i < _graph.Operators.Count; i++)
            _graph.Operators[i].Begin(_context);
        _budget?.Begin();
        foreach ((_, Operator entry) in _graph.Entries)
        {
            entry.Process(batch);
            _budget?.Keep();
        }

        foreach ((_, Operator entry) in _graph.Entries)
            entry.InputEnded();
        _budget?.Keep();
        foreach (WatermarkOperator node in _graph.Watermarks)
            _watermark = Math.Max(_watermark, (node.MaxMillis * 1000) - node.DelayMicros);
    }

    /// <summary>Writes what has changed since the last time.</summary>
    public void SaveChanges()
    {
        Changes.Clear();
        _stateful.SaveChanges(Changes);
    }

    long ICapturedState.Entries => _stateful.State.Total;

    /// <inheritdoc/>
    public void Prepare(StateVersion version, Action<int, StateChanges> handOver)
    {
        OperatorChanges changes = new(_stateful.Name, _stateful.Kind, _stateful.StateSchema, _stateful.Layout.ToString());
        changes.Changes.Full = full => handOver(0, full);
        version.Operators.Add(changes);
    }

    /// <inheritdoc/>
    public bool SaveSome(StateVersion version, CaptureSlice slice) => _stateful.SaveSome(version.Operators[0].Changes, slice);

    /// <inheritdoc/>
    public void SaveChanges(StateVersion version)
    {
        _stateful.SaveChanges(version.Operators[0].Changes);
        version.Operators[0].Head = new StateHead();
        _stateful.SaveHead(version.Operators[0].Head);
    }

    /// <summary>Takes the state of a version, as a query does that goes on from it.</summary>
    public void Load(StoredVersion version)
    {
        using EntryFeed feed = new(version);
        new StatefulInstances(_stateful).Load(version.Operators[0], feed, 0, long.MaxValue, null);
    }

    public void Dispose()
    {
        _graph.Dispose();
        _budget?.Dispose();
    }
}
