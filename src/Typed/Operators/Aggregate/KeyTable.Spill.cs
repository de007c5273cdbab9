using Typed.State;

namespace Typed.Operators;

/// <content>Groups that are in a spill area: their keys are looked for there before rows come to them.</content>
internal abstract unsafe partial class KeyTable<TKey, TAcc, TKeys>
{
    /// <summary>How many groups stay if about so many bytes of the table are to stay.</summary>
    public int CountWithin(long keepBytes)
    {
        long bytes = MemoryBytes;
        return bytes <= keepBytes ? Count : (int)(Count * ((double)Math.Max(0, keepBytes) / bytes));
    }

    /// <summary>
    /// Makes a group for each key of some rows that has none, as it is without rows, and lists the keys of these groups: what is kept for them
    /// elsewhere can be brought back then. Keys are looked up ahead in a large table, as rows are.
    /// </summary>
    /// <param name="keys">Reads the keys of the batch it is bound to.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="count">How many.</param>
    /// <param name="initial">What is kept for a group without rows.</param>
    /// <param name="table">The table of the spilled entries.</param>
    /// <param name="part">The part of that table.</param>
    /// <param name="missing">Gets the keys.</param>
    public void AddMissing<TRows>(TKeys keys, TRows rows, int count, in TAcc initial, int table, long part, SpillBatch missing)
        where TRows : struct, IRowSelection
    {
        const int Chunk = 64;
        uint* hashes = stackalloc uint[Chunk];
        if (_slots == null)
            Reserve(FewestSlots);
        for (int first = 0; first < count; first += Chunk)
        {
            int end = Math.Min(count, first + Chunk);
            for (int i = first; i < end; i++)
            {
                keys.LoadKey(rows[i], out TKey key);
                hashes[i - first] = TKeys.Hash(key) & _hashMask;
                Prefetch(_slots + (hashes[i - first] >> _shift));
            }

            for (int i = first; i < end; i++)
            {
                keys.LoadKey(rows[i], out TKey key);
                if (Find(key) >= 0)
                    continue;
                uint hash = hashes[i - first];
                Insert(key, initial, hash, true);
                missing.Begin(table, part, hash);
                TKeys.SaveKey(key, missing.Writer);
                missing.End();
            }
        }
    }

    /// <summary>Does the same for one key.</summary>
    public void AddMissing(in TKey key, in TAcc initial, int table, long part, SpillBatch missing)
    {
        if (Find(key) >= 0)
            return;
        FindOrAdd(key, initial, true, out _);
        missing.Begin(table, part, SpillHash(key));
        TKeys.SaveKey(key, missing.Writer);
        missing.End();
    }

    /// <summary>The hash by which a group is spilled, and looked for among what was spilled.</summary>
    public uint SpillHash(in TKey key) => TKeys.Hash(key) & _hashMask;

    /// <summary>Says that a group came back which this micro-batch had touched before it went: it is on the list of these again.</summary>
    private protected void TouchAgain(int group)
    {
        EnsureTouched(1);
        _touched[TouchedCount++] = group;
    }
}
