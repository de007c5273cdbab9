using Typed.Execution;
using Typed.State;
using Typed.Testing;
using Typed.Tests.Execution;

namespace Typed.Tests.State;

/// <summary>No single damaged file takes all versions that are kept with it.</summary>
public sealed partial class StateCopyTests : IDisposable
{
    private const int Kept = 2;
    private readonly string _folder = Directory.CreateTempSubdirectory("typed-copies-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(31)]
    public void Whichever_file_is_damaged_a_version_is_left(int versions)
    {
        StateHistory history = new();
        using (StateLog log = Open())
        {
            for (int i = 0; i < versions; i++)
            {
                history.Save(log, i, i == 0 ? null : i - 1, change => change.PutMany(i * 30 % 100, 40).Remove(1, "never there"));
                log.Forget(i - Kept + 1);
                if (i % 10 == 5)
                    log.Compact(TestContext.Current.CancellationToken);
            }

            history.Verify(log);
        }

        foreach (string path in Directory.GetFiles(_folder))
        {
            byte[] whole = File.ReadAllBytes(path);
            for (int damage = 0; damage < 12; damage++)
            {
                byte[] damaged = Damage(whole, damage, new Random(damage));
                if (damage == 0)
                    File.Delete(path);
                else
                    File.WriteAllBytes(path, damaged);
                using StateLog log = Open();
                int usable = 0;
                for (long version = versions - Kept; version < versions; version++)
                    usable += IsUsable(log, version, path) ? 1 : 0;
                Assert.True(usable >= (path.EndsWith($"{versions - 1}.delta", StringComparison.Ordinal) ? 1 : Kept), $"{usable} usable versions with '{path}' damaged");
            }

            File.WriteAllBytes(path, whole);
        }

        using StateLog again = Open();
        history.Verify(again);
    }

    [Fact]
    public void Copies_go_with_their_files_and_stay_behind_by_one()
    {
        using StateLog log = Open();
        StateHistory history = new();
        for (int i = 0; i < 8; i++)
        {
            history.Save(log, i, i == 0 ? null : i - 1, change => change.Put(1, "a", i));
            log.Forget(i - 1);
        }

        Assert.Equal(8, Files(".delta"));
        Assert.Equal(7, Files(".copy"));
        log.Compact(TestContext.Current.CancellationToken);
        history.Save(log, 8, 7, change => change.Put(1, "a", 8));
        log.Forget(7);
        Assert.Equal(["7.base", "7.base.copy", "8.delta"], Directory.GetFiles(_folder).Select(Path.GetFileName).Where(file => file is not ("7.delta" or "7.delta.copy")).Order(StringComparer.Ordinal));
        history.Verify(log);
    }

    // The process dies before the copy: the next one makes it.
    [Fact]
    public void What_has_no_copy_yet_gets_one()
    {
        StateHistory history = new();
        using (StateLog log = Open())
        {
            for (int i = 0; i < 4; i++)
                history.Save(log, i, i == 0 ? null : i - 1, change => change.Put(1, "a", i));
        }

        foreach (string copy in Directory.GetFiles(_folder, "*.copy"))
            File.Delete(copy);
        using StateLog again = Open();
        history.Save(again, 4, 3, change => change.Put(1, "b", 1));
        Assert.Equal(4, Files(".copy"));
    }

    // The process dies, or is ended, between a base and its copy: the changes that it is made of are there still, and each of them twice.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_base_without_a_copy_hides_no_changes(bool isForgotten)
    {
        StateHistory history = new();
        using (StateLog log = Open())
        {
            for (int i = 0; i < 4; i++)
                history.Save(log, i, i == 0 ? null : i - 1, change => change.PutMany(i * 10, 20));
            log.Reached = (step, _) =>
            {
                if (step == StateLogStep.BaseNamed)
                    throw new OperationCanceledException();
            };
            Assert.Throws<OperationCanceledException>(() => log.Compact(TestContext.Current.CancellationToken));
            log.Reached = null;
        }

        string path = Path.Combine(_folder, "3.base");
        Assert.False(File.Exists(path + ".copy"));
        byte[] whole = File.ReadAllBytes(path);
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= 16;
            File.WriteAllBytes(path, damaged);
            using StateLog log = Open();
            history.Verify(log);
        }

        using StateLog again = Open();
        history.Save(again, 4, 3, change => change.Put(1, "b", 1));
        if (isForgotten)
            again.Forget(3);
        history.Verify(again);
        again.Compact(TestContext.Current.CancellationToken);
        history.Save(again, 5, 4, change => change.Put(1, "b", 2));
        again.Forget(4);
        history.Verify(again);
        Assert.True(File.Exists(Path.Combine(_folder, "4.base.copy")));
        Assert.False(File.Exists(path));
    }

