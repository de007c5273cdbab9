using Typed.Columns;
using Typed.Execution;
using Typed.State;

namespace Typed.Tests.Execution.Workers;

/// <summary>The lists of rows by owner are those that are found row by row.</summary>
public sealed class RowsByOwnerTests
{
    private static readonly uint[] HotHashes = [0x0000_0001, 0xABCD_EF80, 0x1234_56FF, 0x5555_5540];

    public static TheoryData<int, int> Many
    {
        get
        {
            TheoryData<int, int> data = [];
            foreach (int workers in (int[])[2, 3, 4, 7, 8, 9, 64, 256])
            {
                for (int hot = 0; hot <= HotHashes.Length; hot++)
                    data.Add(workers, hot);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Many))]
    public void Each_row_stands_in_the_list_of_its_owner_or_of_its_hot_key_in_order(int workers, int hot)
    {
        Random random = new((workers * 10) + hot);
        RowsByOwner owners = new(workers);
        long[] shardRows = new long[Shard.Count];
        foreach (int count in (int[])[1, 2, 3, 5, 63, 64, 65, 1000, 4096, 5003])
        {
            uint[] hashes = [.. Enumerable.Range(0, count).Select(_ => hot > 0 && random.Next(4) > 0 ? HotHashes[random.Next(hot)] : (uint)random.NextInt64(1L << 32))];
            foreach (uint hash in hashes)
                shardRows[Shard.Of(hash)]++;
            foreach (bool combines in (bool[])[false, true])
            {
                Array.Clear(owners.ShardRows);
                int only = owners.Count(hashes, combines);
                HashSet<uint> found = Check(owners, hashes, workers, only);

                // Of few rows it may be chance that many have one key.
                Assert.InRange(found.Count, combines && hot > 0 && count >= 1000 ? 1 : 0, combines && count >= 64 ? hot : 0);
                Assert.Subset(HotHashes.ToHashSet(), found);
            }

            Assert.Equal(count, owners.ShardRows.Sum());
            Assert.All(hashes, hash => Assert.InRange(owners.ShardRows[Shard.Of(hash)], 1, shardRows[Shard.Of(hash)]));
        }
    }

    [Fact]
    public void Rows_that_all_have_one_owner_are_told()
    {
        RowsByOwner owners = new(3);
        Random random = new(1);
        uint[] hashes = [.. Enumerable.Range(0, 500).Select(_ => ((uint)random.Next() & ~0xFFu) | 200)];
        Assert.Equal(2, owners.Count(hashes, combines: true));
        hashes[499] = 0;
        Assert.Equal(-1, owners.Count(hashes, combines: true));
        Array.Fill(hashes, 7u);
        Assert.Equal(0, owners.Count(hashes, combines: false));

        // The workers' number stands for the keys that many rows have.
        Assert.Equal(3, owners.Count(hashes, combines: true));
    }

    // The hashes whose rows stand in no worker's list.
    private static unsafe HashSet<uint> Check(RowsByOwner owners, uint[] hashes, int workers, int only)
    {
        NativeBuffer buffer = owners.List(hashes);
        try
        {
            int* lists = (int*)buffer.Pointer;
            (int start, int count) = owners.OfHotKeys;
            int[] hotRows = new Span<int>(lists + start, count).ToArray();
            HashSet<uint> hot = [.. hotRows.Select(row => hashes[row])];
            Assert.Equal(hot.Count, hotRows.Length == 0 ? 0 : 1 + Enumerable.Range(1, hotRows.Length - 1).Count(i => hashes[hotRows[i]] != hashes[hotRows[i - 1]]));
            Assert.Equal(Enumerable.Range(0, hashes.Length).Where(row => hot.Contains(hashes[row])), hotRows.Order());
            foreach (uint hash in hot)
                Assert.Equal(Enumerable.Range(0, hashes.Length).Where(row => hashes[row] == hash), hotRows.Where(row => hashes[row] == hash));
            for (int worker = 0; worker < workers; worker++)
            {
                (start, count) = owners.Of(worker);
                int[] expected = [.. Enumerable.Range(0, hashes.Length).Where(row => !hot.Contains(hashes[row]) && Shard.OwnerOf(Shard.Of(hashes[row]), workers) == worker)];
                Assert.Equal(expected, new Span<int>(lists + start, count).ToArray());
                Assert.Equal(expected.Length == hashes.Length, only == worker);
            }

            Assert.Equal(hotRows.Length == hashes.Length, only == workers);
            return hot;
        }
        finally
        {
            buffer.Release();
        }
    }
}
