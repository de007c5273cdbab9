using Typed.State;
using Typed.Testing;

namespace Typed.Tests.State;

public sealed class StateLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("typed-state-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_cut_or_changed_file_is_refused()
    {
        using StateLog log = Small(out StateHistory history);
        log.Compact(TestContext.Current.CancellationToken);
        log.Forget(below: 2);
        history.Save(log, 3, 2, change => change.Put(1, "d", 4).Remove(1, "a"));
        Assert.Equal(["2.base", "3.delta"], Names());
        foreach (string path in Directory.GetFiles(_folder))
        {
            byte[] whole = File.ReadAllBytes(path);
            for (int length = 0; length < whole.Length; length++)
                Refused(path, whole[..length]);
            for (int bit = 0; bit < whole.Length * 8; bit += 3)
            {
                byte[] flipped = [.. whole];
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                Refused(path, flipped);
            }

            Refused(path, [.. whole, 0]);
            Random random = new(7);
            for (int i = 0; i < 300; i++)
            {
                byte[] noise = new byte[random.Next(200)];
                random.NextBytes(noise);
                whole.AsSpan(0, Math.Min(random.Next(60), noise.Length)).CopyTo(noise);
                Refused(path, noise);
            }

            File.Delete(path);
            Refused(path, null);
            File.WriteAllBytes(path, whole);
        }

        using StateLog again = new(_folder);
        history.Verify(again);

        void Refused(string path, byte[]? content)
        {
            if (content is not null)
                File.WriteAllBytes(path, content);
            using StateLog damaged = new(_folder);
            StateDamagedException refused = Assert.Throws<StateDamagedException>(() =>
            {
                using StoredVersion version = damaged.Open(3);
                version.Verify();
            });
            Assert.Contains(Path.GetFileNameWithoutExtension(path), refused.Message, StringComparison.Ordinal);
            Assert.Contains(_folder, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_damaged_newest_version_leaves_the_one_before()
    {
        using (StateLog log = Small(out _))
        {
        }

        byte[] whole = File.ReadAllBytes(Path.Combine(_folder, "2.delta"));
        File.WriteAllBytes(Path.Combine(_folder, "2.delta"), whole[..^3]);
        using StateLog again = new(_folder);
        Assert.Equal([0, 1, 2], again.Versions);
        Assert.Throws<StateDamagedException>(() => again.Open(2));
        using StoredVersion before = again.Open(1);
        before.Verify();
    }

    [Fact]
    public void All_damaged_files_of_a_version_are_named()
    {
        using (StateLog log = Small(out _))
        {
        }

        foreach (string name in (string[])["0.delta", "2.delta"])
            File.AppendAllText(Path.Combine(_folder, name), "x");
        using StateLog again = new(_folder);
        string message = Assert.Throws<StateDamagedException>(() => again.Open(2)).Message;
        Assert.Contains("0.delta", message, StringComparison.Ordinal);
        Assert.Contains("2.delta", message, StringComparison.Ordinal);
        Assert.DoesNotContain("1.delta", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_are_checked_even_if_the_checksum_is_right()
    {
        StateWriter index = new();
        OperatorIndex one = new(new StateShape("a", false, "b", "c", "d"), new StateHead());
        VersionIndex.Write(index, "note"u8, [one], [(0, new Section(VersionHeader.Length, 3, 2, 10, 0))]);
        byte[] whole = index.Written.ToArray();
        Assert.Equal(2, VersionIndex.Read(new StateReader(whole), VersionHeader.Length + 10).Operators[0].Records);
        for (int at = 0; at + sizeof(int) <= whole.Length; at++)
        {
            foreach (int value in (int[])[int.MaxValue, int.MinValue, -2, 1 << 20])
            {
                byte[] changed = [.. whole];
                BitConverter.GetBytes(value).CopyTo(changed, at);
                Exception? refused = Record.Exception(() => VersionIndex.Read(new StateReader(changed), VersionHeader.Length + 10));
                Assert.True(refused is null or InvalidDataException, refused?.ToString());
            }
        }
    }

    // The last bytes say how long the index is. A length that was changed is not what memory is asked for: its file may have some GB, of which hardly any are an index.
    [Fact]
    public void A_changed_length_of_the_index_takes_no_memory()
    {
        const long length = 40 << 20;
        string path = Path.Combine(_folder, "4.delta");
        StateWriter trailer = new();
        trailer.Write(length - VersionHeader.Length - VersionHeader.TrailerLength);
        trailer.Write(length);
        trailer.Write(0);
        using (Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, new VersionHeader(false, 4, 1, -1, 0).Format(), 0);
            RandomAccess.Write(file, trailer.Written.Span, length - VersionHeader.TrailerLength);
        }

        using StateLog log = new(_folder);
        long allocated = Allocated.By(() =>
            Assert.Contains("checksum of its index", Assert.Throws<StateDamagedException>(() => log.Open(4)).Message, StringComparison.Ordinal));
        Assert.InRange(allocated, 0, 2 * VersionFileReader.IndexPieceBytes);
    }

    [Fact]
    public void An_index_of_several_pieces_comes_back()
    {
        StateHistory history = new();
        using (StateLog log = new(_folder))
            history.Save(log, 0, null, change => change.Put(1, "a", 1).Head(new string('n', 3 * VersionFileReader.IndexPieceBytes), 5));
        using StateLog again = new(_folder);
        history.Verify(again);
        string path = Path.Combine(_folder, "0.delta");
        byte[] bytes = File.ReadAllBytes(path);
        Assert.True(bytes.Length > 3 * VersionFileReader.IndexPieceBytes);
        bytes[2 * VersionFileReader.IndexPieceBytes] ^= 1;
        File.WriteAllBytes(path, bytes);
        Assert.Throws<StateDamagedException>(() => again.Open(0));
    }

    // A record of a long key and two longs: the figure that the size on the disk is made of.
    [Fact]
    public void A_small_record_takes_25_bytes_and_any_record_comes_back()
    {
        byte[] bytes = new byte[4096];
        RecordEncoder encoder = default;
        int length = 0;
        for (int i = 0; i < 100; i++)
            length += encoder.Write(bytes.AsSpan(length), false, 0, StateEntry.NoTime, BitConverter.GetBytes((long)i), new byte[16]);
        Assert.Equal((100 * 25) + 2, length);

        Random random = new(3);
        for (int round = 0; round < 200; round++)
        {
            List<(bool, int, long, byte[], byte[])> written = [];
            encoder = default;
            length = 0;
            while (length < 3500)
            {
                byte[] key = new byte[random.Next(20)];
                byte[] value = new byte[random.Next(random.Next(200))];
                random.NextBytes(key);
                random.NextBytes(value);
                bool removed = random.Next(4) == 0;
                long time = random.Next(4) switch { 0 => StateEntry.NoTime, 1 => long.MinValue, 2 => random.NextInt64(), _ => random.Next(100) };
                written.Add((removed, random.Next(3) * 100, time, key, removed ? [] : value));
                length += encoder.Write(bytes.AsSpan(length), removed, written[^1].Item2, time, key, written[^1].Item5);
            }

            RecordDecoder decoder = new(bytes, length);
            foreach ((bool removed, int table, long time, byte[] key, byte[] value) in written)
            {
                Assert.True(decoder.Next());
                Assert.Equal((removed, table, time), (decoder.IsRemoved, decoder.Table, decoder.Time));
                Assert.True(bytes.AsSpan(decoder.KeyStart, decoder.KeyLength).SequenceEqual(key));
                Assert.True(bytes.AsSpan(decoder.KeyStart + decoder.KeyLength, decoder.ValueLength).SequenceEqual(value));
            }

            Assert.False(decoder.Next());
            for (int i = 0; i < 50; i++)
            {
                byte[] noise = bytes[..random.Next(1, length)];
                noise[random.Next(noise.Length)] ^= (byte)random.Next(1, 256);
                RecordDecoder any = new(noise, noise.Length);
                Exception? refused = Record.Exception(() =>
                {
                    while (any.Next())
                    {
                    }
                });
                Assert.True(refused is null or InvalidDataException, refused?.ToString());
            }
        }
    }

    [Fact]
    public void Snapshots_of_the_first_format_and_newer_ones_are_told_apart()
    {
        File.WriteAllText(Path.Combine(_folder, "4.snapshot"), "TYPEDSNP");
        Assert.Contains("format version 1", Assert.Throws<StateDamagedException>(() => new StateLog(_folder)).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(_folder, "4.snapshot"));
        byte[] header = new VersionHeader(false, 4, 1, -1, 0).Format();
        header[8] = VersionHeader.FormatVersion + 1;
        BitConverter.GetBytes(Crc32C.Of(header.AsSpan(0, 48))).CopyTo(header, 48);
        File.WriteAllBytes(Path.Combine(_folder, "4.delta"), header);
        using StateLog newer = new(_folder);
        Assert.True(Assert.Throws<StateDamagedException>(() => newer.Open(4)).IsNewer);
    }

    [Fact]
    public void What_a_crash_left_half_written_is_removed()
    {
        File.WriteAllText(Path.Combine(_folder, ".4.delta.0123.tmp"), "half");
        using StateLog log = new(_folder);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    // At each step, once or twice in a row, then a new start from what is there.
    [Theory]
    [InlineData("DeltaWritten")]
    [InlineData("DeltaNamed")]
    [InlineData("BaseWritten")]
    [InlineData("BaseNamed")]
    [InlineData("BeforeFilesDeleted")]
    public void A_crash_at_any_step_loses_nothing(string at)
    {
        StateLogStep step = Enum.Parse<StateLogStep>(at);
        for (int seed = 0; seed < 10; seed++)
        {
            Random random = new(seed);
            StateHistory history = new();
            StateLog log = new(_folder);
            int countdown = random.Next(1, 6);
            long? last = null;
            history.Save(log, 100 * seed, last, change => change.Random(random));
            last = 100 * seed;
            for (int i = 0; i < 25; i++)
            {
                log.Reached = (reached, _) =>
                {
                    if (reached == step && --countdown == 0)
                        throw new IOException("disk full");
                };
                long next = last.Value + 1;
                try
                {
                    history.Save(log, next, last, change => change.Random(random));
                    last = next;
                    if (random.Next(2) == 0)
                        log.Compact(TestContext.Current.CancellationToken);
                    if (next % 100 > 2)
                        log.Forget(next - random.Next(3));
                }
                catch (IOException)
                {
                    log.Dispose();
                    log = new StateLog(_folder);
                    countdown = random.Next(1, 6);

                    // The changes of the version that failed were not taken for durable: they are made again.
                    if (log.Versions[^1] > last)
                        history.Save(log, next, last, change => change.Floor(2, next - 2).Floor(3, next));
                    if (history.Newest > log.Versions[^1])
                        history.GoBackTo(log.Versions[^1]);
                    last = log.Versions[^1];
                }

                history.Verify(log);
            }

            log.Dispose();
        }
    }

    [Fact]
    public void Parts_of_a_version_that_was_not_saved_go_with_the_process()
    {
        using (StateLog log = Small(out _))
        {
            StateChanges part = new();
            part.BeginPut(0, StateEntry.NoTime, 7);
            part.BeginValue();
            part.End();
            log.SavePart(0, part);
            string unnamed = Assert.Single(Directory.GetFiles(_folder, ".*"));
            File.Copy(unnamed, unnamed + ".copy");
            File.Move(unnamed + ".copy", unnamed.Replace(".next", ".killed", StringComparison.Ordinal));
        }

        using StateLog again = new(_folder);
        Assert.Empty(Directory.GetFiles(_folder, ".*"));
        Assert.Equal([0, 1, 2], again.Versions);
    }

    // Bounded, whatever happens: twice the state for a base and what has changed since, once more while a new one is written.
    [Fact]
    public void The_folder_does_not_grow_with_the_versions()
    {
        using StateLog log = new(_folder) { CompactionBytes = 64 << 10 };
        StateHistory history = new();
        long? last = null;
        long most = 0;
        int compactions = 0;
        for (int i = 0; i < 300; i++)
        {
            history.Save(log, i, last, change => change.PutMany(i * 37 % 5000, 400));
            last = i;
            log.Forget(below: i - 1);
            if (log.WantsCompaction)
            {
                log.Compact(TestContext.Current.CancellationToken);
                compactions++;
            }

            most = Math.Max(most, Directory.GetFiles(_folder).Sum(file => new FileInfo(file).Length));
        }

        history.Verify(log);
        long live = 5400 * 17;
        Assert.True(compactions > 10, $"{compactions} compactions");
        Assert.True(most < 4.5 * live, $"{most} bytes for {live} of state");
    }

    // While one thread writes versions and forgets old ones, another one puts them together, and a third reads.
    [Fact]
    public async Task Versions_are_put_together_while_others_are_written_and_read()
    {
        using StateLog log = new(_folder);
        StateHistory history = new();
        history.Save(log, 0, null, change => change.PutMany(0, 20_000));
        using CancellationTokenSource stop = new();
        Task compacting = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                log.Compact(TestContext.Current.CancellationToken);
        }, TestContext.Current.CancellationToken);
        Task reading = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                StateFolder folder = new(_folder);
                long newest = folder.Versions[^1];
                try
                {
                    using StoredVersion version = folder.Open(newest);
                    version.Verify();
                }
                catch (StateDamagedException) when (!new StateFolder(_folder).Versions.Contains(newest))
                {
                    // It was forgotten between two looks.
                }
            }
        }, TestContext.Current.CancellationToken);
        for (int i = 1; i < 60; i++)
        {
            history.Save(log, i, i - 1, change => change.PutMany(i * 100, 500));
            log.Forget(below: i - 1);
            history.Verify(log);
        }

        await stop.CancelAsync();
        await compacting;
        await reading;
        history.Verify(log);
    }

    [Fact]
    public void What_is_written_follows_the_change()
    {
        using StateLog log = new(_folder);
        StateHistory history = new();
        history.Save(log, 0, null, change => change.PutMany(0, 50_000));
        history.Save(log, 1, 0, change => change.PutMany(0, 500));
        long whole = new FileInfo(Path.Combine(_folder, "0.delta")).Length;
        long changed = new FileInfo(Path.Combine(_folder, "1.delta")).Length;
        Assert.InRange(whole, 50_000 * 13, 50_000 * 15);
        Assert.InRange(changed, 500 * 13, (500 * 14) + (256 * 15) + 400);
    }

    private StateLog Small(out StateHistory history)
    {
        StateLog log = new(_folder);
        history = new StateHistory();
        history.Save(log, 0, null, change => change.Put(1, "a", 1).Put(2, "b", 2, 5).Head("n", 1));
        history.Save(log, 1, 0, change => change.Put(1, "c", 3));
        history.Save(log, 2, 1, change => change.Put(1, "a", 2).Put(1, "e", 5));
        return log;
    }

    private string[] Names() => [.. Directory.GetFiles(_folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
