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

    /// <summary>Beside the loop, on the thread that writes a snapshot: its file is written and has no name yet. The batch is that of the snapshot.</summary>
    DeltaWritten,

    /// <summary>Beside the loop: the file of the snapshot has its name.</summary>
    DeltaNamed,

    /// <summary>Beside the loop: snapshots were put together, and the file has no name yet.</summary>
    BaseWritten,

    /// <summary>Beside the loop: the file of what was put together has its name.</summary>
    BaseNamed,

    /// <summary>Beside the loop: files that no snapshot needs any longer are still there.</summary>
    BeforeStateDeleted,
}