    // Of a life that was given up: a copy of another file of that name.
    [Fact]
    public void A_version_that_is_written_again_has_no_copy_of_the_one_before()
    {
        StateHistory history = new();
        using StateLog log = Open();
        for (int i = 0; i < 3; i++)
            history.Save(log, i, i == 0 ? null : i - 1, change => change.Put(1, "a", i));
        Assert.True(File.Exists(Path.Combine(_folder, "1.delta.copy")));
        history.Save(log, 1, 0, change => change.Put(1, "b", 7));
        Assert.False(File.Exists(Path.Combine(_folder, "1.delta.copy")));
        history.Save(log, 2, 1, change => change.Put(1, "b", 8));
        byte[] bytes = File.ReadAllBytes(Path.Combine(_folder, "1.delta"));
        bytes[20] ^= 1;
        File.WriteAllBytes(Path.Combine(_folder, "1.delta"), bytes);
        using StateLog again = Open();
        history.Verify(again);
    }

    [Fact]
    public void A_file_that_is_damaged_before_it_has_a_copy_is_told_of_once()
    {
        List<string> warnings = [];
        using StateLog log = Open();
        log.Warn = warnings.Add;
        StateHistory history = new();
        history.Save(log, 0, null, change => change.Put(1, "a", 1));
        File.WriteAllBytes(Path.Combine(_folder, "0.delta"), File.ReadAllBytes(Path.Combine(_folder, "0.delta"))[..^3]);
        history.Save(log, 1, 0, change => change.Put(1, "b", 1));
        history.Save(log, 2, 1, change => change.Put(1, "c", 1));
        Assert.Contains("0.delta", Assert.Single(warnings), StringComparison.Ordinal);
    }

