using Typed.State;

namespace Typed.Execution;

/// <summary>
/// The keys that many rows of a batch have, by their hashes: found among a sample of the rows, anew for each batch. Those that the worker owns itself are not among them.
/// </summary>
internal sealed class HotKeys
{
    private const int SampleRows = 256;
    private const int FewestRows = 64;

    // A quarter of a worker's even share of the rows; below so many of a sample it may be chance.
    private const int SharesPerWorker = 4;
    private const int FewestInSample = 8;
    private const int Most = 8;
    private readonly uint[] _hashes = new uint[Most];

    /// <summary>Takes any key to be one that many rows have, so that tests reach what is done for such keys. Set by the switch <c>Typed.AllKeysAreHot</c>.</summary>
    internal static bool AllAreHot { get; set; } = AppContext.TryGetSwitch("Typed.AllKeysAreHot", out bool on) && on;

    internal int Count { get; private set; }

    internal uint this[int index] => _hashes[index];

    internal bool Contains(uint hash) => _hashes.AsSpan(0, Count).Contains(hash);

    /// <summary>Looks for them in a batch.</summary>
    /// <param name="hashes">The hashes of the keys of its rows.</param>
    /// <param name="worker">The worker that has the batch.</param>
    /// <param name="workers">How many there are.</param>
    internal void Find(ReadOnlySpan<uint> hashes, int worker, int workers)
    {
        Count = 0;
        if (hashes.Length < FewestRows && !AllAreHot)
            return;
        int rows = Math.Min(SampleRows, hashes.Length);
        Span<uint> sample = stackalloc uint[SampleRows];
        sample = sample[..rows];
        for (int i = 0; i < rows; i++)
            sample[i] = hashes[(int)((long)i * hashes.Length / rows)];
        sample.Sort();
        int enough = AllAreHot ? 1 : Math.Max(FewestInSample, rows / (SharesPerWorker * workers));
        for (int start = 0; start < rows && Count < Most;)
        {
            int end = start + 1;
            while (end < rows && sample[end] == sample[start])
                end++;
            if (end - start >= enough && Shard.OwnerOf(Shard.Of(sample[start]), workers) != worker)
                _hashes[Count++] = sample[start];
            start = end;
        }
    }
}
