using Typed.Operators;

namespace Typed.Tests.Aggregate;

public sealed unsafe class SliceSplitterTests
{
    private const long Second = 1_000_000;

    /// <summary>Rows out of order, over few and over many slices, over less and more than a piece.</summary>
    [Theory]
    [InlineData(10 * Second, 10 * Second, 0)]
    [InlineData(60 * Second, Second, 0)]
    [InlineData(5 * Second, 2 * Second, 700_000)]
    [InlineData(Second, Second, -250_000)]
    public void Each_row_comes_once_in_its_slice_and_in_order(long size, long slide, long offset)
    {
        SliceGrid grid = new(size, slide, offset);
        using SliceSplitter splitter = new(grid);
        Random random = new(7);
        bool few = false;
        bool many = false;
        foreach (int count in (int[])[1, 2, 7, 8, 9, 300, 4095, 4096, 4097, 9000])
        {
            foreach (long spread in (long[])[slide / 2, slide, 2 * slide, 6 * slide, 40 * slide])
            {
                long[] times = new long[count];
                for (int i = 0; i < count; i++)
                    times[i] = (-3 * slide) + random.NextInt64(spread);
                fixed (long* pointer = times)
                {
                    (long least, long greatest) = SliceSplitter.RangeOf(pointer, count);
                    (long first, long last) = (grid.SliceOf(least), grid.SliceOf(greatest));
                    few |= last > first && last - first < 8 && count >= 300;
                    many |= last - first >= 8;
                    splitter.Split(pointer, count, first, last);
                }

                Assert.Equal(RowsOf(grid, times), RowsOf(splitter));
            }
        }

        Assert.True(few && many);
    }

    private static SortedDictionary<long, List<int>> RowsOf(SliceGrid grid, long[] times)
    {
        SortedDictionary<long, List<int>> rows = [];
        for (int i = 0; i < times.Length; i++)
            AddTo(rows, grid.SliceOf(times[i]), i);
        return rows;
    }

    private static SortedDictionary<long, List<int>> RowsOf(SliceSplitter splitter)
    {
        SortedDictionary<long, List<int>> rows = [];
        foreach (SliceSplitter.Part part in splitter.Parts)
        {
            for (int i = 0; i < part.Count; i++)
                AddTo(rows, part.Slice, splitter.InRuns ? part.Start + i : splitter.Picks[part.Start + i]);
        }

        return rows;
    }

    private static void AddTo(SortedDictionary<long, List<int>> rows, long slice, int row)
    {
        if (!rows.TryGetValue(slice, out List<int>? of))
            rows[slice] = of = [];
        of.Add(row);
    }
}