    // Two faults, one after the other, in a file and in its copy, end no query if there was a start between them.
    [Fact]
    public async Task A_query_goes_on_whichever_file_of_its_state_is_damaged()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 0));
        QueryOptions options = await WithBaseAsync(bench);
        string whole = Path.Combine(_folder, "whole");
        Copy(bench.Folder, whole);
        string[] files = [.. Directory.GetFiles(Path.Combine(bench.Folder, "state")).Select(file => Path.GetFileName(file)!)];
        Assert.Contains(files, file => file.EndsWith(".base", StringComparison.Ordinal));
        foreach (string file in files)
        {
            for (int damage = 0; damage < 4; damage++)
            {
                string path = Path.Combine(bench.Folder, "state", file);
                byte[] damaged = Damage(File.ReadAllBytes(path), damage, new Random(damage));
                File.Delete(path);
                if (damage > 0)
                    File.WriteAllBytes(path, damaged);
                await using (StreamingQuery query = await bench.StartAsync(options))
                {
                    await query.ProcessAllAvailableAsync();
                    Assert.Null(query.Exception);
                }

                Directory.Delete(bench.Folder, recursive: true);
                Copy(whole, bench.Folder);
            }
        }
    }

    // Disk and processor may be so busy that versions come faster than they are put together.
    [Fact]
    public async Task Versions_wait_where_they_cannot_be_put_together_as_fast()
    {
        using ManualResetEventSlim released = new();
        using SnapshotWriter writer = new(new SlowBackend(released));
        for (int i = 0; i < SnapshotWriter.VersionsBeside; i++)
        {
            writer.Next();
            writer.Begin(i, default, []);
        }

        writer.Next();
        writer.Begin(SnapshotWriter.VersionsBeside, default, []);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(writer.IsReady);
        released.Set();
        writer.Wait();
        Assert.True(writer.IsReady);
    }

    [Fact]
    public void Damage_that_is_met_while_versions_are_put_together_does_not_end_the_query()
    {
        List<string> warnings = [];
        SnapshotWriter writer = new(new SlowBackend(null)) { Warn = warnings.Add };
        for (int i = 0; i < 5; i++)
        {
            writer.Next();
            writer.Begin(i, default, []);
            writer.Wait();
        }

        writer.Dispose();
        Assert.Contains("it was cut", Assert.Single(warnings), StringComparison.Ordinal);
    }

    // What a start from before the damage needs stays, however many versions come after it.
    [Fact]
    public void Nothing_is_let_go_of_after_a_shared_file_was_found_damaged()
    {
        using (StateLog log = Open())
        {
            using SnapshotWriter writer = new(log) { IsDamaged = () => log.IsDamaged };
            for (int i = 0; i < 9; i++)
            {
                writer.Next();
                writer.Begin(i, default, [$"end {i}"]);
                writer.Wait();
                if (i == 4)
                    File.WriteAllBytes(Path.Combine(_folder, "4.delta"), File.ReadAllBytes(Path.Combine(_folder, "4.delta"))[..^3]);
                int newest = Math.Min(i, 4);
                Assert.Equal(i == 0 ? null : [$"end {newest - 1}"], writer.OldestEnds);
                Assert.Equal(Math.Max(0, newest - 1), writer.OldestNeeded);
            }
        }

        using StateLog again = Open();
        Assert.Throws<StateDamagedException>(() => again.Open(4));
        using StoredVersion before = again.Open(3);
        before.Verify();
    }

    [Fact]
    public async Task A_query_goes_on_from_before_the_damage_however_long_it_ran_after_it()
    {
        using QueryBench<WindowCount> whole = new(TestPlan.Windows(delaySeconds: 0));
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 0));
        foreach (QueryBench<WindowCount> each in (QueryBench<WindowCount>[])[whole, bench])
        {
            QueryOptions options = each.Options with { SnapshotEvery = "0 seconds", Retain = 2 };
            string state = Path.Combine(each.Folder, "state");
            await using (StreamingQuery query = await each.StartAsync(options))
            {
                for (int i = 0; i < 15; i++)
                {
                    await each.AddAsync(query, i, i + 3);
                    if (i != 5 || each == whole)
                        continue;
                    long newest = Directory.GetFiles(Path.Combine(each.Folder, "commits")).Max(file => long.Parse(Path.GetFileName(file), System.Globalization.CultureInfo.InvariantCulture));
                    string path = Path.Combine(state, VersionHeader.NameOf(newest, isBase: false));
                    while (!File.Exists(path))
                        await Task.Delay(1, TestContext.Current.CancellationToken);
                    File.WriteAllBytes(path, File.ReadAllBytes(path)[..^3]);
                }

                Assert.Equal(each == whole ? 0 : 1, query.Warnings.Count(warning => warning.Contains("none is forgotten any more", StringComparison.Ordinal)));
            }

            await using StreamingQuery again = await each.StartAsync(options);
            await each.AddAsync(again, 40, 60);
            Assert.Null(again.Exception);
            Assert.Equal(each == bench, again.Warnings.Any(warning => warning.Contains("is tried", StringComparison.Ordinal)));
        }

        Assert.Equal(whole.Sink.Rows, bench.Sink.Rows);
    }

    private StateLog Open() => new(_folder) { Copies = true };

    private int Files(string extension) => Directory.GetFiles(_folder, "*" + extension).Length;

    private static bool IsUsable(StateLog log, long version, string damaged)
    {
        try
        {
            using StoredVersion stored = log.Open(version);
            stored.Verify();
            Assert.All(stored.Mended, mended => Assert.Equal(damaged, mended.Path));
            return true;
        }
        catch (StateDamagedException e)
        {
            Assert.Contains(damaged, e.Message, StringComparison.Ordinal);
            return false;
        }
    }

    private static byte[] Damage(byte[] whole, int how, Random random)
    {
        if (how % 2 == 0)
            return whole[..random.Next(whole.Length)];
        byte[] flipped = [.. whole];
        flipped[random.Next(whole.Length)] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }

    /// <summary>Keeps nothing, always wants to put together, which takes until it is released, or finds damage.</summary>
    private sealed class SlowBackend(ManualResetEventSlim? released) : IStateBackend
    {
        private readonly List<long> _versions = [];

        public string Description => "nothing";

        public IReadOnlyList<long> Versions => [.. _versions];

        public bool WantsCompaction => true;

        public void Save(StateVersion version) => _versions.Add(version.BatchId);

        public void SavePart(int number, StateChanges changes)
        {
        }

        public StoredVersion Open(long batchId) => throw new StateDamagedException("nothing", "it is missing");

        internal Action? Forgetting { get; init; }

        internal Action? Compacting { get; init; }

        public void Forget(long below)
        {
            Forgetting?.Invoke();
            _versions.RemoveAll(version => version < below);
        }

        public void Compact(CancellationToken cancellation)
        {
            Compacting?.Invoke();
            if (released is null)
                throw new StateDamagedException("nothing", "it was cut");
            released.Wait(cancellation);
        }

        public void Dispose()
        {
        }
    }
}
