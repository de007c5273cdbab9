using Typed.Execution;

namespace Typed.Tests.Execution;

/// <summary>Stands for a crash at one step of one batch, or of any.</summary>
internal sealed class FailAt(FaultPoint point, long? batchId) : IFaultPoints
{
    internal bool Reached { get; private set; }

    public void Reach(FaultPoint reached, long batch)
    {
        if (reached != point || batch != (batchId ?? batch))
            return;
        Reached = true;
        throw new IOException($"crash at {reached} of batch {batch}");
    }
}
