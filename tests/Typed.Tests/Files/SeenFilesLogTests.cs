using Typed.Files;

namespace Typed.Tests.Files;

public sealed class SeenFilesLogTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Entries_are_there_again_after_any_number_of_them()
    {
        SeenFilesLog log = new(_folder.Checkpoint, "/root");
        for (int i = 0; i < 237; i++)
        {
            log.Add([new FileEntry($"a\\b\n{i}\t.txt", i, i * 10), new FileEntry($"{i}", i, 0)]);
            log.Compact(i, _ => false);
            if (i % 19 == 0)
                log = new SeenFilesLog(_folder.Checkpoint, "/root");
        }

        SeenFilesLog again = new(_folder.Checkpoint, "/root");
        Assert.Equal(236, again.Last);
        for (int i = 0; i < 237; i++)
            Assert.Equal([new FileEntry($"a\\b\n{i}\t.txt", i, i * 10), new FileEntry($"{i}", i, 0)], again[i]);
        Assert.True(Directory.GetFiles(_folder.Checkpoint).Length < 60);
        Assert.Null(again.EarlierRoot);
        Assert.Equal("/root", new SeenFilesLog(_folder.Checkpoint, "/other").EarlierRoot);
    }

    [Fact]
    public void Compaction_forgets_only_what_is_done()
    {
        SeenFilesLog log = new(_folder.Checkpoint, "/root");
        for (int i = 0; i < 10; i++)
            log.Add([new FileEntry($"{i}", i, 0)]);
        log.Compact(4, file => file.ModifiedTicks < 8);
        SeenFilesLog again = new(_folder.Checkpoint, "/root");
        Assert.Equal(9, again.Last);
        Assert.Equal(["5", "6", "7", "8", "9"], again.Files.Select(file => file.Path));
    }

    [Fact]
    public void A_crash_while_compacting_loses_nothing()
    {
        SeenFilesLog log = new(_folder.Checkpoint, "/root");
        for (int i = 0; i < 10; i++)
            log.Add([new FileEntry($"{i}", i, 0)]);
        string[] before = Directory.GetFiles(_folder.Checkpoint);
        byte[][] content = [.. before.Select(File.ReadAllBytes)];
        log.Compact(9, _ => false);
        for (int i = 0; i < before.Length; i++)
            File.WriteAllBytes(before[i], content[i]);
        Assert.Equal(10, new SeenFilesLog(_folder.Checkpoint, "/root").Files.Count());
    }

    [Fact]
    public void Damage_is_refused_with_path_and_remedy()
    {
        SeenFilesLog log = new(_folder.Checkpoint, "/root");
        for (int i = 0; i < 3; i++)
            log.Add([new FileEntry($"{i}", i, 0)]);
        string path = Path.Combine(_folder.Checkpoint, "1");
        byte[] whole = File.ReadAllBytes(path);
        for (int length = 0; length < whole.Length; length++)
            ExpectRefused(whole[..length], path);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] altered = [.. whole];
            altered[at] ^= 1;
            ExpectRefused(altered, path);
        }

        File.Delete(path);
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => new SeenFilesLog(_folder.Checkpoint, "/root")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_writers_are_found_out()
    {
        SeenFilesLog one = new(_folder.Checkpoint, "/root");
        SeenFilesLog other = new(_folder.Checkpoint, "/root");
        one.Add([new FileEntry("a", 0, 0)]);
        Assert.Contains("checkpoint of its own", Assert.Throws<InvalidOperationException>(() => other.Add([new FileEntry("b", 0, 0)])).Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_folder.Checkpoint));
    }

    private void ExpectRefused(byte[] content, string path)
    {
        File.WriteAllBytes(path, content);
        InvalidDataException damaged = Assert.Throws<InvalidDataException>(() => new SeenFilesLog(_folder.Checkpoint, "/root"));
        Assert.Contains(path, damaged.Message, StringComparison.Ordinal);
        Assert.Contains("Restore", damaged.Message, StringComparison.Ordinal);
    }
}
