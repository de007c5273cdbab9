using Typed.Connect;
using Typed.Operators;

namespace Typed.Execution;

/// <summary>What a run of a query has open. Given back in the reverse order, the lock of the checkpoint last.</summary>
internal sealed class QueryResources(GraphRunner runner, CheckpointFolder? checkpoint, MalformedRecords malformed) : IAsyncDisposable
{
    internal GraphRunner Runner { get; } = runner;

    internal CheckpointFolder? Checkpoint { get; } = checkpoint;

    internal MalformedRecords Malformed { get; } = malformed;

    internal List<ISourceReader> Sources { get; } = [];

    internal List<ITableReader> Tables { get; } = [];

    internal SinkSet Sinks { get; private set; } = null!;

    internal LateRowWriter? Late { get; private set; }

    internal QuarantineWriter? Quarantine { get; private set; }

    private readonly List<IAsyncDisposable> _opened = [];

    /// <summary>Opens sources, tables and sinks; what was opened is closed again if one of them refuses.</summary>
    internal void Open(PipelineBinding binding, QueryOptions options, string name, Guid queryId, Action<string> warn)
    {
        TimeProvider time = options.TimeProvider;
        string?[]? ends = Checkpoint is { LastOffset: >= 0 and var last } started ? started.ReadOffsets(last).Ends : null;
        for (int i = 0; i < binding.Sources.Count; i++)
        {
            SourceContext context = new(binding.Plan.Sources[i].Name, i, Checkpoint?.SourceDirectory(i), time, Malformed) { Warn = warn, StandsAt = ends?[i] };
            ISourceReader reader = Opening($"the source '{context.Name}'", context, binding.Sources[i].Open);
            _opened.Add(reader);
            Sources.Add(reader);
        }

        Checkpoint?.MakeSourceDirectories();
        for (int i = 0; i < binding.Tables.Count; i++)
        {
            SourceContext context = new(binding.Plan.Tables[i].Name, i, null, time, Malformed) { Warn = warn };
            ITableReader reader = Opening($"the table '{context.Name}'", context, binding.Tables[i].Open);
            _opened.Add(reader);
            Tables.Add(reader);
        }

        bool recovering = Checkpoint is { LastOffset: >= 0 };
        SinkContext sink = new(name, queryId, MalformedRecords.Schema, binding.Plan.OutputMode, recovering, time)
        {
            LastForgottenBatch = Checkpoint is { } setBack ? ForgottenBatches.Read(setBack.Path)?.Last : null,
            RepeatedBatch = Checkpoint is { } logs && logs.LastCommit < logs.LastOffset ? logs.LastOffset : null,
            Warn = warn,
        };

        // Each sink is tried again by itself: the others have their rows already, or wait for theirs.
        ISinkWriter OpenSink(string what, SinkContext context, Func<SinkContext, ISinkWriter> open) =>
            Opened(RetryingWriter.Of(Opening(what, context, open), options.Retry, context));

        ISinkWriter? late = null;
        if (binding.OpenLate is not null)
        {
            Late = new LateRowWriter(binding.Plan.Name, LateRowWriter.Candidates(Runner.Graph, binding.Sources.Select(source => source.Schema)));
            late = OpenSink("the sink of late rows", sink with { Schema = Late.Schema, Mode = OutputMode.Append, Output = "late" }, binding.OpenLate);
        }

        ISinkWriter? letters = binding.OpenDeadLetters is null
            ? null
            : OpenSink("the sink of dead letters", sink with { Mode = OutputMode.Append, Output = "dead letters" }, binding.OpenDeadLetters);
        ISinkWriter? quarantine = null;
        if (binding.OpenQuarantine is not null)
        {
            Quarantine = new QuarantineWriter(binding.Plan.Name, Runner.Graph);
            quarantine = OpenSink("the sink of quarantined rows", sink with { Schema = Quarantine.Schema, Mode = OutputMode.Append, Output = "quarantine" }, binding.OpenQuarantine);
        }
        else if (Runner.Graph.Expectations.FirstOrDefault(one => one.OnViolation == OnViolation.Quarantine) is { } lost)
        {
            throw new QueryStartException(
                "quarantine-without-sink",
                $"The expectation '{lost.Name}' of '{binding.Plan.Name}' sends rows to the quarantine, but there is no sink for them. Say where they go: .QuarantineTo(JsonFiles.Out(\"quarantine\")).");
        }

        List<OutputSink> outputs = [];
        foreach (SinkBinding one in binding.Sinks.OrderBy(one => one.Output))
        {
            PlanOutput output = binding.Plan.Outputs[one.Output];
            string what = binding.Plan.Outputs.Count == 1 ? "the sink" : $"the sink of '{output.Name}'";
            outputs.Add(new OutputSink(one.Output, OpenSink(what, sink with { Schema = output.Schema, Output = output.Name }, one.Open)));
        }

        Sinks = new SinkSet(outputs, late, letters, quarantine);
    }

    /// <summary>The writers of an output.</summary>
    internal IReadOnlyList<ISinkWriter> WritersOf(int output) =>
        [.. Sinks.Outputs.Where(sink => sink.Output == output).Select(sink => sink.Writer)];

    public async ValueTask DisposeAsync()
    {
        // Whatever fails to close, the rest is closed and the lock is given back.
        try
        {
            await CloseAsync(_opened.Count - 1);
        }
        finally
        {
            Disposal.Of([Late, Quarantine, Malformed, Runner, Checkpoint]);
        }
    }

    private async ValueTask CloseAsync(int last)
    {
        if (last < 0)
            return;
        try
        {
            await _opened[last].DisposeAsync();
        }
        finally
        {
            await CloseAsync(last - 1);
        }
    }

    /// <summary>Opens one of them. What its disk or its records answer is a refusal of the start, whoever wrote the source or sink.</summary>
    private static TOpen Opening<TContext, TOpen>(string what, TContext context, Func<TContext, TOpen> open)
    {
        try
        {
            return open(context);
        }
        catch (InvalidDataException e)
        {
            throw new QueryStartException("checkpoint-damaged", $"The query cannot start: {what} has a damaged record. {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QueryStartException("cannot-open", $"The query cannot start: {what} could not be opened. {e.Message}", e);
        }
    }

    private ISinkWriter Opened(ISinkWriter writer)
    {
        _opened.Add(writer);
        return writer;
    }
}
