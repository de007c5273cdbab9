using System.Numerics;
using System.Runtime.Intrinsics;
using Typed.Columns;
using Typed.State;

namespace Typed.Execution;

/// <summary>Splits the rows of a batch by the workers that own their keys: lists of row numbers, made without a branch that depends on a row.</summary>
/// <remarks>
/// The lists lie one behind the other, each in the order of the rows:
/// <code>
/// | rows of worker 0 | … | rows of the last worker | rows of the first hot key | … |
/// </code>
/// Rows of keys that many rows have (<see cref="HotKeys"/>) stand in none of the workers' lists.
/// </remarks>
internal sealed unsafe class RowsByOwner
{
    // Counted in so many places by turns: a key that many rows have would else wait for its own last count.
    private const int Counters = 4;
    private const int AllLanes = 1 << HotKeys.Most;
    private readonly int _workers;
    private readonly HotKeys _hot;
    private readonly int[] _starts;
    private int _lists;

    internal RowsByOwner(int workers)
    {
        _workers = workers;
        _hot = new HotKeys(workers);
        _starts = new int[workers + HotKeys.Most + 1];
    }

    /// <summary>How many rows of each shard there were since it was cleared.</summary>
    internal long[] ShardRows { get; } = new long[Shard.Count];

    /// <summary>Where the list of a worker begins, and how many rows are in it.</summary>
    internal (int Start, int Count) Of(int worker) => (_starts[worker], _starts[worker + 1] - _starts[worker]);

    /// <summary>Where the lists of the keys that many rows have begin, and how many rows are in all of them.</summary>
    internal (int Start, int Count) OfHotKeys => (_starts[_workers], _starts[_lists] - _starts[_workers]);

    /// <summary>Counts the rows of each list.</summary>
    /// <param name="hashes">The hashes of the keys of the rows.</param>
    /// <param name="combines">Whether keys that many rows have are looked for.</param>
    /// <returns>The worker that has all rows; the number of workers if keys that many rows have do; else −1.</returns>
    internal int Count(ReadOnlySpan<uint> hashes, bool combines)
    {
        int* shards = stackalloc int[Shard.Count];
        int greatest = CountShards(hashes, shards);
        _hot.Clear();
        if (combines && _hot.MayBe(greatest, hashes.Length))
            _hot.Find(hashes);
        _lists = _workers + _hot.Count;
        int* counts = stackalloc int[_lists];
        new Span<int>(counts, _lists).Clear();
        for (int shard = 0; shard < Shard.Count; shard++)
        {
            ShardRows[shard] += shards[shard];
            counts[Shard.OwnerOf((byte)shard, _workers)] += shards[shard];
        }

        int hotRows = 0;
        for (int i = 0; i < _hot.Count; i++)
        {
            int rowsOfKey = hashes.Count(_hot[i]);
            counts[Shard.OwnerOf(Shard.Of(_hot[i]), _workers)] -= rowsOfKey;
            counts[_workers + i] = rowsOfKey;
            hotRows += rowsOfKey;
        }

        int only = hotRows == hashes.Length ? _workers : -1;
        int start = 0;
        for (int list = 0; list < _lists; list++)
        {
            if (counts[list] == hashes.Length && only < 0)
                only = list;
            _starts[list] = start;
            start += counts[list];
        }

        _starts[_lists] = start;
        return only;
    }

    /// <summary>Makes the lists that <see cref="Count"/> has counted, of the same hashes. The caller releases them.</summary>
    internal NativeBuffer List(ReadOnlySpan<uint> hashes)
    {
        NativeBuffer lists = NativeBuffer.Rent((nint)hashes.Length * sizeof(int));
        fixed (uint* first = hashes)
        {
            if (_hot.Count > 0)
                ListHot(first, hashes.Length, (int*)lists.Pointer);
            else if (_workers == 2)
                ListTwo(first, hashes.Length, (int*)lists.Pointer);
            else
                ListMany(first, hashes.Length, (int*)lists.Pointer);
        }

        return lists;
    }

    private static int CountShards(ReadOnlySpan<uint> hashes, int* shards)
    {
        int* counts = stackalloc int[Counters * Shard.Count];
        new Span<int>(counts, Counters * Shard.Count).Clear();
        int row = 0;
        fixed (uint* hash = hashes)
        {
            for (; row + Counters <= hashes.Length; row += Counters)
            {
                counts[Shard.Of(hash[row])]++;
                counts[Shard.Count + Shard.Of(hash[row + 1])]++;
                counts[(2 * Shard.Count) + Shard.Of(hash[row + 2])]++;
                counts[(3 * Shard.Count) + Shard.Of(hash[row + 3])]++;
            }

            for (; row < hashes.Length; row++)
                counts[Shard.Of(hash[row])]++;
        }

        int greatest = 0;
        for (int shard = 0; shard < Shard.Count; shard++)
        {
            shards[shard] = counts[shard] + counts[Shard.Count + shard] + counts[(2 * Shard.Count) + shard] + counts[(3 * Shard.Count) + shard];
            greatest = Math.Max(greatest, shards[shard]);
        }

        return greatest;
    }

    // What is not in the second list is in the first, so one number says where both end.
    private void ListTwo(uint* hashes, int count, int* lists)
    {
        int second = _starts[1];
        for (int row = 0; row < count; row++)
        {
            int owner = Shard.OwnerOf(Shard.Of(hashes[row]), 2);
            int first = row - (second - _starts[1]);
            lists[first + ((second - first) & -owner)] = row;
            second += owner;
        }
    }

    private void ListMany(uint* hashes, int count, int* lists)
    {
        int* ends = stackalloc int[_lists];
        new Span<int>(_starts, 0, _lists).CopyTo(new Span<int>(ends, _lists));
        int workers = _workers;
        for (int row = 0; row < count; row++)
            lists[ends[Shard.OwnerOf(Shard.Of(hashes[row]), workers)]++] = row;
    }

    private void ListHot(uint* hashes, int count, int* lists)
    {
        int* ends = stackalloc int[_lists];
        new Span<int>(_starts, 0, _lists).CopyTo(new Span<int>(ends, _lists));
        Vector256<uint> hot = _hot.All;
        int workers = _workers;
        for (int row = 0; row < count; row++)
        {
            uint hash = hashes[row];
            int key = BitOperations.TrailingZeroCount(Vector256.Equals(hot, Vector256.Create(hash)).ExtractMostSignificantBits() | AllLanes);
            int owner = Shard.OwnerOf(Shard.Of(hash), workers);

            // All ones for a hot key: with half of the rows of one key a branch would be guessed wrongly for every other row.
            int isHot = (key - HotKeys.Most) >> 31;
            lists[ends[owner + ((workers + key - owner) & isHot)]++] = row;
        }
    }
}
