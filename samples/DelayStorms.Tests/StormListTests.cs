using Typed.Columns;
using Typed.Connect;

namespace Storms.Tests;

/// <summary>Storms in a list, exactly once.</summary>
public sealed class StormList : ISink<Storm>
{
    public Dictionary<(Guid Query, long Batch), Storm[]> Kept { get; } = [];

    public ISinkWriter Open(SinkContext context) => new Writer(this, context.QueryId);

    private sealed class Writer(StormList list, Guid query) : ISinkWriter
    {
        private readonly List<Storm> _rows = [];
        private long _batch;

        public string Description => "a list of storms";

        public void Begin(long batchId, long? watermark)
        {
            _batch = batchId;
            _rows.Clear();
        }

        public void Write(ColumnBatch batch) => _rows.AddRange(RecordBatch.ToRecords<Storm>(batch));

        public ValueTask CommitAsync(CancellationToken cancellation)
        {
            list.Kept[(query, _batch)] = [.. _rows];
            return default;
        }

        public void Abort() => _rows.Clear();

        public ValueTask DisposeAsync() => default;
    }
}

public sealed class StormListTests : SinkContract<Storm>
{
    private readonly StormList _list = new();

    public static TheoryData<string> All => [.. SinkChecks];

    [Theory]
    [MemberData(nameof(All))]
    public Task Holds(string check) => CheckAsync(check);

    protected override Storm Row(int number) => new(DateTimeOffset.UnixEpoch.AddHours(number), "DFW", null, Flights: 20, Mean: 90, Worst: 90);

    protected override ISinkWriter Open(SinkContext context) => _list.Open(context);

    protected override Task<IReadOnlyList<Storm>> ReadAsync() => Task.FromResult<IReadOnlyList<Storm>>([.. _list.Kept.Values.SelectMany(rows => rows)]);
}

public class BatchTests
{
    [Fact]
    public void Records_become_a_batch_and_come_back()
    {
        Flight flight = new(DateTimeOffset.UnixEpoch, 90, 802, "DFW", "ORD");
        Flight late = flight with { Delay = 200 };
        ColumnBatch batch = RecordBatch.Of(flight, late);
        Assert.Equal([flight, late], RecordBatch.ToRecords<Flight>(batch));
        batch.Release();
    }
}
