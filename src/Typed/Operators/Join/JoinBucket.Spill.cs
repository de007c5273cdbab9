using System.Runtime.CompilerServices;

namespace Typed.Operators;

/// <content>Its keys one by one: what leaves memory leaves by key.</content>
internal sealed unsafe partial class JoinBucket<TKey, TJoin>
{
    /// <summary>How many places the index has, free ones included.</summary>
    public int Slots => (int)(_mask + 1);

    /// <summary>The newest row of the key at a place of the index, which may have left; −1 where the place is free.</summary>
    public int NewestAt(int slot) => (int)(uint)_slots[slot] - 1;

    /// <summary>The newest row of a key, which may have left; −1 for none. Those before it follow by <see cref="JoinEntry{TKey}.Next"/>.</summary>
    public int Newest(in TKey key, uint hash) => Live == 0 ? -1 : Find(key, hash);

    /// <summary>Whether a row with a key is held.</summary>
    public bool Holds(in TKey key, uint hash)
    {
        for (int row = Newest(key, hash); row >= 0; row = _entries[row].Next)
        {
            if (IsLive(row))
                return true;
        }

        return false;
    }

    /// <summary>Whether a row is held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsLive(int row) => (_entries[row].Flags & JoinEntry<TKey>.Dead) == 0;
}
