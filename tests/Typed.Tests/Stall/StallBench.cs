using Typed.Testing;

namespace Typed.Tests.Stall;

/// <summary>A query over rows that a test adds, with a clock that stands at twelve o'clock, and its checkpoint.</summary>
internal sealed class StallBench<TOut> : IDisposable
    where TOut : Typed.Schema.IStreamRecord<TOut>
{
    private readonly string _folder = Directory.CreateTempSubdirectory("typed-stall-").FullName;
    private readonly List<StreamingQuery> _queries = [];

    internal StallBench(int partitions = 0)
    {
        Shown = new MemorySource<Seen> { Partitions = partitions };
        Clock.Advance(Seen.Minute(120) - DateTimeOffset.UnixEpoch);
        Options = new QueryOptions { Checkpoint = Path.Combine(_folder, "checkpoint"), Stepped = true, TimeProvider = Clock };
    }

    internal VirtualClock Clock { get; } = new(DateTimeOffset.UnixEpoch);

    internal MemorySource<Seen> Shown { get; }

    internal MemorySource<Seen> Clicks { get; } = new();

    internal MemorySink<TOut> Sink { get; } = new() { SurvivesRestart = true };

    internal QueryOptions Options { get; set; }

    internal async Task<StreamingQuery> StartAsync(PipelineStart<TOut> pipeline)
    {
        StreamingQuery query = await pipeline.To(Sink).StartAsync(Options, TestContext.Current.CancellationToken);
        _queries.Add(query);
        await query.ProcessAllAvailableAsync();
        return query;
    }

    /// <summary>Adds rows by their minutes after ten and runs until nothing is left to do.</summary>
    internal async Task AddAsync(StreamingQuery query, double[] shown, double[]? clicks = null)
    {
        Shown.Add(shown.Select(minute => Seen.At(minute)));
        Clicks.Add((clicks ?? []).Select(minute => Seen.At(minute)));
        await query.ProcessAllAvailableAsync();
    }

    /// <summary>Also checks that all rows of all runs are accounted for.</summary>
    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        RowAccount account = new();
        Assert.Empty(_queries.SelectMany(query => query.RecentProgress).SelectMany(account.Add));
    }
}
