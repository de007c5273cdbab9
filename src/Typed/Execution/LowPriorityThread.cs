using Typed.State;

namespace Typed.Execution;

/// <summary>Work that nobody waits for, on a thread of its own that lets others go first: where all processors are busy, it takes little from the loop.</summary>
internal static class LowPriorityThread
{
    // Of nineteen. A thread with ten gets about a tenth of the time of one with none, so the work comes to its end also where the others never rest.
    private const int Niceness = 10;

    /// <summary>Does the work.</summary>
    /// <returns>Its end; it fails as the work does.</returns>
    internal static Task Run(string name, Action work)
    {
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            try
            {
                // .NET leaves priorities of threads alone on Linux, where each thread has a niceness. Without it the work is done all the same.
                if (OperatingSystem.IsLinux())
                    _ = Posix.SetPriority(Posix.OfThread, 0, Niceness);
                work();
                end.SetResult();
            }
            catch (Exception e)
            {
                end.SetException(e);
            }
        })
        {
            Name = name,
            IsBackground = true,
            Priority = ThreadPriority.BelowNormal,
        };
        thread.Start();
        return end.Task;
    }
}
