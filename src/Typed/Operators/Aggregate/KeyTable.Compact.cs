using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Operators;

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
        NoteTouched();
        int kept = 0;
        int touched = 0;
        for (int group = 0; group < Top; group++)
        {
            if (_records[group].Epoch == GroupRecord<TKey, TAcc>.Dead)
                continue;
            if (kept != group)
            {
                _records[kept] = _records[group];
                MoveMarks(group, kept);
            }

            if (Epoch != 0 && _records[kept].Epoch == Epoch)
                _touched[touched++] = kept;
            kept++;
        }

        TopBefore -= Top - kept;
        ClearMarks(kept, Top);
        Top = kept;
        _free = 0;
        _removed = 0;
        TouchedCount = touched;
        _noted = touched;
        if (kept == 0)
        {
            Free();
            Arena.Dispose();
            Arena = new Arena();
            return;
        }

        Shrink();
        MoveToFreshArena();
    }

    /// <summary>Makes records and slots anew for the groups that there are.</summary>
    private void Shrink()
    {
        int size = sizeof(GroupRecord<TKey, TAcc>);
        NativeBuffer records = NativeBuffer.Rent((nint)Top * size);
        Buffer.MemoryCopy(_records, records.Pointer, records.Capacity, (long)Top * size);
        _recordBuffer!.Release();
        _recordBuffer = records;
        _records = (GroupRecord<TKey, TAcc>*)records.Pointer;
        _capacity = (int)Math.Min(records.Capacity / size, int.MaxValue / 2);
        _slotBuffer!.Release();
        _slotBuffer = null;
        _slots = null;
        Reserve(Top);
        for (int group = 0; group < Top; group++)
            Place(_slots, _shift, _mask, TKeys.Hash(_records[group].Key) & _hashMask, group);
        EnsureTouched(MostRowsAtOnce);
        if (_tracks)
            EnsureMarks(_capacity);
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
