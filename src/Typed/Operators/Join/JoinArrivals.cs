using System.Runtime.InteropServices;
using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <summary>Rows that have been in the state before, on their way back: from a snapshot, or from the spill area.</summary>
/// <param name="side">The side they are of.</param>
internal sealed class JoinArrivals(JoinSide side) : IDisposable
{
    // As many as a bucket has at most; text stays far below what a column of it holds.
    private const int MostRows = 1 << 24;
    private const int MostTextBytes = 1 << 30;

    private readonly List<JoinArrival> _rows = [];

    /// <summary>The columns.</summary>
    public ColumnBatch Columns { get; private set; } = new(side.Schema);

    /// <summary>How many rows there are.</summary>
    public int Count => _rows.Count;

    /// <summary>What is known of each.</summary>
    public Span<JoinArrival> Rows => CollectionsMarshal.AsSpan(_rows);

    /// <summary>Whether more rows should go elsewhere.</summary>
    public bool IsFull
    {
        get
        {
            if (_rows.Count >= MostRows)
                return true;

            // Looked at now and then: what comes in between is small beside the room that is left.
            if ((_rows.Count & 255) != 0)
                return false;
            foreach (int column in side.Stored)
            {
                if (Columns[column].TextBytes(0, _rows.Count) > MostTextBytes)
                    return true;
            }

            return false;
        }
    }

    /// <summary>Reads the columns of a row.</summary>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public void Add(JoinArrival row, StateReader columns)
    {
        foreach (int column in side.Stored)
            RowState.Read(columns, Columns[column]);
        _rows.Add(row);
        Columns.Length = _rows.Count;
    }

    /// <summary>Copies rows of others.</summary>
    public void Add(JoinArrivals from, ReadOnlySpan<int> rows)
    {
        foreach (int column in side.Stored)
            Columns[column].Gather(from.Columns[column], rows);
        foreach (int row in rows)
            _rows.Add(from._rows[row]);
        Columns.Length = _rows.Count;
    }

    /// <summary>Takes all out.</summary>
    public void Clear()
    {
        if (_rows.Count == 0)
            return;
        Columns.Release();
        Columns = new ColumnBatch(side.Schema);
        _rows.Clear();
    }

    /// <summary>
    /// Copies the rows of several, ordered by <see cref="JoinArrival.Id"/>, in blocks: what the rows of a key were, oldest first, they are again.
    /// </summary>
    public static IEnumerable<JoinArrivals> Ordered(JoinSide side, IReadOnlyList<JoinArrivals> parts, int blockRows)
    {
        int total = parts.Sum(part => part.Count);
        long[] ids = new long[total];
        long[] places = new long[total];
        int next = 0;
        for (int part = 0; part < parts.Count; part++)
        {
            for (int row = 0; row < parts[part].Count; row++, next++)
                (ids[next], places[next]) = (parts[part]._rows[row].Id, ((long)part << 32) | (uint)row);
        }

        Array.Sort(ids, places);
        using JoinArrivals block = new(side);
        int[] run = new int[blockRows];
        for (int start = 0; start < total; start += blockRows)
        {
            block.Clear();
            int end = Math.Min(total, start + blockRows);
            for (int i = start; i < end;)
            {
                int part = (int)(places[i] >> 32);
                int count = 0;
                for (; i < end && (int)(places[i] >> 32) == part; i++)
                    run[count++] = (int)places[i];
                block.Add(parts[part], run.AsSpan(0, count));
            }

            yield return block;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Columns.Release();
        Columns = new ColumnBatch(side.Schema);
        _rows.Clear();
    }
}

/// <summary>What is known of a row besides its columns.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Shard">The shard of its key: several workers may have given the same number, but none to keys of one shard.</param>
/// <param name="Time">Its time, µs; the least number for none.</param>
/// <param name="Flags">What is to be known of it, as in <see cref="JoinEntry{TKey}"/>.</param>
internal record struct JoinArrival(long Number, byte Shard, long Time, int Flags)
{
    /// <summary>What no other row of its side has; ascending with the number.</summary>
    public readonly long Id => (Number << 8) | Shard;
}
