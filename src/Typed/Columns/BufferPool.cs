using System.Numerics;

namespace Typed.Columns;

/// <summary>
/// The pool behind <see cref="NativeBuffer"/>: one stack for each power of two from 64 bytes on. What is outstanding is
/// counted, so that a test can prove that nothing leaks.
/// </summary>
public static class BufferPool
{
    private const int SmallestClass = 6;
    private const int LargestClass = 36;
    private const long PooledBytesPerClass = 256L << 20;
    private static readonly FreeList[] Free = [.. Enumerable.Range(0, LargestClass + 1).Select(_ => new FreeList())];
    private static long s_outstanding;
    private static long s_outstandingBytes;

    /// <summary>How many buffers are in use.</summary>
    public static long Outstanding => Interlocked.Read(ref s_outstanding);

    /// <summary>How many bytes the buffers in use hold.</summary>
    public static long OutstandingBytes => Interlocked.Read(ref s_outstandingBytes);

    internal static NativeBuffer Rent(nint bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        int sizeClass = bytes <= 64 ? SmallestClass : BitOperations.Log2((ulong)bytes - 1) + 1;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sizeClass, LargestClass, nameof(bytes));
        NativeBuffer buffer = Free[sizeClass].Pop() ?? new NativeBuffer(sizeClass);
        buffer.Revive();
        Interlocked.Increment(ref s_outstanding);
        Interlocked.Add(ref s_outstandingBytes, buffer.Capacity);
        return buffer;
    }

    internal static void Return(NativeBuffer buffer)
    {
        Interlocked.Decrement(ref s_outstanding);
        Interlocked.Add(ref s_outstandingBytes, -buffer.Capacity);
        if (buffer.Capacity > PooledBytesPerClass / 4 || !Free[buffer.SizeClass].TryPush(buffer, PooledBytesPerClass / buffer.Capacity))
            buffer.Free();
    }

    internal static void Discard(NativeBuffer buffer)
    {
        Interlocked.Decrement(ref s_outstanding);
        Interlocked.Add(ref s_outstandingBytes, -buffer.Capacity);
        buffer.Free();
    }

    // A list through the buffers themselves: giving one back allocates nothing.
    private sealed class FreeList
    {
        private readonly Lock _lock = new();
        private NativeBuffer? _first;
        private long _count;

        public NativeBuffer? Pop()
        {
            lock (_lock)
            {
                if (_first is not { } buffer)
                    return null;
                (_first, buffer.NextFree) = (buffer.NextFree, null);
                _count--;
                return buffer;
            }
        }

        public bool TryPush(NativeBuffer buffer, long most)
        {
            lock (_lock)
            {
                if (_count > most)
                    return false;
                (buffer.NextFree, _first) = (_first, buffer);
                _count++;
                return true;
            }
        }
    }
}
