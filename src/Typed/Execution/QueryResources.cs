using Typed.Connect;

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

    private readonly List<IAsyncDisposable> _opened = [];

    /// <summary>Opens sources, tables and sinks; what was opened is closed again if one of them refuses.</summary>
    internal void Open(PipelineBinding binding, QueryOptions options, string name, Guid queryId, Action<string> warn)
    {
        TimeProvider time = options.TimeProvider;
        for (int i = 0; i < binding.Sources.Count; i++)
        {
            SourceContext context = new(binding.Plan.Sources[i].Name, i, Checkpoint?.SourceDirectory(i), time, Malformed) { Warn = warn };
            ISourceReader reader = binding.Sources[i].Open(context);
            _opened.Add(reader);
            Sources.Add(reader);
        }

        for (int i = 0; i < binding.Tables.Count; i++)
        {
            SourceContext context = new(binding.Plan.Tables[i].Name, i, null, time, Malformed) { Warn = warn };
            ITableReader reader = binding.Tables[i].Open(context);
            _opened.Add(reader);
            Tables.Add(reader);
        }

        bool recovering = Checkpoint is { LastOffset: >= 0 };
        SinkContext sink = new(name, queryId, Runner.Sink.Output, binding.Plan.OutputMode, recovering, time)
        {
            RepeatedBatch = Checkpoint is { } logs && logs.LastCommit < logs.LastOffset ? logs.LastOffset : null,
            Warn = warn,
        };
        ISinkWriter? late = null;
        if (binding.OpenLate is not null)
        {
            Late = new LateRowWriter(binding.Plan.Name, LateRowWriter.Candidates(Runner.Graph, binding.Sources.Select(source => source.Schema)));
            late = Opened(binding.OpenLate(sink with { Schema = Late.Schema, Mode = OutputMode.Append }));
        }

        ISinkWriter? letters = binding.OpenDeadLetters is null
            ? null
            : Opened(binding.OpenDeadLetters(sink with { Schema = MalformedRecords.Schema, Mode = OutputMode.Append }));
        ISinkWriter main = Opened(binding.Open!(sink));
        Sinks = new SinkSet(main, late, letters);
    }

    public async ValueTask DisposeAsync()
    {
        // Whatever fails to close, the rest is closed and the lock is given back.
        try
        {
            await CloseAsync(_opened.Count - 1);
        }
        finally
        {
            Late?.Dispose();
            Malformed.Dispose();
            Runner.Dispose();
            Checkpoint?.Dispose();
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

    private ISinkWriter Opened(ISinkWriter writer)
    {
        _opened.Add(writer);
        return writer;
    }
}
