using Typed.State;

namespace Typed.Tests.State.Evolution;

/// <summary>A version is written anew as a whole or not at all, and later versions go on from it.</summary>
public sealed class RewritingTests : IDisposable
{
    private const string Old = "0 groups; time none; key K int64; value A int32, B string";
    private const string New = "0 groups; time none; key K int64; value B string, A int64";
    private readonly string _folder = Directory.CreateTempSubdirectory("typed-").FullName;

    [Fact]
    public void A_version_is_read_in_its_present_layout_and_gone_on_from()
    {
        using StateLog log = new(_folder);
        Save(log, 3, null, Old, (1, 10), (2, 20));
        Save(log, 5, 3, Old, (2, 21), (700, 70));
        log.Rewrite(5, Anew());
        Assert.Equal([(1, 10), (2, 21), (700, 70)], Read(log, 5));
        Save(log, 6, 5, New, (2, 22), (9, 90));
        Assert.Equal([(1, 10), (2, 22), (9, 90), (700, 70)], Read(log, 6));
        Assert.Equal([(1, 10), (2, 20)], Read(log, 3));
        log.Forget(below: 6);
        log.Compact(CancellationToken.None);
        Assert.Equal([(1, 10), (2, 22), (9, 90), (700, 70)], Read(log, 6));
    }

    // What the version was made of is there until the new base is whole and named; then it counts as long as it is there.
    [Theory]
    [InlineData("BaseWritten", false)]
    [InlineData("BaseWritten", true)]
    [InlineData("BaseNamed", false)]
    [InlineData("BaseNamed", true)]
    [InlineData("BeforeFilesDeleted", false)]
    [InlineData("BeforeFilesDeleted", true)]
    public void A_death_on_the_way_leaves_the_old_one_or_the_new_one(string at, bool isBase)
    {
        StateLogStep last = Enum.Parse<StateLogStep>(at);
        using (StateLog log = new(_folder) { Copies = true })
        {
            Save(log, 2, null, Old, (1, 9));
            Save(log, 3, 2, Old, (1, 10));
            if (isBase)
            {
                log.Compact(CancellationToken.None);
                log.Forget(3);
            }

            log.Reached = (step, _) =>
            {
                if (step == last)
                    throw new OperationCanceledException();
            };
            Assert.Throws<OperationCanceledException>(() => log.Rewrite(3, Anew()));
        }

        string layout;
        using (StateLog again = new(_folder) { Copies = true })
        {
            using (StoredVersion version = again.Open(3))
                layout = version.Operators[0].Layout;
            Assert.Equal(isBase && last != StateLogStep.BaseWritten ? New : Old, layout);
            Assert.Equal([(1, 10)], Read(again, 3));
            if (layout == Old)
                again.Rewrite(3, Anew());
            Assert.Equal([(1, 10)], Read(again, 3));
            Save(again, 4, 3, New, (2, 20));
            Save(again, 5, 4, New, (3, 30));
        }

        // One fault takes no more than one version, whichever file it hits and wherever.
        foreach (string path in Directory.GetFiles(_folder))
        {
            byte[] whole = File.ReadAllBytes(path);
            for (int i = -1; i < whole.Length; i++)
            {
                byte[] damaged = [.. whole];
                if (i < 0)
                    File.Delete(path);
                else
                {
                    damaged[i] ^= 4;
                    File.WriteAllBytes(path, damaged);
                }

                using StateLog log = new(_folder) { Copies = true };
                Assert.Equal([(1, 10), (2, 20)], Read(log, 4));
                if (Path.GetFileName(path) != "5.delta")
                    Assert.Equal([(1, 10), (2, 20), (3, 30)], Read(log, 5));
            }

            File.WriteAllBytes(path, whole);
        }
    }

    // A full disk may be met before the new base is there, or after it.
    [Theory]
    [InlineData("BaseWritten", false)]
    [InlineData("BaseWritten", true)]
    [InlineData("BaseNamed", false)]
    [InlineData("BaseNamed", true)]
    [InlineData("BeforeFilesDeleted", false)]
    [InlineData("BeforeFilesDeleted", true)]
    public void A_failure_on_the_way_says_which_of_both_is_left(string at, bool isBase)
    {
        StateLogStep last = Enum.Parse<StateLogStep>(at);
        bool isAnew;
        using (StateLog log = new(_folder) { Copies = true })
        {
            Save(log, 2, null, Old, (1, 9));
            Save(log, 3, 2, Old, (1, 10));
            if (isBase)
            {
                log.Compact(CancellationToken.None);
                log.Forget(3);
            }

            log.Reached = (step, _) =>
            {
                if (step == last)
                    throw new IOException("No space left on device");
            };
            isAnew = Assert.Throws<StateRewritingException>(() => log.Rewrite(3, Anew())).IsAnew;
        }

        using StateLog again = new(_folder) { Copies = true };
        using StoredVersion version = again.Open(3);
        Assert.Equal(isAnew ? New : Old, version.Operators[0].Layout);
        Assert.Equal(isBase && last != StateLogStep.BaseWritten, isAnew);
    }

