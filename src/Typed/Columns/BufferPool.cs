using System.Collections.Concurrent;
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
    private static readonly ConcurrentStack<NativeBuffer>[] Free = CreateStacks();
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
        if (!Free[sizeClass].TryPop(out NativeBuffer? buffer))
            buffer = new NativeBuffer(sizeClass);
        buffer.Revive();
        Interlocked.Increment(ref s_outstanding);
        Interlocked.Add(ref s_outstandingBytes, buffer.Capacity);
        return buffer;
    }

    internal static void Return(NativeBuffer buffer)
    {
        Interlocked.Decrement(ref s_outstanding);
        Interlocked.Add(ref s_outstandingBytes, -buffer.Capacity);
        ConcurrentStack<NativeBuffer> stack = Free[buffer.SizeClass];
        if (buffer.Capacity > PooledBytesPerClass / 4 || stack.Count * (long)buffer.Capacity > PooledBytesPerClass)
            buffer.Free();
        else
            stack.Push(buffer);
    }

    private static ConcurrentStack<NativeBuffer>[] CreateStacks()
    {
        ConcurrentStack<NativeBuffer>[] stacks = new ConcurrentStack<NativeBuffer>[LargestClass + 1];
        for (int i = 0; i < stacks.Length; i++)
            stacks[i] = new();
        return stacks;
    }
}
