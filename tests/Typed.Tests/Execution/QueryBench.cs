using Typed.Execution;
using Typed.Testing;

namespace Typed.Tests.Execution;

/// <summary>A checkpoint in a folder of its own, the sources and the sink of a test; starts a plan over them as often as wanted.</summary>
internal sealed class QueryBench<TOut> : IDisposable
    where TOut : Typed.Schema.IStreamRecord<TOut>
{
    private readonly PipelinePlan _plan;
    private readonly List<StreamingQuery> _queries = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("typed-").FullName;

    internal QueryBench(PipelinePlan plan, int partitions = 0)
    {
        _plan = plan;
        Sources = [.. plan.Sources.Select(_ => new MemorySource<Reading> { Partitions = partitions })];
        Options = new QueryOptions { Checkpoint = Folder, Stepped = true, TimeProvider = Clock };
    }

    internal string Folder => Path.Combine(_folder, "checkpoint");

    internal VirtualClock Clock { get; } = new(DateTimeOffset.UnixEpoch);

    internal MemorySource<Reading>[] Sources { get; }

    internal MemorySink<TOut> Sink { get; } = new() { SurvivesRestart = true };

    internal QueryOptions Options { get; set; }

    internal async Task<StreamingQuery> StartAsync(QueryOptions? options = null, PipelinePlan? plan = null)
    {
        StreamingQuery query = await Pipeline(plan).StartAsync(options ?? Options, TestContext.Current.CancellationToken);
        _queries.Add(query);
        return query;
    }

    internal PipelineStart<TOut> Pipeline(PipelinePlan? plan = null) =>
        new PipelineStart<TOut>(plan ?? _plan, [.. Sources.Select(source => SourceBinding.Of(source))], []).To(Sink);

    /// <summary>Adds readings by their second and runs until nothing is left to do.</summary>
    internal async Task AddAsync(StreamingQuery query, params long[] seconds)
    {
        Sources[0].Add(seconds.Select(Reading.At));
        await query.ProcessAllAvailableAsync();
    }

    /// <summary>Also checks that all rows of all batches of all runs are accounted for.</summary>
    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        RowAccount account = new();
        Assert.Empty(_queries.SelectMany(query => query.RecentProgress).SelectMany(account.Add));
    }
}
