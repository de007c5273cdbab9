using Typed.Columns;
using Typed.Connect;
using Typed.Tests.Files;

namespace Typed.Tests.Connect;

/// <summary>Tests that look at memory of the whole process: nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(MemoryReturnTests), DisableParallelization = true)]
[Collection(nameof(MemoryReturnTests))]
public sealed class MemoryReturnTests
{
    [Fact]
    public async Task A_closed_file_reader_gives_its_memory_back()
    {
        using Folder folder = new();
        folder.Add("a.txt", "a\nb");
        long before = BufferPool.OutstandingBytes;
        await using (ISourceReader reader = ((ISource<TextLine>)TextFiles.In(folder.Path)).Open(Reading.Context()))
            await reader.DrainAsync<TextLine>(null);
        Assert.Equal(before, BufferPool.OutstandingBytes);
    }

    [Fact]
    public async Task A_foreach_batch_that_fails_gives_its_memory_back()
    {
        SinkContext context = new("q", Guid.NewGuid(), Item.Schema, OutputMode.Append, false, TimeProvider.System);
        ISinkWriter writer = ForeachBatch.Run<Item>((_, _) => throw new InvalidTimeZoneException()).Open(context);
        long before = BufferPool.OutstandingBytes;
        ColumnBatch batch = RecordBatch.Of(new Item(1, "a"));
        writer.Begin(0, null);
        writer.Write(batch);
        batch.Release();
        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await writer.CommitAsync(Reading.Token));
        Assert.Equal(before, BufferPool.OutstandingBytes);
    }
}
