using System.Numerics;
using System.Runtime.InteropServices;

namespace Typed.State;

/// <summary>The hash by which an area finds a key. It is the area's own: the bytes of the key decide, also where a test gives all keys of an operator the same hash.</summary>
internal static class SpillKey
{
    private const ulong First = 0x9E3779B97F4A7C15;
    private const ulong Second = 0xC2B2AE3D27D4EB4F;

    internal static ulong Hash(ReadOnlySpan<byte> key)
    {
        ulong hash = (ulong)key.Length * First;
        while (key.Length >= sizeof(ulong))
        {
            hash = BitOperations.RotateLeft(hash ^ (MemoryMarshal.Read<ulong>(key) * Second), 31) * First;
            key = key[sizeof(ulong)..];
        }

        ulong rest = 0;
        for (int i = 0; i < key.Length; i++)
            rest |= (ulong)key[i] << (8 * i);
        hash = BitOperations.RotateLeft(hash ^ (rest * Second), 31) * First;
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        return hash ^ (hash >> 33);
    }

    /// <summary>What is kept in memory of each key: 16 bits that the choice of its bucket does not use; never 0, which says that an entry was taken.</summary>
    internal static ushort Fingerprint(ulong hash) => (ushort)Math.Max(1, hash >> 48);

    /// <summary>The bucket of a key where there are so many: buckets are split one after the other, so that their number need not be a power of two.</summary>
    internal static int Bucket(ulong hash, int buckets)
    {
        uint mask = BitOperations.RoundUpToPowerOf2((uint)buckets) - 1;
        uint bucket = (uint)hash & mask;
        return (int)(bucket < (uint)buckets ? bucket : bucket & (mask >> 1));
    }
}
