namespace Typed.Operators;

/// <content>Keys of one table that are looked up in another one, many at once.</content>
internal sealed unsafe partial class GroupTable<TKey, TAcc, TOps>
{
    /// <summary>Looks up groups of another table by their keys, fetching ahead: both tables may have left the near caches.</summary>
    /// <param name="other">The other table.</param>
    /// <param name="groups">Groups of the other table.</param>
    /// <param name="found">For each of them the group here with its key; −1 if there is none.</param>
    public void FindAll(GroupTable<TKey, TAcc, TOps> other, ReadOnlySpan<int> groups, Span<int> found)
    {
        if (Top == 0 || typeof(TKey) == typeof(NoKey))
        {
            found[..groups.Length].Fill(Top - 1);
            return;
        }

        uint* hashes = stackalloc uint[ChunkRows];
        ulong* slots = _slots;
        GroupRecord<TKey, TAcc>* records = _records;
        for (int first = 0; first < groups.Length; first += ChunkRows)
        {
            ReadOnlySpan<int> asked = groups.Slice(first, Math.Min(ChunkRows, groups.Length - first));
            Span<int> answer = found.Slice(first, asked.Length);
            foreach (int group in asked)
                Prefetch(other._records + group);
            for (int i = 0; i < asked.Length; i++)
            {
                hashes[i] = TOps.Hash(other._records[asked[i]].Key) & _hashMask;
                Prefetch(slots + (hashes[i] >> _shift));
            }

            for (int i = 0; i < asked.Length; i++)
            {
                answer[i] = Candidate(hashes[i]);
                Prefetch(records + Math.Max(answer[i], 0));
            }

            for (int i = 0; i < asked.Length; i++)
            {
                // Another key with the same hash lies on the way; seldom.
                if (answer[i] >= 0 && !TOps.Same(other._records[asked[i]].Key, records[answer[i]].Key))
                    answer[i] = Find(other._records[asked[i]].Key);
            }
        }
    }

    // The first group on the way of a hash that has it.
    private int Candidate(uint hash)
    {
        for (uint at = hash >> _shift; ; at = (at + 1) & _mask)
        {
            ulong slot = _slots[at];
            int group = (int)(uint)slot - 1;
            if (group < 0 || (uint)(slot >> 32) == hash)
                return group;
        }
    }
}
