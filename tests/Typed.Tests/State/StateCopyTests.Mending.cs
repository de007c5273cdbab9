using Typed.Execution;
using Typed.State;
using Typed.Testing;
using Typed.Tests.Execution;

namespace Typed.Tests.State;

// What is damaged of a file and its copy is made anew from the other one.
public sealed partial class StateCopyTests
{
    [Fact]
    public async Task What_is_damaged_is_told_at_the_start_and_made_anew()
    {
        using QueryBench<WindowCount> bench = new(TestPlan.Windows(delaySeconds: 0));
        QueryOptions options = await WithBaseAsync(bench);
        string state = Path.Combine(bench.Folder, "state");
        string[] copied = [.. Directory.GetFiles(state, "*.copy").Select(copy => copy[..^".copy".Length]).Where(File.Exists)];
        Assert.Contains(copied, file => file.EndsWith(".base", StringComparison.Ordinal));
        Assert.Contains(copied, file => file.EndsWith(".delta", StringComparison.Ordinal));
        foreach (string path in copied)
        {
            foreach (string damaged in (string[])[path, path + ".copy"])
            {
                byte[] whole = File.ReadAllBytes(damaged);
                for (int damage = 0; damage < 4; damage++)
                {
                    if (damage == 0 && damaged != path)
                        continue;
                    File.Delete(damaged);
                    if (damage > 0)
                        File.WriteAllBytes(damaged, Damage(whole, damage, new Random(damage)));
                    await using (StreamingQuery query = await bench.StartAsync(options))
                    {
                        // A stop does not wait for it.
                        for (int look = 0; look < 20_000 && !(File.Exists(damaged) && whole.AsSpan().SequenceEqual(File.ReadAllBytes(damaged))); look++)
                            await Task.Delay(5, TestContext.Current.CancellationToken);
                        Assert.Contains(damaged, Assert.Single(await StoppedAsync(query)), StringComparison.Ordinal);
                    }

                    Assert.Equal(whole, File.ReadAllBytes(damaged));
                    await using StreamingQuery again = await bench.StartAsync(options);
                    Assert.Empty(await StoppedAsync(again));
                }
            }
        }

        static async Task<IReadOnlyList<string>> StoppedAsync(StreamingQuery query)
        {
            await query.StopAsync();
            Assert.Null(query.Exception);
            return [.. query.Warnings];
        }
    }

    // Each has what the other lacks: nothing can be made anew from one of both, and nothing is lost.
    [Fact]
    public void A_file_and_its_copy_that_are_damaged_in_different_places_are_left_as_they_are()
    {
        StateHistory history = new();
        using (StateLog log = Open())
        {
            for (int i = 0; i < 3; i++)
                history.Save(log, i, i == 0 ? null : i - 1, change => change.PutMany(i * 100, 200));
        }

        string path = Path.Combine(_folder, "1.delta");
        byte[] whole = File.ReadAllBytes(path);
        foreach ((string damaged, int at) in (ReadOnlySpan<(string, int)>)[(path, VersionHeader.Length + 5), (path + ".copy", VersionHeader.Length + 700)])
        {
            byte[] bytes = [.. whole];
            bytes[at] ^= 1;
            File.WriteAllBytes(damaged, bytes);
        }

        List<string> warnings = [];
        using StateLog again = Open();
        again.Warn = warnings.Add;
        using (StoredVersion stored = again.Open(2))
        {
            stored.Verify();
            again.NoteMended(Assert.Single(stored.Mended).Path);
        }

        again.Mend(2, TestContext.Current.CancellationToken);
        Assert.Contains("takes each piece from where it is whole", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.False(again.IsDamaged);
        history.Verify(again);
        again.Compact(TestContext.Current.CancellationToken);
        history.Save(again, 3, 2, change => change.Put(1, "b", 1));
        again.Forget(2);
        Assert.False(File.Exists(path));
        history.Verify(again);
    }

    [Fact]
    public void A_copy_that_cannot_be_made_anew_is_told_of_and_nothing_else()
    {
        StateHistory history = new();
        using (StateLog log = Open())
        {
            for (int i = 0; i < 3; i++)
                history.Save(log, i, i == 0 ? null : i - 1, change => change.PutMany(i * 100, 200));
        }

        string copy = Path.Combine(_folder, "1.delta.copy");
        byte[] bytes = File.ReadAllBytes(copy);
        bytes[VersionHeader.Length + 700] ^= 1;
        File.WriteAllBytes(copy, bytes);
        List<string> warnings = [];
        using StateLog again = Open();
        again.Warn = warning =>
        {
            warnings.Add(warning);
            if (warnings.Count > 1)
                return;

            // Nothing can be named like a folder.
            File.Delete(copy);
            Directory.CreateDirectory(copy);
        };
        again.Mend(2, TestContext.Current.CancellationToken);
        Assert.Equal(2, warnings.Count);
        Assert.Contains("could not be made anew", warnings[1], StringComparison.Ordinal);
        Assert.False(again.IsDamaged);
        history.Verify(again);
    }

    // The version that is written at that moment does not have them put together once more.
    [Fact]
    public void Damage_that_is_met_while_versions_are_forgotten_is_told_of_once()
    {
        using ManualResetEventSlim forgets = new();
        using ManualResetEventSlim isTold = new();
        List<string> warnings = [];
        SlowBackend backend = new(null)
        {
            Compacting = () => Assert.True(forgets.Wait(TimeSpan.FromSeconds(120))),
            Forgetting = () =>
            {
                forgets.Set();
                Assert.True(isTold.Wait(TimeSpan.FromSeconds(120)));
                Thread.Sleep(20);
            },
        };
        using (SnapshotWriter writer = new(backend))
        {
            writer.Warn = warning =>
            {
                lock (warnings)
                    warnings.Add(warning);
                isTold.Set();
            };
            for (int i = 0; i < 3; i++)
            {
                writer.Next();
                writer.Begin(i, default, []);
            }

            writer.Wait();
        }

        Assert.Single(warnings);
    }

    /// <summary>Runs a query; the newest version it leaves is made of a base and of changes, and no version is put together while it runs: when that ends is up to the machine.</summary>
    private static async Task<QueryOptions> WithBaseAsync(QueryBench<WindowCount> bench)
    {
        QueryOptions options = bench.Options with { SnapshotEvery = "0 seconds", Retain = 2 };
        await using (StreamingQuery query = await bench.StartAsync(options))
        {
            for (int i = 0; i < 8; i++)
                await bench.AddAsync(query, i);
        }

        using (StateLog log = new(Path.Combine(bench.Folder, "state")) { Copies = true })
            log.Compact(TestContext.Current.CancellationToken);
        await using (StreamingQuery query = await bench.StartAsync(options))
        {
            for (int i = 8; i < 12; i++)
                await bench.AddAsync(query, i);
        }

        return options;
    }
}
