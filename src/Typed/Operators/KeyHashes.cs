namespace Typed.Operators;

/// <summary>The hashes of the keys of rows, whole: by them rows and state are split into shards.</summary>
internal static class KeyHashes
{
    /// <summary>The hashes of the first rows of the batch that <paramref name="keys"/> are bound to, as many as there is room for.</summary>
    internal static void Of<TKey, TKeys>(in TKeys keys, Span<uint> hashes)
        where TKey : unmanaged
        where TKeys : struct, IGroupKeys<TKey>
    {
        TKeys bound = keys;
        for (int row = 0; row < hashes.Length; row++)
        {
            bound.LoadKey(row, out TKey key);
            hashes[row] = TKeys.Hash(key);
        }
    }
}
