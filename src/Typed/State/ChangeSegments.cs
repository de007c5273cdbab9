using System.Collections.Concurrent;

namespace Typed.State;

/// <summary>
/// Segments that changes lie in, of all queries of the process. One thread fills them and another one has done with them, so that no place that fills them could keep
/// those that come back. What a great change leaves behind is not held for ever.
/// </summary>
internal static class ChangeSegments
{
    /// <summary>The length of one.</summary>
    internal const int Bytes = 1 << 20;

    private const int Most = 16;
    private static readonly ConcurrentStack<byte[]> s_free = new();
    private static int s_count;

    /// <summary>One of at least <see cref="Bytes"/>, with anything in it.</summary>
    internal static byte[] Rent()
    {
        if (!s_free.TryPop(out byte[]? segment))
            return GC.AllocateUninitializedArray<byte>(Bytes);
        Interlocked.Decrement(ref s_count);
        return segment;
    }

    /// <summary>Takes one back that nobody uses any more; those of another length are left to the collector.</summary>
    internal static void Return(byte[] segment)
    {
        if (segment.Length is < Bytes or > 2 * Bytes)
            return;
        if (Interlocked.Increment(ref s_count) > Most)
            Interlocked.Decrement(ref s_count);
        else
            s_free.Push(segment);
    }
}