    // The copy is of the same bytes as long as nobody dies; what is left of the old layout is never taken for it.
    [Theory]
    [InlineData(10)]
    [InlineData(60)]
    [InlineData(-30)]
    public void A_copy_of_the_old_layout_is_no_copy(int damage)
    {
        using (StateLog log = new(_folder) { Copies = true })
        {
            Save(log, 2, null, Old, (1, 9));
            Save(log, 3, 2, Old, (1, 10));
            log.Compact(CancellationToken.None);
            log.Forget(3);
            log.Reached = (step, _) =>
            {
                if (step == StateLogStep.BaseNamed)
                    throw new OperationCanceledException();
            };
            Assert.Throws<OperationCanceledException>(() => log.Rewrite(3, Anew()));
        }

        Assert.True(File.Exists(Path.Combine(_folder, "3.base.copy")));
        using (StateLog log = new(_folder) { Copies = true })
            Save(log, 4, 3, New, (2, 20));
        string path = Path.Combine(_folder, "3.base");
        byte[] bytes = File.ReadAllBytes(path);
        bytes[damage < 0 ? bytes.Length + damage : damage] ^= 1;
        File.WriteAllBytes(path, bytes);
        using StateLog again = new(_folder) { Copies = true };
        Assert.Equal([(1, 10), (2, 20)], Read(again, 4));
    }

    [Fact]
    public void What_was_written_after_the_version_stays_until_the_new_base_is_there()
    {
        using StateLog log = new(_folder) { Copies = true };
        Save(log, 3, null, Old, (1, 10));
        Save(log, 4, 3, Old, (1, 11));
        log.Reached = (step, _) => Assert.True(step == StateLogStep.BeforeFilesDeleted || File.Exists(Path.Combine(_folder, "4.delta")));
        log.Rewrite(3, Anew());
        Assert.Equal([3], log.Versions);
        Assert.Equal(["3.base", "3.base.copy"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_entry_that_is_not_of_the_stored_layout_leaves_the_version_as_it_was()
    {
        using StateLog log = new(_folder);
        Save(log, 3, null, Old.Replace("A int32", "A int64", StringComparison.Ordinal), (1, 10));
        Assert.Throws<InvalidDataException>(() => log.Rewrite(3, Anew()));
        using StoredVersion version = log.Open(3);
        version.Verify();
        Assert.Contains("A int64, B string", version.Operators[0].Layout, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static StateRewriting[] Anew() =>
    [
        new(0, new StateShape("join-1", false, "kind", "schema", New), new StateHead(), new RewrittenTables(StateLayout.Parse(Old), StateLayout.Parse(New), isCustom: false)),
    ];

    private static void Save(StateLog log, long batch, long? parent, string layout, params (long Key, int Value)[] entries)
    {
        StateVersion version = new() { BatchId = batch, Parent = parent };
        OperatorChanges one = new("join-1", "kind", "schema", layout);
        version.Operators.Add(one);
        foreach ((long key, int value) in entries)
        {
            one.Changes.BeginPut(0, StateEntry.NoTime, (uint)key);
            one.Changes.Writer.Write(key);
            one.Changes.BeginValue();
            if (layout == New)
                one.Changes.Writer.Write("b" + key);
            if (layout == Old)
                one.Changes.Writer.Write(value);
            else
                one.Changes.Writer.Write((long)value);
            if (layout != New)
                one.Changes.Writer.Write("b" + key);
            one.Changes.End();
        }

        log.Save(version);
    }

    private static List<(long, long)> Read(StateLog log, long batch)
    {
        using StoredVersion version = log.Open(batch);
        version.Verify();
        StateLayout layout = StateLayout.Parse(version.Operators[0].Layout);
        Reader reader = new(layout);
        for (int shard = 0; shard < Shard.Count; shard++)
            version.Read(0, (byte)shard, reader);
        return [.. reader.Found.Order()];
    }

    private sealed class Reader(StateLayout layout) : IStateTarget
    {
        internal List<(long, long)> Found { get; } = [];

        public void Take(in StateEntry entry)
        {
            (object?[] key, object?[] value) = layout.Read(entry.Table, entry.Key, entry.Value);
            int number = layout.Tables[0].Value.ToList().FindIndex(field => field.Name == "A");
            Assert.Equal("b" + key[0], value[1 - number]);
            Found.Add(((long)key[0]!, Convert.ToInt64(value[number], System.Globalization.CultureInfo.InvariantCulture)));
        }
    }
}
