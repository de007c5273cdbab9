using Typed.Connect;
using Typed.Execution;
using Typed.Testing;

namespace Typed.Tests.Outputs;

/// <summary>Queries with several outputs: shared stages run once, every sink gets its rows, all or none of a batch.</summary>
public sealed class OutputQueryTests : IDisposable
{
    private static readonly Measurement[][] Input =
    [
        [Measurement.At(1, "d1", 101), Measurement.At(2, "d1", 103), Measurement.At(3, "d2", 99), Measurement.At(4, "d2", -1)],
        [Measurement.At(12, "d1", 50), Measurement.At(13, "d3", 500)],
        [Measurement.At(25, "d2", 7)],
        [Measurement.At(60, "d9", 1), Measurement.At(5, "d1", 1)],
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("typed-outputs-").FullName;

    public static TheoryData<string, int> Faults()
    {
        TheoryData<string, int> faults = [];
        foreach (FaultPoint point in Enum.GetValues<FaultPoint>().Where(point => point < FaultPoint.DeltaWritten))
        {
            // Between the commits of five sinks there are four places.
            for (int place = 0; place < (point == FaultPoint.BetweenSinks ? 4 : 1); place++)
                faults.Add(point.ToString(), place);
        }

        return faults;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // S58: d1 gives a row and an alert, d2 a row; aggregate and state exist once.
    [Fact]
    public async Task A_table_and_alerts_from_one_aggregation()
    {
        await using var test = Devices.Test();
        test.Readings.Add(Input[0]);
        test.Readings.Add(Measurement.At(20, "d1", 0));
        await test.RunUntilIdleAsync();
        DateTimeOffset zero = DateTimeOffset.UnixEpoch;
        test.Table.ExpectNew(new DeviceWindow(zero, "d1", 102, 2), new DeviceWindow(zero, "d2", 99, 1));
        test.Alerts.ExpectNew(new DeviceWindow(zero, "d1", 102, 2));
        Assert.Equal(4, test.Good.New.Count);

        StreamingQuery query = test.Query!;
        StreamingQueryProgress first = query.RecentProgress[0];
        Assert.Equal(5, first.InputRows);
        Assert.Single(first.StateOperators);
        Assert.Equal(["source-1", "stage-1", "watermark-1", "stage-2", "aggregate-1", "stage-3", "stage-4"], first.Operators.Select(one => one.Name));
        Assert.Equal([("Good", 4L), ("Table", 2), ("Alerts", 1)], query.RecentProgress[1] is { } closing
            ? first.Sinks.Zip(closing.Sinks, (a, b) => (a.Output, a.OutputRows + b.OutputRows)) : []);
        Assert.Equal(7, query.Totals.OutputRows);
        Assert.Contains("\"sinks\":[{\"output\":\"Good\",\"description\":\"memory\",\"numOutputRows\":4}", first.ToJson(), StringComparison.Ordinal);

        RowAccount account = new();
        Assert.Empty(query.RecentProgress.SelectMany(account.Add));
        Assert.Equal(0, account.Unaccounted);
    }

    // Semantics 12.4–12.6, S41: killed at each step, also between the commits of any two sinks, every sink ends with the same rows once.
    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Killed_anywhere_every_sink_has_its_rows_once(string point, int place)
    {
        string[] expected = await RunAsync("plain", null, "0 seconds");
        Assert.Contains(expected, line => line.Contains("lateOperator", StringComparison.Ordinal));
        foreach ((int batch, string snapshotEvery) in ((int, string)[])[(0, "0 seconds"), (2, "1 hour")])
        {
            FailOnce fault = new(Enum.Parse<FaultPoint>(point), batch, place);
            Assert.Equal(expected, await RunAsync($"{point}-{place}-{batch}", fault, snapshotEvery));
            Assert.True(fault.Failed);
        }
    }

    [Fact]
    public async Task One_sink_that_is_down_stops_all_at_the_same_batch()
    {
        MemorySource<Measurement> source = new();
        (MemorySink<Measurement> good, MemorySink<DeviceWindow> table) = (new(), new());
        bool isDown = false;
        ISink<DeviceWindow> alerts = ForeachBatch.Run<DeviceWindow>((_, _) => isDown ? throw new IOException("the alert service is down") : Task.CompletedTask);
        await using StreamingQuery query = await Devices.From(source).To(alerts: alerts).To(good: good, table: table)
            .StartAsync(new QueryOptions { Stepped = true }, TestContext.Current.CancellationToken);
        source.Add(Input[0]);
        await query.ProcessAllAvailableAsync();
        isDown = true;
        source.Add(Input[1]);
        StreamingQueryException failure = await Assert.ThrowsAsync<StreamingQueryException>(query.ProcessAllAvailableAsync);
        Assert.Contains("the alert service is down", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, failure.BatchId);
    }

    [Fact]
    public async Task Update_mode_and_inputs_shared_by_name()
    {
        await using var test = CountedDevices.Test();
        test.Readings.Add(Input[0]);
        test.More.Add(Input[1]);
        await test.RunUntilIdleAsync();
        test.Loud.ExpectNew(Input[0][0], Input[0][1]);
        test.Counts.ExpectNew(new("d1", 3), new("d2", 2), new("d3", 1));
        test.Readings.Add(Input[2]);
        await test.RunUntilIdleAsync();
        test.Loud.ExpectNew();
        test.Counts.ExpectNew(new DeviceCount("d2", 3));
        Assert.Equal(7, test.Query!.Totals.InputRows);
    }

    [Fact]
    public async Task Sinks_of_one_record_and_of_any_are_mixed_by_calling_To_again()
    {
        MemorySource<Measurement> source = new();
        (MemorySink<Measurement> b, MemorySink<Measurement> c, MemorySink<Measurement> second, MemorySink<DeviceCount> e) = (new(), new(), new(), new());
        string files = Path.Combine(_folder, "files");
        await using StreamingQuery query = await FiveOutputs.From(source)
            .To(a: JsonFiles.Out(Path.Combine(files, "a")), d: JsonFiles.Out(Path.Combine(files, "d")))
            .To(b: b, c: c, e: e).To(c: second)
            .StartAsync(new QueryOptions { Stepped = true }, TestContext.Current.CancellationToken);
        source.Add([.. Enumerable.Range(1, 5).Select(value => Measurement.At(value, "d", value))]);
        await query.ProcessAllAvailableAsync();
        Assert.Equal([2, 3, 4, 5], b.Rows.Select(row => row.Value));
        Assert.Equal([3, 4, 5], c.Rows.Select(row => row.Value));
        Assert.Equal(c.Rows, second.Rows);
        Assert.Equal([4, 5], e.Rows.Select(row => (int)row.Count));
        Assert.Equal((5, 2), (Lines(Path.Combine(files, "a")).Length, Lines(Path.Combine(files, "d")).Length));
        Assert.Equal(["A", "B", "C", "C", "D", "E"], query.LastProgress!.Sinks.Select(sink => sink.Output));
    }

    [Fact]
    public async Task What_is_missing_or_given_twice_is_refused()
    {
        MemorySource<Measurement> source = new();
        MemorySink<DeviceWindow> table = new();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        InvalidOperationException missing = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Devices.From(source).To(good: new MemorySink<Measurement>(), table: table).StartAsync(null, cancellation));
        Assert.Contains(".To(alerts:", missing.Message, StringComparison.Ordinal);
        Assert.Contains("'Table'", Assert.Throws<InvalidOperationException>(() => Devices.From(source).To(table: table, alerts: table)).Message, StringComparison.Ordinal);

        // One folder for two outputs: what one of them has written would pass for what the other has.
        string folder = Path.Combine(_folder, "one");
        QueryStartException shared = await Assert.ThrowsAsync<QueryStartException>(() => Devices.From(source)
            .To(good: new MemorySink<Measurement>()).To(table: JsonFiles.Out(folder), alerts: JsonFiles.Out(folder + Path.DirectorySeparatorChar))
            .StartAsync(null, cancellation));
        Assert.Equal("sink-shared", shared.Rule);
    }

    private static string[] Lines(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).SelectMany(File.ReadAllLines).Order(StringComparer.Ordinal)];

