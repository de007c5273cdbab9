namespace Typed.Execution;

/// <summary>
/// The logs of a checkpoint as <see cref="Recovery"/> reads them. A start has them from the disk; whoever wants to know what a start would do, from what was read beside
/// a running query, or from what a repair would leave.
/// </summary>
internal interface ICheckpointLogs
{
    /// <summary>The folder.</summary>
    string Path { get; }

    /// <summary>The oldest entry of the offset log; 0 if there is none.</summary>
    long FirstOffset { get; }

    /// <summary>The newest entry of the offset log; −1 if there is none.</summary>
    long LastOffset { get; }

    /// <summary>The newest entry of the commit log; −1 if there is none.</summary>
    long LastCommit { get; }

    /// <summary>How many sources the query has.</summary>
    int Sources { get; }

    /// <summary>The versions of the state of which there is a file, ascending.</summary>
    IReadOnlyList<long> Versions { get; }

    /// <summary>What is fixed of a batch.</summary>
    /// <exception cref="QueryStartException">The entry cannot be read.</exception>
    OffsetEntry ReadOffsets(long batchId);

    /// <summary>What is known of a batch that is done.</summary>
    /// <exception cref="QueryStartException">The entry cannot be read.</exception>
    CommitEntry ReadCommit(long batchId);
}
