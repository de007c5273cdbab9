using System.Collections.Concurrent;
using Typed.State;

namespace Typed.Execution;

/// <summary>Work that nobody waits for, on a thread of its own that lets others go first: where all processors are busy, it takes little from the loop.</summary>
/// <remarks>
/// A thread has the niceness of the one that starts it, and cannot get rid of it. Whoever has something done on the pool may have to start a thread of the pool for it.
/// So the end of the work, and what it has to say meanwhile, is said by another thread, which waits for it.
/// </remarks>
internal static class LowPriorityThread
{
    // Of nineteen. A thread with ten gets about a tenth of the time of one with none, so the work comes to its end also where the others never rest.
    private const int Niceness = 10;

    [ThreadStatic]
    private static BlockingCollection<Action>? t_outside;

    /// <summary>Does the work.</summary>
    /// <returns>Its end; it fails as the work does.</returns>
    internal static Task Run(string name, Action work)
    {
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Exception? failure = null;
        BlockingCollection<Action> outside = [];
        Thread low = new(() =>
        {
            try
            {
                // .NET leaves priorities of threads alone on Linux, where each thread has a niceness. Without it the work is done all the same.
                if (OperatingSystem.IsLinux())
                    _ = Posix.SetPriority(Posix.OfThread, 0, Niceness);
                t_outside = outside;
                work();
            }
            catch (Exception e)
            {
                failure = e;
            }
            finally
            {
                outside.CompleteAdding();
            }
        })
        {
            Name = name,
            IsBackground = true,
            Priority = ThreadPriority.BelowNormal,
        };
        Thread waiting = new(() =>
        {
            try
            {
                low.Start();
                Say();
                low.Join();
            }
            catch (Exception e)
            {
                failure = e;
            }

            if (failure is null)
                end.SetResult();
            else
                end.SetException(failure);
        })
        {
            Name = name,
            IsBackground = true,
        };
        waiting.Start();
        return end.Task;

        void Say()
        {
            foreach (Action one in outside.GetConsumingEnumerable())
            {
                try
                {
                    one();
                }
                catch (Exception e)
                {
                    failure ??= e;
                }
            }
        }
    }

    /// <summary>Has something done that may start threads: beside the work where this is called by it, before its end; otherwise here.</summary>
    internal static void Outside(Action action)
    {
        if (t_outside is { } outside)
            outside.Add(action);
        else
            action();
    }
}
