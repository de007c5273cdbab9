using Typed.Execution;

namespace Typed.Testing;

/// <summary>Lets the process die, as far as the query can tell, when a batch comes to a point of it.</summary>
internal sealed class CrashPlan : IFaultPoints
{
    /// <summary>Where; null for nowhere.</summary>
    public CrashPoint? At { get; set; }

    public void Reach(FaultPoint point, long batchId)
    {
        if (At is CrashPoint at && point == PlaceOf(at))
            throw new SimulatedCrash(at, batchId);
    }

    private static FaultPoint PlaceOf(CrashPoint point) => point switch
    {
        CrashPoint.BeforeOffsets => FaultPoint.BeforeOffsets,
        CrashPoint.AfterOffsets => FaultPoint.AfterOffsets,
        CrashPoint.AfterSourceCommit => FaultPoint.AfterSourceCommit,
        CrashPoint.MidBatch => FaultPoint.MidBatch,
        CrashPoint.BeforeSinkCommit => FaultPoint.AfterRun,
        CrashPoint.BetweenSinks => FaultPoint.BetweenSinks,
        CrashPoint.AfterSinkCommit => FaultPoint.AfterSinkCommit,
        CrashPoint.AfterCommit => FaultPoint.AfterCommit,
        CrashPoint.AfterSnapshot => FaultPoint.AfterSnapshot,
        _ => throw new ArgumentOutOfRangeException(nameof(point), point, "It is no place in a batch."),
    };
}

/// <summary>Stands for the death of the process.</summary>
internal sealed class SimulatedCrash(CrashPoint point, long batchId) : Exception($"the test let the process die at {point} of batch {batchId}");
