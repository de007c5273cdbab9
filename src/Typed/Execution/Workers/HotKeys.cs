using System.Runtime.Intrinsics;

namespace Typed.Execution;

/// <summary>
/// The keys that many rows of a batch have, by their hashes: found among a sample of the rows, anew for each batch.
/// </summary>
/// <param name="workers">How many workers there are.</param>
internal sealed class HotKeys(int workers)
{
    /// <summary>How many keys of a batch are taken to be such at most.</summary>
    internal const int Most = 8;

    private const int SampleRows = 256;
    private const int FewestRows = 64;

    // A quarter of a worker's even share of the rows; below so many of a sample it may be chance.
    private const int SharesPerWorker = 4;
    private const int FewestInSample = 8;
    private readonly uint[] _hashes = new uint[Most];

    /// <summary>Takes any key to be one that many rows have, so that tests reach what is done for such keys. Set by the switch <c>Typed.AllKeysAreHot</c>.</summary>
    internal static bool AllAreHot { get; set; } = AppContext.TryGetSwitch("Typed.AllKeysAreHot", out bool on) && on;

    internal int Count { get; private set; }

    internal uint this[int index] => _hashes[index];

    /// <summary>All hashes; behind the last one the first stands again.</summary>
    internal Vector256<uint> All
    {
        get
        {
            _hashes.AsSpan(Count).Fill(_hashes[0]);
            return Vector256.Create(_hashes);
        }
    }

    /// <summary>Forgets them.</summary>
    internal void Clear() => Count = 0;

    /// <summary>Whether it is worth to look: all rows of a key are of one shard, so one shard must have many rows. A sample may see twice as many as there are.</summary>
    /// <param name="greatest">How many rows the shard with most rows has.</param>
    /// <param name="rows">How many rows there are.</param>
    internal bool MayBe(int greatest, int rows) => AllAreHot || (rows >= FewestRows && (long)greatest * 2 * Sampled(rows) >= (long)Enough(rows) * rows);

    /// <summary>Looks for them in a batch.</summary>
    /// <param name="hashes">The hashes of the keys of its rows.</param>
    internal void Find(ReadOnlySpan<uint> hashes)
    {
        Count = 0;
        if (hashes.Length < FewestRows && !AllAreHot)
            return;
        int rows = Sampled(hashes.Length);
        Span<uint> sample = stackalloc uint[SampleRows];
        sample = sample[..rows];
        for (int i = 0; i < rows; i++)
            sample[i] = hashes[(int)((long)i * hashes.Length / rows)];
        sample.Sort();
        int enough = Enough(hashes.Length);
        for (int start = 0; start < rows && Count < Most;)
        {
            int end = start + 1;
            while (end < rows && sample[end] == sample[start])
                end++;
            if (end - start >= enough)
                _hashes[Count++] = sample[start];
            start = end;
        }
    }

    private static int Sampled(int rows) => Math.Min(SampleRows, rows);

    private int Enough(int rows) => AllAreHot ? 1 : Math.Max(FewestInSample, Sampled(rows) / (SharesPerWorker * workers));
}
