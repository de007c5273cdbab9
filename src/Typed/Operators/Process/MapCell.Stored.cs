namespace Typed.Operators;

/// <content>Which entries have changed since they were stored, and the order of those that come back.</content>
internal static unsafe partial class MapCell
{
    /// <summary>Notes that an entry is to be stored.</summary>
    public static void NoteChanged(in StateCell cell, MapEntry* entry)
    {
        if ((entry->Flags & MapEntryFlags.Changed) != 0)
            return;
        entry->Flags |= MapEntryFlags.Changed;
        entry->NextChanged = HeaderOf(cell)->FirstChanged;
        HeaderOf(cell)->FirstChanged = (int)((byte*)entry - cell.Pointer);
    }

    /// <summary>Takes one of the changed entries, which may have been removed since; it counts as stored. Null if there is none.</summary>
    public static MapEntry* TakeChanged(in StateCell cell)
    {
        int place = HeaderOf(cell)->FirstChanged;
        if (place == 0)
            return null;
        MapEntry* entry = At(cell, place);
        HeaderOf(cell)->FirstChanged = entry->NextChanged;
        entry->NextChanged = 0;
        entry->Flags = MapEntryFlags.Stored;
        return entry;
    }

    /// <summary>Gives an entry that was just added the order that it had when it was stored.</summary>
    public static void Restore(in StateCell cell, MapEntry* entry, long sequence)
    {
        entry->Sequence = sequence;
        entry->Flags = MapEntryFlags.Stored;
        HeaderOf(cell)->NextSequence = Math.Max(HeaderOf(cell)->NextSequence, sequence + 1);
    }

    /// <summary>Puts entries that were added in any order in the order in which they were written.</summary>
    public static void Arrange(ref StateCell cell, StateHeap heap)
    {
        bool isOrdered = true;
        long last = long.MinValue;
        for (MapEntry* entry = First(cell); entry != null; entry = Next(cell, entry))
        {
            isOrdered &= entry->Sequence > last;
            last = entry->Sequence;
        }

        if (isOrdered)
            return;
        List<(long Sequence, int Place)> order = [];
        for (MapEntry* entry = First(cell); entry != null; entry = Next(cell, entry))
        {
            if (entry->ValueLength != MapEntry.Removed)
                order.Add((entry->Sequence, (int)((byte*)entry - cell.Pointer)));
        }

        order.Sort();
        StateCell fresh = Like(HeaderOf(cell), cell.Length, heap);
        foreach ((_, int place) in order)
            Copy(At(cell, place), ref fresh);
        FreeIndex(HeaderOf(cell), heap);
        cell.Free(heap);
        cell = fresh;
    }
}
