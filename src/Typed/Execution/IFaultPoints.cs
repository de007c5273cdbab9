namespace Typed.Execution;

/// <summary>Called between the steps of a batch (semantics 12.3); a test throws there to stand for a crash.</summary>
internal interface IFaultPoints
{
    void Reach(FaultPoint point, long batchId);
}

internal enum FaultPoint
{
    BeforeOffsets,
    AfterOffsets,
    AfterSourceCommit,
    MidBatch,
    AfterRun,

    /// <summary>After the commit of each sink but the last.</summary>
    BetweenSinks,
    AfterSinkCommit,
    AfterCommit,
    AfterSnapshot,
}
