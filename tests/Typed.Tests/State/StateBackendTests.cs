using Typed.State;

namespace Typed.Tests.State;

/// <summary>What each state backend must do. A backend is proven by a class that inherits this one and opens it.</summary>
public abstract class StateBackendTests : IDisposable
{
    /// <summary>A folder of the test's own.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("typed-state-").FullName;

    /// <summary>Opens the backend on <see cref="Folder"/>, as a new run does.</summary>
    protected abstract IStateBackend Open();

    [Fact]
    public void A_new_backend_is_empty()
    {
        using IStateBackend backend = Open();
        Assert.Empty(backend.Versions);
        Assert.Throws<StateDamagedException>(() => backend.Load(0));
    }

    [Fact]
    public void What_was_saved_is_there_for_the_next_run()
    {
        StatePart[] parts = [new("a", "schema a", new byte[] { 1, 2, 3 }), new("empty", "", ReadOnlyMemory<byte>.Empty), new("ü", "\n", new byte[100_000])];
        using (IStateBackend backend = Open())
        {
            backend.Save(3, parts);
            backend.Save(7, [parts[0]]);
        }

        using IStateBackend again = Open();
        Assert.Equal([3, 7], again.Versions);
        Assert.Single(again.Load(7));
        IReadOnlyList<StatePart> loaded = again.Load(3);
        Assert.Equal(parts.Select(part => (part.Name, part.Schema)), loaded.Select(part => (part.Name, part.Schema)));
        Assert.All(parts.Zip(loaded), pair => Assert.True(pair.First.Bytes.Span.SequenceEqual(pair.Second.Bytes.Span)));
    }

    [Fact]
    public void A_version_is_replaced_as_a_whole()
    {
        using IStateBackend backend = Open();
        backend.Save(1, [new("a", "s", new byte[] { 1 })]);
        backend.Save(1, [new("b", "s", new byte[] { 2 })]);
        Assert.Equal([1], backend.Versions);
        Assert.Equal("b", Assert.Single(backend.Load(1)).Name);
    }

    [Fact]
    public void The_bytes_are_only_borrowed()
    {
        using IStateBackend backend = Open();
        byte[] bytes = [1, 2, 3];
        backend.Save(1, [new("a", "s", bytes)]);
        bytes[0] = 9;
        Assert.Equal(1, backend.Load(1)[0].Bytes.Span[0]);
    }

    [Fact]
    public void Old_versions_are_forgotten()
    {
        using IStateBackend backend = Open();
        foreach (long version in (long[])[1, 5, 9])
            backend.Save(version, []);
        backend.Forget(below: 5);
        Assert.Equal([5, 9], backend.Versions);
        Assert.Throws<StateDamagedException>(() => backend.Load(1));
        Assert.Empty(backend.Load(5));
    }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}

public sealed class SnapshotStateBackendTests : StateBackendTests
{
    protected override IStateBackend Open() => new SnapshotStateBackend(Folder);

    [Fact]
    public void A_cut_or_changed_snapshot_is_refused()
    {
        using IStateBackend backend = Open();
        backend.Save(4, [new("part", "schema", new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }), new("other", "s", new byte[5])]);
        string path = Path.Combine(Folder, "4.snapshot");
        byte[] whole = File.ReadAllBytes(path);
        for (int length = 0; length < whole.Length; length++)
            Refused(whole[..length]);
        for (int bit = 0; bit < whole.Length * 8; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Refused(flipped);
        }

        Refused([.. whole, 0]);
        Random random = new(7);
        for (int i = 0; i < 1000; i++)
        {
            byte[] noise = new byte[random.Next(200)];
            random.NextBytes(noise);
            whole.AsSpan(0, Math.Min(random.Next(40), noise.Length)).CopyTo(noise);
            Refused(noise);
        }

        File.WriteAllBytes(path, whole);
        Assert.Equal(2, backend.Load(4).Count);

        void Refused(byte[] content)
        {
            File.WriteAllBytes(path, content);
            Assert.Contains(path, Assert.Throws<StateDamagedException>(() => backend.Load(4)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Counts_are_checked_even_if_the_checksum_is_right()
    {
        using MemoryStream stream = new();
        SnapshotFile.Write(stream, 1, [new("a", "s", new byte[8])]);
        byte[] whole = stream.ToArray();
        foreach (int position in (int[])[12, 32, 37, 42])
        {
            byte[] changed = [.. whole];
            BitConverter.GetBytes(int.MaxValue).CopyTo(changed, position);
            BitConverter.GetBytes(Crc32C.Of(changed.AsSpan(0, changed.Length - 4))).CopyTo(changed, changed.Length - 4);
            Assert.Throws<StateDamagedException>(() => SnapshotFile.Read(changed, 1, "x"));
        }
    }

    [Fact]
    public void A_newer_snapshot_is_told_apart()
    {
        using MemoryStream stream = new();
        SnapshotFile.Write(stream, 1, []);
        byte[] newer = stream.ToArray();
        newer[8] = 2;
        BitConverter.GetBytes(Crc32C.Of(newer.AsSpan(0, newer.Length - 4))).CopyTo(newer, newer.Length - 4);
        Assert.True(Assert.Throws<StateDamagedException>(() => SnapshotFile.Read(newer, 1, "x")).IsNewer);
    }

    [Fact]
    public void What_a_crash_left_half_written_is_removed()
    {
        File.WriteAllText(Path.Combine(Folder, ".4.snapshot.0123.tmp"), "half");
        using IStateBackend backend = Open();
        Assert.Empty(Directory.GetFiles(Folder));
    }
}
