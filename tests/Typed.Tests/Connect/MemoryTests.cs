using Typed.Columns;
using Typed.Connect;

namespace Typed.Tests.Connect;

public sealed class MemoryTests
{
    private static CancellationToken Token => Reading.Token;

    [Fact]
    public async Task Ranges_can_be_read_again_by_a_later_run()
    {
        MemorySource<Item> source = new() { RowsPerColumnBatch = 2 };
        await using (ISourceReader first = source.Open(Reading.Context()))
        {
            Assert.Null(await first.NextOffsetAsync(null, false, Token));
            source.Add(new Item(1, "a"), new Item(2, null), new Item(3, "c"));
            Assert.Equal("3", await first.NextOffsetAsync(null, false, Token));
            Assert.Equal("3", await first.NextOffsetAsync("3", false, Token));
        }

        source.Add(new Item(4, "d"));
        await using ISourceReader second = source.Open(Reading.Context());
        Assert.True(second.CanReplay);
        Assert.Equal([new(1, "a"), new(2, null), new(3, "c")], await second.RowsAsync<Item>(null, "3"));
        Assert.Equal([new(3, "c"), new(4, "d")], await second.RowsAsync<Item>("2", "4"));
    }

    [Fact]
    public async Task A_frozen_source_respects_its_limit_and_leaves_what_comes_later()
    {
        MemorySource<Item> source = new() { MaxRowsPerTrigger = 2 };
        source.Add(Enumerable.Range(0, 5).Select(i => new Item(i, null)));
        await using ISourceReader reader = source.Open(Reading.Context());
        await reader.FreezeAsync(null, Token);
        source.Add(new Item(9, null));
        (List<List<Item>> batches, string? end) = await reader.DrainAsync<Item>(null);
        Assert.Equal([2, 2, 1], batches.Select(batch => batch.Count));
        Assert.Equal("5", end);
        await using ISourceReader once = source.Open(Reading.Context());
        Assert.Equal("6", await once.NextOffsetAsync(null, true, Token));
    }

    [Fact]
    public async Task Waiting_ends_when_rows_come()
    {
        MemorySource<Item> source = new();
        await using ISourceReader reader = source.Open(Reading.Context());
        Task waiting = reader.WaitForDataAsync(null, Token).AsTask();
        Assert.False(waiting.IsCompleted);
        source.Add(new Item(1, null));
        await waiting.WaitAsync(TimeSpan.FromSeconds(120), Token);
    }

    [Fact]
    public async Task A_checkpoint_beyond_the_rows_is_refused()
    {
        await using ISourceReader reader = new MemorySource<Item>().Open(Reading.Context());
        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(async () => await reader.NextOffsetAsync("7", false, Token));
        Assert.Contains("same MemorySource object", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await reader.NextOffsetAsync("x", false, Token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    public void A_limit_must_be_above_zero(int limit)
    {
        QueryStartException refused = Assert.Throws<QueryStartException>(() => new MemorySource<Item> { MaxRowsPerTrigger = limit }.Open(Reading.Context()));
        Assert.Equal("invalid-rate-limit", refused.Rule);
        Assert.Contains("MaxRowsPerTrigger", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_keeps_all_rows_and_leaves_out_a_repeated_batch()
    {
        MemorySink<Item> sink = new() { SurvivesRestart = true };
        Guid query = Guid.NewGuid();
        await WriteAsync(sink.Open(Sink(query)), 0, new Item(1, "a"));
        ISinkWriter again = sink.Open(Sink(query) with { Recovering = true });
        await WriteAsync(again, 0, new Item(1, "a"));
        await WriteAsync(again, 1, new Item(2, "b"));
        await WriteAsync(again, 2);
        Assert.Equal([new(1, "a"), new(2, "b")], sink.Rows);
        Assert.Equal([0L, 1, 2], sink.Batches.Select(batch => batch.BatchId));
        await WriteAsync(sink.Open(Sink(Guid.NewGuid())), 0, new Item(3, "c"));
        Assert.Equal(3, sink.Rows.Count);
    }

    [Fact]
    public async Task Complete_replaces()
    {
        MemorySink<Item> sink = new();
        ISinkWriter writer = sink.Open(Sink(Guid.NewGuid()) with { Mode = OutputMode.Complete, Recovering = true });
        await WriteAsync(writer, 0, new Item(1, "a"), new Item(2, "b"));
        await WriteAsync(writer, 1, new Item(1, "c"));
        Assert.Equal([new(1, "c")], sink.Rows);
    }

    [Fact]
    public async Task An_aborted_batch_leaves_nothing()
    {
        MemorySink<Item> sink = new();
        ISinkWriter writer = sink.Open(Sink(Guid.NewGuid()));
        writer.Begin(0, null);
        writer.Write(RecordBatch.Of(new Item(1, "a")));
        writer.Abort();
        await WriteAsync(writer, 0, new Item(2, "b"));
        Assert.Equal([new(2, "b")], sink.Rows);
    }

    [Theory]
    [InlineData(OutputMode.Append)]
    [InlineData(OutputMode.Update)]
    public void Recovery_is_refused(OutputMode mode)
    {
        SinkContext context = Sink(Guid.NewGuid()) with { Mode = mode, Recovering = true };
        Assert.Equal("recovery-unsupported-by-sink", Assert.Throws<QueryStartException>(() => new MemorySink<Item>().Open(context)).Rule);
    }

    [Fact]
    public async Task The_cap_on_kept_rows_fails_the_batch()
    {
        MemorySink<Item> sink = new() { MaxRows = 1 };
        ISinkWriter writer = sink.Open(Sink(Guid.NewGuid()));
        await WriteAsync(writer, 0, new Item(1, "a"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync(writer, 1, new Item(2, "b")));
        Assert.Single(sink.Rows);
    }

    [Fact]
    public async Task A_table_is_read_again_only_after_a_change()
    {
        MemoryTable<Item> table = new(new Item(1, "a"));
        await using ITableReader reader = table.Open(Reading.Context());
        ColumnBatch? first = await reader.RefreshAsync(0, Token);
        Assert.Equal([new(1, "a")], RecordBatch.ToRecords<Item>(first!));
        Assert.Null(await reader.RefreshAsync(1, Token));
        table.Set(new Item(1, "b"), new Item(2, "c"));
        Assert.Equal(2, (await reader.RefreshAsync(2, Token))!.Length);
    }

    private static SinkContext Sink(Guid query) => new("q", query, Item.Schema, OutputMode.Append, false, TimeProvider.System);

    private static async Task WriteAsync(ISinkWriter writer, long batchId, params Item[] rows)
    {
        writer.Begin(batchId, null);
        ColumnBatch batch = RecordBatch.Of(rows);
        writer.Write(batch);
        batch.Release();
        await writer.CommitAsync(Token);
    }
}
