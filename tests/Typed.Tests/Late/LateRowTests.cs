using Typed.Tests.Execution;
using Typed.Tests.Files;

namespace Typed.Tests.Late;

/// <summary>
/// Rows that come behind the watermark, in generated pipelines: each operator that drops them hands them over as they came, with what they missed
/// and by how much, once, whatever restarts come between.
/// </summary>
public sealed class LateRowTests
{
    private static readonly DateTimeOffset Noon = new(2025, 1, 1, 12, 0, 0, TimeSpan.Zero);

    // Calls at minute 0 and 60, then at 3, 47 and 61: the watermark is at 13:00 when they come. By what is compared: the end of the window, the time, the time plus the gap.
    [Theory]
    [InlineData("LateTumbling", "a 3 aggregate-1 12:10 13:00 00:50:00", "b 47 aggregate-1 12:50 13:00 00:10:00")]
    [InlineData("LateSliding", "a 3 aggregate-1 12:10 13:00 00:50:00", "b 47 aggregate-1 12:55 13:00 00:05:00")]
    [InlineData("LateByTime", "a 3 aggregate-1 12:03 13:00 00:57:00", "b 47 aggregate-1 12:47 13:00 00:13:00")]
    [InlineData("LateSessions", "a 3 aggregate-1 12:08 13:00 00:52:00", "b 47 aggregate-1 12:52 13:00 00:08:00")]
    [InlineData("LateOnce", "a 3 distinct-1 12:03 13:00 00:57:00", "b 47 distinct-1 12:47 13:00 00:13:00")]
    [InlineData("LateOnceWithin", "a 3 distinct-1 12:03 13:00 00:57:00", "b 47 distinct-1 12:47 13:00 00:13:00")]
    [InlineData("LateTop", "a 3 top-1 12:10 13:00 00:50:00", "b 47 top-1 12:50 13:00 00:10:00")]
    [InlineData("LateKept", "a 3 calls 12:03 13:00 00:57:00", "b 47 calls 12:47 13:00 00:13:00")]
    public async Task Each_operator_hands_its_late_rows_over(string pipeline, params string[] expected)
    {
        foreach ((bool restarts, int? batchSize) in ((bool, int?)[])[(false, null), (true, null), (true, 1)])
        {
            using Folder folder = new();
            MemorySource<Call> calls = new();
            PipelineStart<Calls> start = (pipeline switch
            {
                "LateTumbling" => LateTumbling.From(calls),
                "LateSliding" => LateSliding.From(calls),
                "LateByTime" => LateByTime.From(calls),
                "LateSessions" => LateSessions.From(calls),
                "LateOnce" => LateOnce.From(calls),
                "LateOnceWithin" => LateOnceWithin.From(calls),
                "LateTop" => LateTop.From(calls),
                _ => LateKept.From(calls),
            }).To(new MemorySink<Calls> { SurvivesRestart = true });
            Action[] batches =
            [
                () => calls.Add(At(0, "a"), At(60, "b")),
                () => calls.Add(At(3, "a"), At(61, "c"), At(47, "b")),
                () => calls.Add(At(70, "a")),
            ];
            Assert.Equal(expected, await RunAsync(start, folder, batches, restarts, batchSize, late: 2));
        }
    }

