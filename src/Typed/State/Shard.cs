namespace Typed.State;

/// <summary>
/// State is split into 256 virtual shards by the hash of its key. A worker owns a range of them; files have one section for each. So neither the
/// number of workers nor that of machines changes how state is laid out (design §4).
/// </summary>
public static class Shard
{
    /// <summary>How many there are.</summary>
    public const int Count = 256;

    /// <summary>
    /// The shard of a key: the lowest byte of its hash, since hash tables take their slot from the top. The whole hash is meant, also where a test
    /// gives all keys of a table the same one.
    /// </summary>
    public static byte Of(uint hash) => (byte)hash;

    /// <summary>The worker that owns a shard, of so many.</summary>
    public static int OwnerOf(byte shard, int workers) => shard * workers / Count;
}
