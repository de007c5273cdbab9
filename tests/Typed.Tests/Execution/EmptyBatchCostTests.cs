namespace Typed.Tests.Execution;

public sealed class EmptyBatchCostTests
{
    // What a batch without data costs is what its two log entries cost on the disk. How fast that is, is the disk's and its other users'
    // affair, so what it writes is looked at, and not how long it takes.
    [Fact]
    public async Task A_batch_without_data_writes_its_two_log_entries_and_nothing_else()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0, sizeSeconds: 1_000_000));
        await using StreamingQuery query = await bench.StartAsync();
        for (int i = 1; i <= 20; i++)
        {
            // A row moves the watermark, then the batch without data follows.
            bench.Sources[0].Add(Reading.At(i));
            await query.Loop.StepAsync();
            HashSet<(string Name, long Length, DateTime Written)> before = Files();
            StreamingQueryProgress empty = (await query.Loop.StepAsync())!;
            Assert.Equal(0, empty.InputRows);
            HashSet<(string Name, long Length, DateTime Written)> after = Files();
            Assert.Empty(before.Except(after));
            Assert.Equal([Path.Combine("commits", $"{empty.BatchId}"), Path.Combine("offsets", $"{empty.BatchId}")], after.Except(before).Select(file => file.Name).Order(StringComparer.Ordinal));
        }

        HashSet<(string Name, long Length, DateTime Written)> Files() =>
            [.. new DirectoryInfo(bench.Folder).GetFiles("*", SearchOption.AllDirectories).Select(file => (Path.GetRelativePath(bench.Folder, file.FullName), file.Length, file.LastWriteTimeUtc))];
    }
}
