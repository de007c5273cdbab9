namespace Typed.Operators;

/// <summary>
/// Times at which a key is to be looked at. An entry is not taken out when it becomes void; whoever pops one checks it, and <see cref="Compact"/>
/// removes void ones at a constant cost for each.
/// </summary>
internal sealed unsafe class DueHeap : TimeHeap
{
    /// <summary>How many of the entries count: kept by who uses the heap, since only that knows which are void.</summary>
    public int Live { get; set; }

    /// <summary>Whether most entries are void.</summary>
    public bool IsWasteful => Count > 1024 + (2L * Live);

    /// <summary>Removes entries for which <paramref name="counts"/> is false, and all but one of equal ones.</summary>
    public void Compact(Func<long, int, bool> counts)
    {
        Span<Entry> all = new(Entries, Count);
        all.Sort(static (a, b) => a.IsBefore(b) ? -1 : b.IsBefore(a) ? 1 : 0);
        int kept = 0;
        foreach (Entry entry in all)
        {
            bool repeats = kept > 0 && all[kept - 1].Time == entry.Time && all[kept - 1].Group == entry.Group;
            if (!repeats && counts(entry.Time, entry.Group))
                all[kept++] = entry;
        }

        Count = kept;
        Live = kept;
    }

    /// <summary>Takes all out.</summary>
    public override void Clear()
    {
        base.Clear();
        Live = 0;
    }
}
