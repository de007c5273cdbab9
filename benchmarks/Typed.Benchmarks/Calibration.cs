using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Typed.Benchmarks;

/// <summary>
/// The kernel that all figures are compared with: a scalar group-by, count and sum, of random long keys over a table of 32-byte
/// slots, with nothing around it.
/// </summary>
internal static unsafe class Calibration
{
    public static double MillionRowsPerSecond(int keys)
    {
        const int Rows = 1 << 22;
        long* ids = (long*)NativeMemory.AlignedAlloc(Rows * sizeof(long), 64);
        Random random = new(7);
        for (int i = 0; i < Rows; i++)
            ids[i] = random.Next(keys);
        int slots = 1 << (32 - int.LeadingZeroCount(keys * 2 - 1));
        Slot* table = (Slot*)NativeMemory.AlignedAlloc((nuint)slots * (nuint)sizeof(Slot), 64);
        NativeMemory.Clear(table, (nuint)slots * (nuint)sizeof(Slot));
        double best = 0;
        for (int run = 0; run < 5; run++)
        {
            long start = Stopwatch.GetTimestamp();
            Group(ids, Rows, table, slots);
            best = Math.Max(best, Rows / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e6);
        }

        NativeMemory.AlignedFree(table);
        NativeMemory.AlignedFree(ids);
        return best;
    }

    public static void Print()
    {
        foreach (int keys in (int[])[1_000, 100_000, 1_000_000])
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"calibration   {keys,9} keys  {MillionRowsPerSecond(keys),7:F1} M rows/s"));
    }

    private static void Group(long* ids, int rows, Slot* table, int slots)
    {
        int shift = 64 - int.TrailingZeroCount(slots);
        uint mask = (uint)slots - 1;
        for (int i = 0; i < rows; i++)
        {
            long key = ids[i];
            uint at = (uint)(((ulong)key * 0x9E3779B97F4A7C15) >> shift);
            while (table[at].Count != 0 && table[at].Key != key)
                at = (at + 1) & mask;
            table[at].Key = key;
            table[at].Count++;
            table[at].Sum += key;
        }
    }

    [StructLayout(LayoutKind.Sequential, Size = 32)]
    private struct Slot
    {
        public long Key;
        public long Count;
        public long Sum;
    }
}
