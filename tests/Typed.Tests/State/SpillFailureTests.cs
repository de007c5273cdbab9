using Typed.Faster;
using Typed.State;

namespace Typed.Tests.State;

/// <summary>What becomes of spilled state when a disk fails, and of its files when a run ends or was killed.</summary>
public sealed class SpillFailureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("typed-spill-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void A_page_that_was_changed_anywhere_is_refused(int step)
    {
        MemoryPageStore store = new();
        using PagedSpillArea area = new(() => store, "FASTER in '/somewhere'");
        area.Put(Entries(5));
        for (int i = 0; i < store.DiskBytes; i += step)
        {
            int at = i;
            store.Damage(page => Flip(page, at));
            InvalidDataException refused = Assert.Throws<InvalidDataException>(() => area.Take(Entries(5), new Nothing()));
            Assert.StartsWith("State that was spilled cannot be read back from FASTER in '/somewhere': ", refused.Message, StringComparison.Ordinal);
            Assert.Contains("start the query again; it recovers from its checkpoint", refused.Message, StringComparison.Ordinal);
            store.Damage(page => Flip(page, at));
        }

        store.Damage(page => page[..^1]);
        Assert.Throws<InvalidDataException>(() => area.TakePart(0, 0, new Nothing()));
    }

    [Fact]
    public void A_disk_that_cannot_be_written_is_named()
    {
        string gone = Path.Combine(_folder, "gone");
        Directory.CreateDirectory(gone);
        FasterPageStore store = new(gone, "log", 0);
        Directory.Delete(gone);
        IOException refused = Assert.Throws<IOException>(() =>
        {
            for (int i = 0; i < 10_000; i++)
                store.Write(new byte[4000]);
        });
        Assert.StartsWith($"State could not be spilled to '{gone}': ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing is lost", refused.Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => store.Write([1]));
        store.Dispose();
    }

    [Fact]
    public void Files_go_with_the_run_and_those_of_a_killed_one_with_the_next()
    {
        string left = Directory.CreateDirectory(Path.Combine(_folder, "spill-left")).FullName;
        File.WriteAllText(Path.Combine(left, "0.log.0"), "x");
        File.WriteAllText(Path.Combine(_folder, "7.delta"), "x");
        StateStore faster = StateStore.Faster(memory: "1 MB");
        using (SpillPlace place = faster.OpenSpill(_folder)!)
        {
            Assert.False(Directory.Exists(left));
            using (SpillArea area = place.NewArea("one", 0))
            {
                Assert.Empty(Directory.GetDirectories(_folder));
                for (int i = 0; i < 30; i++)
                    area.Put(Entries(20_000, i * 20_000));
                Assert.NotEmpty(Directory.GetFiles(Assert.Single(Directory.GetDirectories(_folder))));
                Assert.InRange(area.DiskBytes, 1, 30 * 20_000 * 100);
            }

            using SpillArea second = place.NewArea("one", 0);
            second.Put(Entries(1));
        }

        Assert.Equal([Path.Combine(_folder, "7.delta")], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Without_a_checkpoint_files_of_a_killed_run_go_with_the_next_and_those_of_a_live_one_stay()
    {
        string left = Folder("typed-spill-left.abc", "spill.lock", "0.log.0", "0.log.1");
        string unknown = Folder("typed-spill-unknown.abc", "0.log.0");
        string checkpoint = Folder("typed-spill-checkpoint", "lock", "metadata");
        string other = Folder("others.abc", "spill.lock");
        string linked = Path.Combine(_folder, "typed-spill-link");
        Directory.CreateSymbolicLink(linked, other);

        // As a live process has it.
        string held = Folder("typed-spill-held.abc", "spill.lock", "0.log.0");
        FileStream owner = new(Path.Combine(held, "spill.lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        string[] stay = [unknown, checkpoint, other, linked, held];
        using (FasterPlace live = new(null, _folder))
        {
            Assert.Equal(stay.Order(StringComparer.Ordinal), Directory.GetDirectories(_folder).Order(StringComparer.Ordinal));
            using SpillArea area = live.NewArea("one", 0);
            using SpillArea second = live.NewArea("two", 0);
            for (int i = 0; i < 30; i++)
                area.Put(Entries(20_000, i * 20_000));
            second.Put(Entries(1));
            string folder = Assert.Single(Directory.GetDirectories(_folder).Except(stay));
            string[] files = Directory.GetFiles(folder);
            Assert.Contains(Path.Combine(folder, "spill.lock"), files);
            Assert.True(files.Length > 1);
            using (FasterPlace next = new(null, _folder))
                Assert.Equal(files, Directory.GetFiles(folder));
            owner.Dispose();
            using (FasterPlace next = new(null, _folder))
                Assert.False(Directory.Exists(held));
            Assert.Equal(files, Directory.GetFiles(folder));
            area.Put(Entries(20_000));
        }

        Assert.Equal(stay.Except([held]).Order(StringComparer.Ordinal), Directory.GetDirectories(_folder).Order(StringComparer.Ordinal));
        Assert.True(File.Exists(Path.Combine(other, "spill.lock")));
        Assert.Equal(2, Directory.GetFiles(checkpoint).Length);
    }

    [Fact]
    public void Two_that_delete_what_was_left_do_not_disturb_each_other()
    {
        for (int i = 0; i < 200; i++)
            Folder($"typed-spill-{i}.abc", "spill.lock", "0.log.0", "0.log.1");
        Parallel.For(0, 4, _ => new FasterPlace(null, _folder).Dispose());
        new FasterPlace(null, _folder).Dispose();
        Assert.Empty(Directory.GetDirectories(_folder));
        new FasterPlace(null, Path.Combine(_folder, "gone")).Dispose();
    }

    [Fact]
    public void Options_are_checked()
    {
        Assert.Equal("invalid-size", Assert.Throws<QueryStartException>(() => StateStore.Faster(memory: "much")).Rule);
        Assert.Equal("invalid-retention", Assert.Throws<QueryStartException>(() => StateStore.Faster(keep: 1)).Rule);
        StateStore store = StateStore.Faster(memory: "2 GB", snapshotEvery: "5 seconds", keep: 5);
        Assert.Equal((2L << 30, "5 seconds", 5), (store.MemoryBytes, store.SnapshotEvery, store.Keep));
        Assert.Equal(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4, FasterStore.Default.MemoryBytes);
    }

    private string Folder(string name, params string[] files)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        foreach (string file in files)
            File.WriteAllText(Path.Combine(folder, file), "x");
        return folder;
    }

    private static byte[] Flip(byte[] page, int at)
    {
        page[at % page.Length] ^= 0x10;
        return page;
    }

    private static SpillBatch Entries(int count, int first = 0)
    {
        SpillBatch batch = new();
        for (int i = first; i < first + count; i++)
        {
            batch.Begin(0, 0, (uint)i);
            batch.Writer.Write((long)i);
            batch.BeginValue();
            batch.Writer.Write((long)-i);
            batch.End();
        }

        return batch;
    }

    private sealed class Nothing : ISpillTarget
    {
        public void Take(int table, long part, StateReader key, StateReader value)
        {
        }
    }
}
