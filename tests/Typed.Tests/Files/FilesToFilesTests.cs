using System.Text.Json;
using Typed.Execution;
using Typed.Tests.Execution;

namespace Typed.Tests.Files;

[StreamRecord]
public readonly partial record struct Order(long Id, string Product);

[Pipeline(OutputMode.Append)]
public sealed partial class EvenOrders
{
    public static Stream<Order> Define(Stream<Order> orders) => orders.Where(o => o.Id % 2 == 0);
}

/// <summary>The whole way from a folder to a folder, with crashes.</summary>
public sealed class FilesToFilesTests : IDisposable
{
    private readonly Folder _folder = new();

    private string Landing => Path.Combine(_folder.Path, "landing");

    private string Export => Path.Combine(_folder.Path, "export");

    private string Letters => Path.Combine(_folder.Path, "letters");

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, long> Faults()
    {
        TheoryData<string, long> faults = [];
        foreach (FaultPoint point in Enum.GetValues<FaultPoint>().Where(point => point < FaultPoint.DeltaWritten))
        {
            faults.Add(point.ToString(), 0);
            faults.Add(point.ToString(), 2);
        }

        return faults;
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Killed_anywhere_each_row_and_each_dead_letter_is_written_once(string point, long batch)
    {
        AddFiles(0, 4);
        FailAt fault = new(Enum.Parse<FaultPoint>(point), batch);
        await Assert.ThrowsAsync<StreamingQueryException>(() => RunAsync(fault));
        Assert.True(fault.Reached);
        AddFiles(4, 6);
        await RunAsync(null);
        await RunAsync(null);

        Assert.Equal(Enumerable.Range(0, 30).Select(i => i * 2L), Rows(Export).Select(row => row.GetProperty("id").GetInt64()).Order());
        Assert.Equal(
            Enumerable.Range(0, 6).Select(i => Path.Combine(Landing, $"{i}.json")),
            Rows(Letters).Select(row => row.GetProperty("source").GetString()!).Order());
    }

    [Fact]
    public async Task A_folder_that_vanishes_leaves_the_query_alive()
    {
        AddFiles(0, 1);
        await using StreamingQuery query = await StartAsync(Trigger.Default, null);
        await query.ProcessAllAvailableAsync();
        Directory.Delete(Landing, recursive: true);
        await query.ProcessAllAvailableAsync();
        Assert.Contains(query.Warnings, warning => warning.Contains(Landing, StringComparison.Ordinal));
        AddFiles(1, 2);
        await query.ProcessAllAvailableAsync();
        Assert.Equal(10, Rows(Export).Count);
    }

    private void AddFiles(int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            string lines = string.Concat(Enumerable.Range(i * 10, 10).Select(id => $"{{\"id\":{id},\"product\":\"p{id}\"}}\n"));
            _folder.Add($"landing/{i}.json", lines + "no JSON\n", 1_000_000 + (i * 1000));
        }
    }

    private async Task RunAsync(FailAt? fault)
    {
        await using StreamingQuery query = await StartAsync(Trigger.AvailableNow, fault);
        await query.Completion;
    }

    private Task<StreamingQuery> StartAsync(Trigger trigger, FailAt? fault) => EvenOrders
        .From(JsonFiles.In<Order>(Landing, new() { MaxFilesPerTrigger = 1, PollInterval = TimeSpan.FromMilliseconds(20) }))
        .To(JsonFiles.Out(Export))
        .DeadLettersTo(JsonFiles.Out(Letters))
        .StartAsync(new() { Checkpoint = _folder.Checkpoint, Trigger = trigger, Faults = fault, SnapshotEvery = "0 seconds" });

    private static List<JsonElement> Rows(string folder) => [.. new CommittedFiles(folder).List()
        .SelectMany(file => File.ReadLines(Path.Combine(folder, file.Path)))
        .Select(line => JsonDocument.Parse(line).RootElement)];
}