    // Semantics 2.3.5: each side by its own time. The columns of both inputs stand side by side.
    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(true, 1)]
    public async Task Both_sides_of_a_join_hand_theirs_over(bool restarts, int? batchSize)
    {
        using Folder folder = new();
        MemorySource<Call> calls = new();
        MemorySource<Reply> replies = new();
        MemorySink<Calls> sink = new() { SurvivesRestart = true };
        Action[] batches =
        [
            () => { calls.Add(At(0, "a"), At(60, "b")); replies.Add(new Reply("b", 1, Noon.AddMinutes(60))); },
            () => { calls.Add(At(3, "a"), At(61, "c")); replies.Add(new Reply("d", 7, Noon.AddMinutes(47)), new Reply("d", 8, Noon.AddMinutes(61))); },
        ];
        string[] late = await RunAsync(LateReplies.From(calls, replies).To(sink), folder, batches, restarts, batchSize, late: 2);
        Assert.Equal(["a 3 join-1 12:03 13:00 00:57:00", "d 7 join-1 12:47 13:00 00:13:00"], late);
        Assert.Equal([new Calls("a", 0), new Calls("b", 1)], sink.Rows.OrderBy(row => row.Caller));
    }

    // S19: on time + late = in, over a crash in the batch that has the late rows.
    [Theory]
    [InlineData("AfterOffsets")]
    [InlineData("AfterRun")]
    [InlineData("BetweenSinks")]
    [InlineData("AfterSinkCommit")]
    public async Task A_crash_does_not_write_them_twice(string point)
    {
        using Folder folder = new();
        MemorySource<Call> calls = new();
        MemorySink<Calls> sink = new() { SurvivesRestart = true };
        PipelineStart<Calls> start = LateTumbling.From(calls).To(sink).LateTo(JsonFiles.Out(folder.Path));
        QueryOptions options = new() { Checkpoint = folder.Checkpoint, Trigger = Trigger.AvailableNow };
        calls.Add(At(0, "a"), At(60, "b"));
        await using (StreamingQuery query = await start.StartAsync(options, TestContext.Current.CancellationToken))
            await query.Completion;
        calls.Add(At(3, "a"), At(61, "c"));
        await using (StreamingQuery query = await start.StartAsync(options with { Faults = new FailAt(Enum.Parse<Typed.Execution.FaultPoint>(point), 2) }, TestContext.Current.CancellationToken))
            await Assert.ThrowsAsync<StreamingQueryException>(() => query.Completion);
        await using (StreamingQuery query = await start.StartAsync(options, TestContext.Current.CancellationToken))
            Assert.Equal(1, (await query.Completion).LateRows);
        Assert.Equal(["a 3 aggregate-1 12:10 13:00 00:50:00"], Late(folder));
        Assert.Equal(1, sink.Rows.Sum(row => row.Count));
    }

    private static Call At(double minute, string caller) =>
        new(caller, minute.ToString(System.Globalization.CultureInfo.InvariantCulture), Noon.AddMinutes(minute));

    private static async Task<string[]> RunAsync(PipelineStart<Calls> start, Folder folder, Action[] batches, bool restarts, int? batchSize, int late)
    {
        QueryOptions options = new() { Checkpoint = folder.Checkpoint, Stepped = true, BatchSize = batchSize };
        start = start.LateTo(JsonFiles.Out(folder.Path));
        RowAccount account = new();
        long counted = 0;
        StreamingQuery query = await start.StartAsync(options, TestContext.Current.CancellationToken);
        foreach (Action add in batches)
        {
            add();
            await query.ProcessAllAvailableAsync();
            if (!restarts && add != batches[^1])
                continue;
            Assert.Empty(query.RecentProgress.SelectMany(account.Add));
            counted += query.Totals.LateRows;
            await query.DisposeAsync();
            if (add != batches[^1])
                query = await start.StartAsync(options, TestContext.Current.CancellationToken);
        }

        Assert.Equal(late, counted);
        Assert.Equal(0, account.Unaccounted);
        return Late(folder);
    }

    // Who, which row, where, the time, the watermark, by how much.
    private static string[] Late(Folder folder) =>
    [
        .. Directory.EnumerateFiles(folder.Path, "*.json", SearchOption.AllDirectories).SelectMany(File.ReadAllLines)
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement)
            .Select(row => string.Join(' ', row.GetProperty("caller"), Text(row, "note") ?? Text(row, "length"), row.GetProperty("lateOperator"), Clock(row, "lateTime"), Clock(row, "lateWatermark"), row.GetProperty("lateBy")))
            .Order(StringComparer.Ordinal),
    ];

    private static string? Text(System.Text.Json.JsonElement row, string name) =>
        row.TryGetProperty(name, out System.Text.Json.JsonElement value) && value.ValueKind != System.Text.Json.JsonValueKind.Null ? value.ToString() : null;

    private static string Clock(System.Text.Json.JsonElement row, string name) =>
        row.GetProperty(name).GetDateTimeOffset().ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}
