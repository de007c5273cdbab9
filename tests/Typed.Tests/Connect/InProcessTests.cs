using System.Threading.Channels;
using Typed.Columns;
using Typed.Connect;

namespace Typed.Tests.Connect;

public sealed class InProcessTests
{
    private static CancellationToken Token => Reading.Token;

    [Fact]
    public async Task A_full_channel_slows_its_writer_until_the_batch_is_committed()
    {
        Channel<Item> channel = Channel.CreateBounded<Item>(2);
        await using ISourceReader reader = channel.Reader.AsSource(new() { MaxRowsPerTrigger = 3 }).Open(Reading.Context());
        Assert.False(reader.CanReplay);
        int written = 0;
        Task writer = Task.Run(async () =>
        {
            for (int i = 0; i < 10; i++)
            {
                await channel.Writer.WriteAsync(new Item(i, null), Token);
                Interlocked.Increment(ref written);
            }

            channel.Writer.Complete();
        }, Token);

        List<long> seen = [];
        string? start = null;
        while (!reader.HasEnded(start))
        {
            await reader.WaitForDataAsync(start, Token);

            // The wait also ends where the channel does.
            if (reader.HasEnded(start))
                break;
            string end = (await reader.NextOffsetAsync(start, false, Token))!;
            Assert.InRange(long.Parse(end, null) - seen.Count, 1, 3);
            Assert.InRange(Volatile.Read(ref written), 0, seen.Count + 3 + 2 + 1);
            List<Item> rows = await reader.RowsAsync<Item>(start, end);
            Assert.Equal(rows, await reader.RowsAsync<Item>(start, end));
            seen.AddRange(rows.Select(row => row.Id));
            await reader.CommitAsync(end, Token);
            start = end;
        }

        await writer;
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), seen);
    }

    [Fact]
    public async Task What_an_earlier_run_took_is_gone_and_said_to_be()
    {
        Channel<Item> channel = Channel.CreateUnbounded<Item>();
        await using ISourceReader strict = ChannelSource.Of(channel.Reader).Open(Reading.Context());
        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(() => strict.RowsAsync<Item>("5", "8"));
        Assert.Contains("FailOnDataLoss", refused.Message, StringComparison.Ordinal);
        await using ISourceReader loose = ChannelSource.Of(channel.Reader, new() { FailOnDataLoss = false }).Open(Reading.Context());
        Assert.Empty(await loose.RowsAsync<Item>("5", "8"));
        await channel.Writer.WriteAsync(new Item(1, null), Token);
        Assert.Equal("9", await loose.NextOffsetAsync("8", false, Token));
        Assert.Equal([new(1, null)], await loose.RowsAsync<Item>("8", "9"));
    }

    [Fact]
    public async Task Available_now_takes_what_is_in_the_channel()
    {
        Channel<Item> channel = Channel.CreateUnbounded<Item>();
        await channel.Writer.WriteAsync(new Item(1, null), Token);
        await using ISourceReader reader = ChannelSource.Of(channel.Reader).Open(Reading.Context());
        await reader.FreezeAsync(null, Token);
        await channel.Writer.WriteAsync(new Item(2, null), Token);
        (List<List<Item>> batches, string? end) = await reader.DrainAsync<Item>(null);
        Assert.Equal([[new Item(1, null)]], batches);
        Assert.Equal("1", end);
    }

    [Fact]
    public async Task Available_now_reads_a_sequence_to_its_end()
    {
        await using ISourceReader reader = AsyncSource.Of(Slowly(5), new() { MaxRowsPerTrigger = 2, Buffer = 1 }).Open(Reading.Context());
        await reader.FreezeAsync(null, Token);
        (List<List<Item>> batches, string? end) = await reader.DrainAsync<Item>(null);
        Assert.Equal([0L, 1, 2, 3, 4], batches.SelectMany(batch => batch).Select(item => item.Id));
        Assert.True(reader.HasEnded(end));
    }

    [Fact]
    public async Task A_failing_sequence_fails_after_the_rows_before_it()
    {
        await using ISourceReader reader = AsyncSource.Of(Slowly(3, fails: true)).Open(Reading.Context());
        await reader.FreezeAsync(null, Token);
        List<Item> rows = [];
        string? start = null;
        InvalidTimeZoneException failure = await Assert.ThrowsAsync<InvalidTimeZoneException>(async () =>
        {
            while (await reader.NextOffsetAsync(start, false, Reading.Token) is { } end && end != start)
            {
                rows.AddRange(await reader.RowsAsync<Item>(start, end));
                start = end;
            }
        });
        Assert.Equal("here", failure.Message);
        Assert.Equal(3, rows.Count);
        Assert.False(reader.HasEnded(start));
    }

    [Fact]
    public async Task Closing_a_sequence_ends_its_enumeration()
    {
        TaskCompletionSource ended = new();
        ISourceReader reader = AsyncSource.Of(Endless(ended, CancellationToken.None)).Open(Reading.Context());
        await reader.WaitForDataAsync(null, Token);
        await reader.DisposeAsync();
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(120), Token);
    }

    [Fact]
    public async Task Rows_go_out_through_a_channel_and_a_sequence()
    {
        AsyncSink<Item> sink = new(buffer: 1);
        ISinkWriter writer = sink.Open(new SinkContext("q", Guid.NewGuid(), Item.Schema, OutputMode.Append, false, TimeProvider.System));
        Task<List<Item>> read = Task.Run(async () =>
        {
            List<Item> rows = [];
            await foreach (Item row in sink.Rows.WithCancellation(Token))
                rows.Add(row);
            return rows;
        }, Token);
        writer.Begin(0, null);
        ColumnBatch batch = RecordBatch.Of(new Item(1, "a"), new Item(2, "b"));
        writer.Write(batch);
        writer.Abort();
        writer.Begin(0, null);
        writer.Write(batch);
        batch.Release();
        await writer.CommitAsync(Token);
        await writer.DisposeAsync();
        Assert.Equal([new(1, "a"), new(2, "b")], await read.WaitAsync(TimeSpan.FromSeconds(120), Token));
    }

    private static async IAsyncEnumerable<Item> Slowly(int count, bool fails = false)
    {
        for (int i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return new Item(i, null);
        }

        if (fails)
            throw new InvalidTimeZoneException("here");
    }

    private static async IAsyncEnumerable<Item> Endless(
        TaskCompletionSource ended, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation = default)
    {
        try
        {
            while (true)
            {
                yield return new Item(0, null);
                await Task.Delay(1, cancellation);
            }
        }
        finally
        {
            ended.SetResult();
        }
    }
}
