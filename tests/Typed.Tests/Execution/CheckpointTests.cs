using System.Diagnostics;
using Typed.Execution;
using Typed.State;

namespace Typed.Tests.Execution;

public sealed class CheckpointTests
{
    [Fact]
    public async Task A_second_run_is_refused_and_told_who_holds_the_checkpoint()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        await using StreamingQuery query = await bench.StartAsync(bench.Options with { Name = "the-first" });
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync());
        Assert.Equal("duplicate-query-id", refused.Rule);
        Assert.Contains("the-first", refused.Message, StringComparison.Ordinal);
        Assert.Contains(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), refused.Message, StringComparison.Ordinal);
        await query.StopAsync(TestContext.Current.CancellationToken);
        await using StreamingQuery next = await bench.StartAsync();
        Assert.True(next.IsActive);
    }

    [Fact]
    public async Task Another_process_that_holds_the_lock_excludes_us()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "flock(1) is not installed.");
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        await (await bench.StartAsync()).DisposeAsync();
        using Process holder = Process.Start(new ProcessStartInfo("/usr/bin/flock", ["--exclusive", Path.Combine(bench.Folder, "lock"), "sh", "-c", "echo held; read line"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("held", await holder.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync());
        Assert.Equal("duplicate-query-id", refused.Rule);
        await holder.StandardInput.WriteLineAsync("done");
        await holder.WaitForExitAsync(TestContext.Current.CancellationToken);
        await (await bench.StartAsync()).DisposeAsync();
    }

    [Fact]
    public async Task A_log_entry_that_somebody_else_wrote_ends_the_run()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        await using StreamingQuery query = await bench.StartAsync();
        await bench.AddAsync(query, 1);
        string taken = Path.Combine(bench.Folder, "offsets", $"{query.LastProgress!.BatchId + 1}");
        await File.WriteAllTextAsync(taken, "mine", TestContext.Current.CancellationToken);
        StreamingQueryException failure = await Assert.ThrowsAsync<StreamingQueryException>(() => bench.AddAsync(query, 2));
        Assert.Equal("concurrent-stream-log-update", failure.Rule);
        Assert.Equal("mine", await File.ReadAllTextAsync(taken, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Another_pipelines_checkpoint_is_refused_by_both_names()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        await (await bench.StartAsync()).DisposeAsync();
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync(plan: TestPlan.Windows(0, name: "Other")));
        Assert.Contains("'Windows'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'Other'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_state_layout_is_refused_with_old_and_new()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        await (await bench.StartAsync()).DisposeAsync();
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync(plan: TestPlan.Windows(0, sizeSeconds: 10)));
        Assert.Equal("state-schema-changed", refused.Rule);
        Assert.Contains("window 5s", refused.Message, StringComparison.Ordinal);
        Assert.Contains("window 10s", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_set_of_operators_or_sources_is_refused()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        await (await bench.StartAsync()).DisposeAsync();
        TestPlan chained = new("Windows", WindowCount.Schema, 1, TestPlan.WindowsOfWindows(0, 5, 10).Build);
        Assert.Equal("stateful-operator-set-changed", (await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync(plan: chained))).Rule);
        TestPlan two = new("Windows", Reading.Schema, 2, TestPlan.TwoWatermarks(0, 0).Build);
        PipelineStart<WindowCount> start = new PipelineStart<WindowCount>(two, [SourceBinding.Of(bench.Sources[0]), SourceBinding.Of(bench.Sources[0])], []).To(bench.Sink);
        Assert.Equal("sources-changed", (await Assert.ThrowsAsync<QueryStartException>(() => start.StartAsync(bench.Options, TestContext.Current.CancellationToken))).Rule);
    }

    [Fact]
    public async Task Gaps_in_the_logs_are_refused()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        await using (StreamingQuery query = await bench.StartAsync())
        {
            await bench.AddAsync(query, 1);
            await bench.AddAsync(query, 1);
            await bench.AddAsync(query, 1);
        }

        string middle = Path.Combine(bench.Folder, "offsets", "1");
        byte[] content = await File.ReadAllBytesAsync(middle, TestContext.Current.CancellationToken);
        File.Delete(middle);
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync());
        Assert.Equal("checkpoint-offset-log-gap", refused.Rule);
        await File.WriteAllBytesAsync(middle, content, TestContext.Current.CancellationToken);
        string[] offsets = Directory.GetFiles(Path.Combine(bench.Folder, "offsets"));
        File.Delete(offsets.MaxBy(file => int.Parse(Path.GetFileName(file), System.Globalization.CultureInfo.InvariantCulture))!);
        refused = await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync());
        Assert.Equal("checkpoint-offset-log-gap", refused.Rule);
    }

    // At the start of a query; that each length and each bit is found out is tested on the file alone.
    [Theory]
    [InlineData("metadata")]
    [InlineData("offsets/1")]
    [InlineData("commits/1")]
    public async Task A_cut_or_changed_file_is_refused(string name)
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        await using (StreamingQuery query = await bench.StartAsync())
        {
            await bench.AddAsync(query, 1);
            await bench.AddAsync(query, 2);
        }

        string path = Path.Combine(bench.Folder, name);
        if (name != "metadata")
        {
            // The last entry is the one that is read.
            path = Directory.GetFiles(Path.GetDirectoryName(path)!).MaxBy(file => int.Parse(Path.GetFileName(file), System.Globalization.CultureInfo.InvariantCulture))!;
        }

        byte[] whole = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        for (int length = 0; length < whole.Length; length += 5)
            await RefusedAsync(bench, path, whole[..length]);
        for (int bit = 0; bit < whole.Length * 8; bit += 37)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            await RefusedAsync(bench, path, flipped);
        }

        await RefusedAsync(bench, path, [.. whole, (byte)'\n']);
        await File.WriteAllBytesAsync(path, whole, TestContext.Current.CancellationToken);
        await (await bench.StartAsync()).DisposeAsync();
    }

    [Fact]
    public void Every_cut_and_every_flipped_bit_is_found()
    {
        string folder = Directory.CreateTempSubdirectory("typed-").FullName;
        string path = Path.Combine(folder, "12");
        byte[] whole = new OffsetEntry(12, 5000, 7000, WatermarkPolicy.Min, ["100", null]).Format(["a", "b"]);
        for (int length = 0; length < whole.Length; length++)
            Refused(whole[..length]);
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Refused(flipped);
        }

        Random random = new(11);
        for (int i = 0; i < 500; i++)
        {
            byte[] noise = new byte[random.Next(300)];
            random.NextBytes(noise);
            whole.AsSpan(0, Math.Min(random.Next(60), noise.Length)).CopyTo(noise);
            Refused(noise);
        }

        File.WriteAllBytes(path, whole);
        Assert.Equal(5000, OffsetEntry.Read(path, 12, ["a", "b"]).WatermarkMillis);
        Directory.Delete(folder, true);

        void Refused(byte[] content)
        {
            File.WriteAllBytes(path, content);
            Assert.Contains(path, Assert.Throws<QueryStartException>(() => OffsetEntry.Read(path, 12, ["a", "b"])).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_newer_log_file_is_told_apart_from_a_damaged_one()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("typed-").FullName, "7");
        string body = "typed offsets v2\nsomething new\n";
        File.WriteAllText(path, body + $"crc32c {Crc32C.Of(System.Text.Encoding.UTF8.GetBytes(body)):x8}\n");
        Assert.Equal("checkpoint-version-unsupported", Assert.Throws<QueryStartException>(() => OffsetEntry.Read(path, 7, ["s0"])).Rule);
        Directory.Delete(Path.GetDirectoryName(path)!, true);
    }

    [Fact]
    public void Offsets_of_any_text_come_back()
    {
        string folder = Directory.CreateTempSubdirectory("typed-").FullName;
        string?[] ends = ["a\nb\\n\\", null, "", " at ", "{\"x\":\"ü\"}"];
        string[] names = ["a", "b", "c", "d", "e"];
        OffsetEntry entry = new(3, -1, long.MaxValue, WatermarkPolicy.Max, ends);
        File.WriteAllBytes(Path.Combine(folder, "3"), entry.Format(names));
        Assert.Equal(ends, OffsetEntry.Read(Path.Combine(folder, "3"), 3, names).Ends);
        Assert.Equal("checkpoint-damaged", Assert.Throws<QueryStartException>(() => OffsetEntry.Read(Path.Combine(folder, "3"), 4, names)).Rule);
        Directory.Delete(folder, true);
    }

    [Fact]
    public async Task A_damaged_snapshot_falls_back_to_the_one_before()
    {
        using QueryBench<WindowCount> bench = await BenchWithSnapshotsAsync();
        string newest = Snapshots(bench)[^1];
        byte[] whole = await File.ReadAllBytesAsync(newest, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(newest, whole[..^1], TestContext.Current.CancellationToken);
        await using StreamingQuery query = await bench.StartAsync();
        Assert.Contains(query.Warnings, warning => warning.Contains(newest, StringComparison.Ordinal));
        await bench.AddAsync(query, 30);
        Assert.Equal([new WindowCount(5, 4)], bench.Sink.Rows);
    }

    [Fact]
    public async Task Without_state_or_log_the_start_is_refused()
    {
        using QueryBench<WindowCount> bench = await BenchWithSnapshotsAsync();
        string[] snapshots = Snapshots(bench);
        foreach (string snapshot in snapshots)
            File.Delete(snapshot);
        foreach (string log in (string[])["offsets", "commits"])
        {
            File.Delete(Path.Combine(bench.Folder, log, "0"));
            File.Delete(Path.Combine(bench.Folder, log, "1"));
        }

        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync());
        Assert.Equal("checkpoint-state-missing", refused.Rule);
        Assert.Contains("batch", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lost_snapshots_are_computed_anew_while_the_log_is_whole()
    {
        using QueryBench<WindowCount> bench = await BenchWithSnapshotsAsync();
        foreach (string snapshot in Snapshots(bench))
            File.Delete(snapshot);
        await using StreamingQuery query = await bench.StartAsync();
        string warning = Assert.Single(query.Warnings, one => one.Contains("no version of the state", StringComparison.Ordinal));
        long last = Directory.GetFiles(Path.Combine(bench.Folder, "commits")).Max(file => long.Parse(Path.GetFileName(file), System.Globalization.CultureInfo.InvariantCulture));
        Assert.Contains($"Batches 0 to {last} run again for the state", warning, StringComparison.Ordinal);
        await bench.AddAsync(query, 30);
        Assert.Equal([new WindowCount(5, 4)], bench.Sink.Rows);
    }

    [Theory]
    [InlineData("AfterSinkCommit", false)]
    [InlineData("AfterCommit", true)]
    public async Task Only_batches_that_were_done_are_a_reason_to_say_that_there_is_no_state(string point, bool warns)
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        await using (StreamingQuery fresh = await bench.StartAsync(bench.Options with { SnapshotEvery = "1 hour", Faults = new FailAt(Enum.Parse<FaultPoint>(point), 0) }))
        {
            Assert.DoesNotContain(fresh.Warnings, one => one.Contains("state", StringComparison.Ordinal));
            await Assert.ThrowsAsync<StreamingQueryException>(() => bench.AddAsync(fresh, 1));
        }

        Assert.Empty(Snapshots(bench));
        await using StreamingQuery query = await bench.StartAsync();
        Assert.Equal(warns, query.Warnings.Any(one => one.Contains("Batch 0 runs again for the state", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_folder_with_something_else_is_left_alone()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        Directory.CreateDirectory(bench.Folder);
        await File.WriteAllTextAsync(Path.Combine(bench.Folder, "thesis.txt"), "mine", TestContext.Current.CancellationToken);
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync());
        Assert.Contains("thesis.txt", refused.Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(bench.Folder));
    }

    [Fact]
    public async Task State_without_offsets_is_refused()
    {
        using QueryBench<WindowCount> bench = await BenchWithSnapshotsAsync();
        Directory.Delete(Path.Combine(bench.Folder, "offsets"), true);
        Directory.Delete(Path.Combine(bench.Folder, "commits"), true);
        Assert.Equal("checkpoint-not-empty-first-batch", (await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync())).Rule);
    }

    [Fact]
    public async Task A_checkpoint_that_cannot_be_made_is_one_clear_message()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        Directory.CreateDirectory(Path.GetDirectoryName(bench.Folder)!);
        await File.WriteAllTextAsync(bench.Folder, "a file", TestContext.Current.CancellationToken);
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync());
        Assert.Equal("checkpoint-not-writable", refused.Rule);
        Assert.Contains(bench.Folder, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_loses_nothing()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(0));
        await using (StreamingQuery query = await bench.StartAsync())
        {
            await bench.AddAsync(query, 1);
            string commits = Path.Combine(bench.Folder, "commits");
            Directory.Move(commits, commits + ".away");
            StreamingQueryException failure = await Assert.ThrowsAsync<StreamingQueryException>(() => bench.AddAsync(query, 2, 9));
            Assert.Equal("checkpoint-not-writable", failure.Rule);
            Assert.Contains("start the query again", failure.Message, StringComparison.Ordinal);
            Directory.Move(commits + ".away", commits);
        }

        await using StreamingQuery again = await bench.StartAsync();
        await again.ProcessAllAvailableAsync();
        Assert.Equal([new WindowCount(5, 2)], bench.Sink.Rows);
    }

    private static string[] Snapshots(QueryBench<WindowCount> bench) =>
        [.. Directory.GetFiles(Path.Combine(bench.Folder, "state")).OrderBy(file => long.Parse(Path.GetFileName(file).Split('.')[0], System.Globalization.CultureInfo.InvariantCulture))];

    private static async Task<QueryBench<WindowCount>> BenchWithSnapshotsAsync()
    {
        QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 0));
        bench.Options = bench.Options with { SnapshotEvery = "0 seconds" };
        await using StreamingQuery query = await bench.StartAsync();
        for (long i = 1; i <= 4; i++)
            await bench.AddAsync(query, i);
        return bench;
    }

    private static async Task RefusedAsync(QueryBench<WindowCount> bench, string path, byte[] content)
    {
        await File.WriteAllBytesAsync(path, content, TestContext.Current.CancellationToken);
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => bench.StartAsync());
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        Assert.Contains(refused.Rule, (string[])["checkpoint-damaged", "checkpoint-version-unsupported"]);
    }
}
