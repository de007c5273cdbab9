using System.Runtime.Intrinsics;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>Sorts the rows of a batch by the slice they fall into: as ranges where rows come in long runs, else by counting.</summary>
internal sealed unsafe partial class SliceSplitter(SliceGrid grid) : IDisposable
{
    private const int FewestRowsPerRun = 128;
    private const long DirectSlices = 1 << 14;
    private readonly List<Part> _parts = [];
    private readonly Dictionary<long, int> _sparse = [];
    private readonly List<int> _counts = [];
    private NativeBuffer? _picks;
    private NativeBuffer? _ordinals;
    private int[] _direct = [];

    /// <summary>The rows in the order of the parts; only if <see cref="InRuns"/> is false.</summary>
    public int* Picks => (int*)_picks!.Pointer;

    /// <summary>Whether the parts are ranges of rows.</summary>
    public bool InRuns { get; private set; }

    /// <summary>The parts: a slice, and where its rows start in the batch or in <see cref="Picks"/>.</summary>
    public ReadOnlySpan<Part> Parts => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_parts);

    /// <summary>The least and the greatest of some times.</summary>
    public static (long Least, long Greatest) RangeOf(long* times, int count)
    {
        long least = times[0];
        long greatest = times[0];
        int i = 0;
        if (Vector256.IsHardwareAccelerated && count >= 8)
        {
            Vector256<long> low = Vector256.Load(times);
            Vector256<long> high = low;
            for (; i + 4 <= count; i += 4)
            {
                Vector256<long> four = Vector256.Load(times + i);
                low = Vector256.Min(low, four);
                high = Vector256.Max(high, four);
            }

            for (int lane = 0; lane < 4; lane++)
            {
                least = Math.Min(least, low[lane]);
                greatest = Math.Max(greatest, high[lane]);
            }
        }

        for (; i < count; i++)
        {
            least = Math.Min(least, times[i]);
            greatest = Math.Max(greatest, times[i]);
        }

        return (least, greatest);
    }

    /// <summary>Sorts rows without nulls, whose first and last slice are known.</summary>
    public void Split(long* times, int count, long first, long last)
    {
        if (TrySplitRuns(times, count))
            return;

        if (TrySplitFew(times, count, first, last))
            return;

        // The product of SliceFrom is exact to one slide as long as the span is not longer than doubles hold exactly.
        long origin = grid.FirstOfSlide(first);
        if (last - origin < DirectSlices && grid.StartOf(last + 1) - grid.StartOf(origin) < 1L << 50)
            SplitDirectly(times, count, origin, (int)(last - origin) + 1);
        else
            SplitByCounting(times, count, null, first, last);
    }

    /// <summary>Sorts rows and leaves out those without a time (semantics 1.5).</summary>
    /// <returns>How many rows have a time.</returns>
    public int SplitNullable(long* times, int count, Column validity)
    {
        long least = long.MaxValue;
        long greatest = long.MinValue;
        int valid = 0;
        for (int i = 0; i < count; i++)
        {
            if (validity.IsNull(i))
                continue;
            least = Math.Min(least, times[i]);
            greatest = Math.Max(greatest, times[i]);
            valid++;
        }

        InRuns = false;
        _parts.Clear();
        if (valid > 0)
            SplitByCounting(times, count, validity, grid.SliceOf(least), grid.SliceOf(greatest));
        return valid;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _picks?.Release();
        _ordinals?.Release();
        (_picks, _ordinals) = (null, null);
    }

    private bool TrySplitRuns(long* times, int count)
    {
        InRuns = true;
        _parts.Clear();
        int most = 2 + (count / FewestRowsPerRun);
        for (int i = 0; i < count;)
        {
            if (_parts.Count == most)
                return false;
            long slice = grid.SliceOf(times[i]);
            long start = grid.StartOf(slice);
            ulong width = (ulong)(grid.StartOf(slice + 1) - start);
            int from = i;
            do
                i++;
            while (i < count && (ulong)(times[i] - start) < width);
            _parts.Add(new Part(slice, from, i - from));
        }

        return true;
    }

    private void SplitDirectly(long* times, int count, long first, int slices)
    {
        InRuns = false;
        _parts.Clear();
        Ensure(ref _picks, count);
        Ensure(ref _ordinals, count);
        if (_direct.Length < slices)
            _direct = new int[slices * 2];
        Array.Clear(_direct, 0, slices);
        int* ordinals = (int*)_ordinals!.Pointer;
        long start = grid.StartOf(first);
        SliceGrid slicing = grid;
        fixed (int* next = _direct)
        {
            for (int i = 0; i < count; i++)
            {
                int ordinal = (int)slicing.SliceFrom(start, times[i]);
                ordinals[i] = ordinal;
                next[ordinal]++;
            }

            int at = 0;
            for (int slice = 0; slice < slices; slice++)
            {
                int rows = next[slice];
                if (rows > 0)
                    _parts.Add(new Part(first + slice, at, rows));
                next[slice] = at;
                at += rows;
            }

            int* picks = Picks;
            for (int i = 0; i < count; i++)
                picks[next[ordinals[i]]++] = i;
        }
    }

    private void SplitByCounting(long* times, int count, Column? validity, long first, long last)
    {
        InRuns = false;
        _parts.Clear();
        _counts.Clear();
        _sparse.Clear();
        Ensure(ref _picks, count);
        Ensure(ref _ordinals, count);
        bool direct = last - first < DirectSlices;
        if (direct)
        {
            if (_direct.Length <= last - first)
                _direct = new int[Math.Max(64, (last - first + 1) * 2)];
            Array.Clear(_direct, 0, (int)(last - first) + 1);
        }

        int* ordinals = (int*)_ordinals!.Pointer;
        long start = 0;
        ulong width = 0;
        int ordinal = 0;
        for (int i = 0; i < count; i++)
        {
            if (validity is not null && validity.IsNull(i))
            {
                ordinals[i] = -1;
                continue;
            }

            if ((ulong)(times[i] - start) >= width)
            {
                long slice = grid.SliceOf(times[i]);
                start = grid.StartOf(slice);
                width = (ulong)(grid.StartOf(slice + 1) - start);
                ordinal = OrdinalOf(slice, first, direct);
            }

            ordinals[i] = ordinal;
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_counts)[ordinal]++;
        }

        PlaceRows(ordinals, count);
    }

    private int OrdinalOf(long slice, long first, bool direct)
    {
        int ordinal = direct ? _direct[slice - first] - 1 : _sparse.GetValueOrDefault(slice) - 1;
        if (ordinal >= 0)
            return ordinal;
        ordinal = _parts.Count;
        _parts.Add(new Part(slice, 0, 0));
        _counts.Add(0);
        if (direct)
            _direct[slice - first] = ordinal + 1;
        else
            _sparse[slice] = ordinal + 1;
        return ordinal;
    }

    private void PlaceRows(int* ordinals, int count)
    {
        Span<int> next = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_counts);
        int at = 0;
        for (int i = 0; i < next.Length; i++)
        {
            int rows = next[i];
            _parts[i] = _parts[i] with { Start = at, Count = rows };
            next[i] = at;
            at += rows;
        }

        int* picks = Picks;
        for (int i = 0; i < count; i++)
        {
            if (ordinals[i] >= 0)
                picks[next[ordinals[i]]++] = i;
        }
    }

    private static void Ensure(ref NativeBuffer? buffer, int rows)
    {
        if (buffer is not null && buffer.Capacity >= (nint)rows * sizeof(int))
            return;
        buffer?.Release();
        buffer = NativeBuffer.Rent((nint)rows * sizeof(int));
    }

    /// <summary>The rows of one slice.</summary>
    internal readonly record struct Part(long Slice, int Start, int Count);
}
