using Typed.Columns;

namespace Typed.Schema;

/// <summary>Takes repeated keys out of a map that was just read and not yet committed.</summary>
internal static unsafe class JsonMapEntries
{
    /// <summary>Keeps the last entry of each key, in the order of the last entries.</summary>
    internal static void KeepLast(ListColumn map)
    {
        map.EnsureCapacity(map.Length + 1);
        int start = map.Offsets[map.Length];
        int count = map.Elements.Length - start;
        if (count < 2 || !HasRepeats(map.Keys!, start, count))
            return;
        HashSet<string> seen = [];
        List<int> kept = [];
        for (int row = start + count - 1; row >= start; row--)
        {
            if (seen.Add(map.Keys!.Value(row).ToManaged()!))
                kept.Add(row);
        }

        kept.Reverse();
        Keep(map.Keys!, start, kept);
        Keep(map.Elements, start, kept);
    }

    private static bool HasRepeats(Utf8Column keys, int start, int count)
    {
        if (count > 16)
        {
            HashSet<string> seen = new(count);
            for (int row = start; row < start + count; row++)
            {
                if (!seen.Add(keys.Value(row).ToManaged()!))
                    return true;
            }

            return false;
        }

        for (int row = start + 1; row < start + count; row++)
        {
            ReadOnlySpan<byte> key = keys.Value(row).Span;
            for (int other = start; other < row; other++)
            {
                if (key.SequenceEqual(keys.Value(other).Span))
                    return true;
            }
        }

        return false;
    }

    private static void Keep(Column column, int start, List<int> rows)
    {
        Column kept = Column.Create(column.Type);
        kept.Gather(column, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows));
        column.Truncate(start);
        column.AppendRange(kept, 0, rows.Count);
        kept.Release();
    }
}
