namespace Typed.Tests;

/// <summary>How many bytes a piece of work allocates on the thread that does it.</summary>
internal static class Allocated
{
    /// <summary>The least of several rounds: the runtime itself allocates now and then, such as where a table that all threads share has to grow.</summary>
    internal static long By(Action work)
    {
        long least = long.MaxValue;
        for (int round = 0; round < 5 && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
