using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>Hears which groups get another number.</summary>
internal interface IGroupMoves
{
    /// <summary>A group has another number now, a smaller one.</summary>
    void Move(int from, int to);
}

/// <summary>For a table whose groups nobody else knows by number.</summary>
internal readonly struct NoGroupMoves : IGroupMoves
{
    public void Move(int from, int to)
    {
    }
}

/// <content>
/// Many groups that leave at once: they are marked, and then the others move together, so that the numbers of groups have no holes and the memory of
/// those that left is given back. Costs as much as the table is large.
/// </content>
internal abstract unsafe partial class KeyTable<TKey, TAcc, TKeys>
{
    /// <summary>Marks a group as one that leaves; until <see cref="Compact"/> nothing may be looked up. What changed of it is to be asked before.</summary>
    public void Leave(int group) => _records[group].Epoch = GroupRecord<TKey, TAcc>.Dead;

    /// <summary>Takes out the groups that leave. The others keep their order and what is known of them, but get other numbers.</summary>
    public void Compact()
    {
        NoGroupMoves none = default;
        Compact(ref none);
    }

    /// <summary>Does what <see cref="Compact()"/> does, and tells who gets another number.</summary>
    /// <param name="moves">Hears of each group that gets another number, those with the smaller numbers first.</param>
    public void Compact<TMoves>(ref TMoves moves)
        where TMoves : struct, IGroupMoves
    {
        NoteTouched();
        int top = Top;
        int kept = 0;
        int touched = 0;
        for (int group = 0; group < top; group++)
        {
            if (_records[group].Epoch == GroupRecord<TKey, TAcc>.Dead)
                continue;
            if (kept != group)
            {
                _records[kept] = _records[group];
                MoveMarks(group, kept);
                moves.Move(group, kept);
            }

            if (Epoch != 0 && _records[kept].Epoch == Epoch)
                _touched[touched++] = kept;
            kept++;
        }

        TopBefore -= top - kept;
        ClearMarks(kept, top);
        Top = kept;
        _free = 0;
        _removed = 0;
        TouchedCount = touched;
        _noted = touched;
        if (kept == 0)
        {
            Free();
            Arena.Dispose();
            return;
        }

        GiveBackRecords(top);
        ClearSlots(SlotsFor(Top));
        for (int group = 0; group < Top; group++)
            Place(_slots, _shift, _mask, TKeys.Hash(_records[group].Key) & _hashMask, group);
        MoveToFreshArena();
    }

    private void MoveToFreshArena()
    {
        if (!(TKeys.KeyHasText || HasCells))
            return;
        Arena old = Arena;
        Arena = new Arena();
        for (int i = 0; i < Top; i++)
        {
            if (_records[i].Epoch == GroupRecord<TKey, TAcc>.Dead)
                continue;
            if (TKeys.KeyHasText)
                TKeys.OwnKey(ref _records[i].Key, Arena);
            if (HasCells)
                OwnCells(ref _records[i].Acc);
        }

        old.Dispose();
    }

    private void MoveMarks(int from, int to)
    {
        if (!_tracks)
            return;
        MoveBit(_marks + StoredWord(from) - 1, from, _marks + StoredWord(to) - 1, to);
        MoveBit(_marks + StoredWord(from), from, _marks + StoredWord(to), to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MoveBit(ulong* from, int fromGroup, ulong* to, int toGroup)
    {
        ulong bit = *from >> (fromGroup & 63) & 1;
        *to = (*to & ~(1UL << (toGroup & 63))) | (bit << (toGroup & 63));
    }

    private void ClearMarks(int from, int to)
    {
        if (!_tracks)
            return;
        for (int group = from; group < to; group++)
        {
            ulong bit = 1UL << (group & 63);
            _marks[StoredWord(group) - 1] &= ~bit;
            _marks[StoredWord(group)] &= ~bit;
        }
    }
}