    private async Task<string[]> RunAsync(string name, FailOnce? fault, string snapshotEvery)
    {
        string root = Path.Combine(_folder, name);
        MemorySource<Measurement> source = new();
        MemorySink<Measurement> good = new() { SurvivesRestart = true };
        MemorySink<DeviceWindow> alerts = new() { SurvivesRestart = true };
        string files = Path.Combine(root, "files");
        string late = Path.Combine(root, "late");
        string copy = Path.Combine(root, "copy");
        Devices.Start start = Devices.From(source).To(good: good, table: JsonFiles.Out(files), alerts: alerts).To(table: JsonFiles.Out(copy)).LateTo(JsonFiles.Out(late));
        QueryOptions options = new() { Checkpoint = Path.Combine(root, "checkpoint"), Stepped = true, NoDataBatches = false, SnapshotEvery = snapshotEvery, Faults = fault, TimeProvider = new VirtualClock(DateTimeOffset.UnixEpoch) };
        StreamingQuery query = await start.StartAsync(options, TestContext.Current.CancellationToken);
        foreach (Measurement[] rows in Input)
        {
            source.Add(rows);
            while (true)
            {
                try
                {
                    await query.ProcessAllAvailableAsync();
                    break;
                }
                catch (StreamingQueryException e) when (e.InnerException is IOException)
                {
                    await query.DisposeAsync();
                    query = await start.StartAsync(options, TestContext.Current.CancellationToken);
                }
            }
        }

        await query.DisposeAsync();
        Assert.Equal(Lines(files), Lines(copy));
        return
        [
            .. good.Rows.Select(row => row.ToString()).Order(StringComparer.Ordinal), "table", .. Lines(files), "alerts",
            .. alerts.Rows.Select(row => row.ToString()).Order(StringComparer.Ordinal), "late",
            .. Lines(late).Select(line => line[..line.IndexOf("\"lateBatch\"", StringComparison.OrdinalIgnoreCase)]),
        ];
    }

    /// <summary>Stands for a crash at the n-th time that a step of a batch is reached.</summary>
    private sealed class FailOnce(FaultPoint point, long batchId, int place) : IFaultPoints
    {
        private int _seen;

        internal bool Failed { get; private set; }

        public void Reach(FaultPoint reached, long batch)
        {
            if (Failed || reached != point || batch != batchId || _seen++ != place)
                return;
            Failed = true;
            throw new IOException($"crash at {reached} of batch {batch}");
        }
    }
}
