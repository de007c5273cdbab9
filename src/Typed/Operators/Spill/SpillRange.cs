namespace Typed.Operators;

/// <summary>
/// Ranges of hashes into which operators cut what they put into a spill area, a table for each, so that what comes back as a whole comes back in
/// pieces. The bits are others than those of the shard, and than the upper ones, by which an area may cut again.
/// </summary>
internal static class SpillRange
{
    /// <summary>How many there are.</summary>
    public const int Count = 64;

    /// <summary>The range of a hash.</summary>
    public static int Of(uint hash) => (int)(hash >> 8) & (Count - 1);
}
