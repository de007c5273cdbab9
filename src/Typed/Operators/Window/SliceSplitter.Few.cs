using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Typed.Operators;

/// <content>
/// Rows out of order that fall into a few slices: eight rows at a time are compared with the edges between the slices, and of each slice
/// the numbers of its rows are appended, without a branch for a row. It goes piece by piece, so that the columns of a piece are still in the
/// first caches when its rows are added slice by slice.
/// <code>
/// picks   |- slice 0 of piece 0 -|room|- slice 1 of piece 0 -|room|…|- slice 0 of piece 1 -|…
/// </code>
/// </content>
internal sealed unsafe partial class SliceSplitter
{
    private const int MostFewSlices = 8;
    private const int PieceRows = 4096;

    // A store writes eight numbers, whether they are all meant or not.
    private const int PieceRoom = PieceRows + 8;

    private static readonly ulong[] _setBits = SetBits();

    private bool TrySplitFew(long* times, int count, long first, long last)
    {
        if (!Vector256.IsHardwareAccelerated || last - first >= MostFewSlices)
            return false;
        int slices = (int)(last - first) + 1;
        int pieces = (count + PieceRows - 1) / PieceRows;
        Ensure(ref _picks, pieces * slices * PieceRoom);
        InRuns = false;
        _parts.Clear();
        long* edges = stackalloc long[MostFewSlices];
        for (int i = 1; i < slices; i++)
            edges[i - 1] = grid.StartOf(first + i);
        int** ends = stackalloc int*[MostFewSlices];
        for (int piece = 0; piece < pieces; piece++)
        {
            int* area = Picks + ((long)piece * slices * PieceRoom);
            for (int slice = 0; slice < slices; slice++)
                ends[slice] = area + (slice * PieceRoom);
            int start = piece * PieceRows;
            SplitPiece(times, start, Math.Min(count, start + PieceRows), edges, slices, ends);
            for (int slice = 0; slice < slices; slice++)
            {
                int* begin = area + (slice * PieceRoom);
                if (ends[slice] > begin)
                    _parts.Add(new Part(first + slice, (int)(begin - Picks), (int)(ends[slice] - begin)));
            }
        }

        return true;
    }

    private static void SplitPiece(long* times, int start, int end, long* edges, int slices, int** ends)
    {
        ref ulong bits = ref MemoryMarshal.GetArrayDataReference(_setBits);
        int i = start;
        for (; i + 8 <= end; i += 8)
        {
            Vector256<long> low = Vector256.Load(times + i);
            Vector256<long> high = Vector256.Load(times + i + 4);
            Vector256<int> numbers = Vector256.Create(i);

            // Rows at or behind an edge, for each edge a subset of those at or behind the edge before.
            uint behind = 0xFF;
            for (int slice = 0; slice < slices - 1; slice++)
            {
                Vector256<long> edge = Vector256.Create(edges[slice]);
                uint next = Vector256.GreaterThanOrEqual(low, edge).ExtractMostSignificantBits()
                    | (Vector256.GreaterThanOrEqual(high, edge).ExtractMostSignificantBits() << 4);
                ends[slice] = Append(ends[slice], behind & ~next, numbers, ref bits);
                behind = next;
            }

            ends[slices - 1] = Append(ends[slices - 1], behind, numbers, ref bits);
        }

        for (; i < end; i++)
        {
            int slice = 0;
            while (slice < slices - 1 && times[i] >= edges[slice])
                slice++;
            *ends[slice]++ = i;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int* Append(int* to, uint rows, Vector256<int> numbers, ref ulong bits)
    {
        Vector128<ushort> places = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.Add(ref bits, rows)).AsByte());
        (Vector128<uint> lower, Vector128<uint> upper) = Vector128.Widen(places);
        Vector256.Store(numbers + Vector256.Create(lower, upper).AsInt32(), to);
        return to + BitOperations.PopCount(rows);
    }

    // For each set of eight rows their numbers in order, a byte each.
    private static ulong[] SetBits()
    {
        ulong[] all = new ulong[256];
        for (int set = 0; set < all.Length; set++)
        {
            int at = 0;
            for (int bit = 0; bit < 8; bit++)
            {
                if ((set >> bit & 1) != 0)
                    all[set] |= (ulong)bit << (8 * at++);
            }
        }

        return all;
    }
}
