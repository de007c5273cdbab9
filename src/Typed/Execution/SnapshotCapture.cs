using Typed.State;

namespace Typed.Execution;

/// <summary>
/// Copies what has changed, between two batches, for a <see cref="SnapshotWriter"/>. The loop stands still meanwhile, so where much has changed it is copied in slices: a few
/// milliseconds after each batch, until a slice leaves nothing. What was copied and changes again is copied again. A slice ends early where it has no room on its way to the
/// disk: the disk is waited for only where a snapshot has to be there now.
/// </summary>
/// <remarks>
/// Slices come to an end as long as a batch changes less than a slice copies; if it does not, the rest is copied at once, after <see cref="CopiesAtMost"/> times as many
/// entries as there are. Two other ways were looked at. All at once: ten million keys are 440 MB and half a second. And to leave the old values where they are until
/// they are written: that costs the loops over rows a test for each row.
/// </remarks>
internal sealed class SnapshotCapture(ICapturedState state, SnapshotWriter writer)
{
    private const int CopiesAtMost = 4;
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(4);
    private readonly CaptureSlice _slice = new();
    private bool _mayWait;

    /// <summary>How long the loop stands still for a slice.</summary>
    internal TimeSpan Slice { get; init; } = TimeSpan.FromMilliseconds(6);

    /// <summary>Whether slices of a version were copied, and not yet all of it.</summary>
    internal bool IsUnderWay { get; private set; }

    /// <summary>Copies a slice; the one that leaves nothing makes the version. Waits a moment where the disk is behind, so that the loop does not run away from it.</summary>
    /// <returns>Whether it made the version.</returns>
    internal bool Continue(long batchId, ReadOnlyMemory<byte> note, string?[] ends)
    {
        if (!IsUnderWay)
            _slice.Start();
        else if (!writer.HasRoom(s_wait))
            return false;
        IsUnderWay = true;
        StateVersion version = Next();
        _slice.Begin(Slice);
        if (state.SaveSome(version, _slice))
            return End(batchId, note, ends);
        return _slice.Sum > CopiesAtMost * state.Entries && Complete(batchId, note, ends);
    }

    /// <summary>Copies all that is left, and waits for the disk where there is too much of it.</summary>
    /// <returns>True.</returns>
    internal bool Complete(long batchId, ReadOnlyMemory<byte> note, string?[] ends)
    {
        _mayWait = true;
        return End(batchId, note, ends);
    }

    /// <summary>Whether <see cref="HandOverEarly"/> would not wait for the disk.</summary>
    internal bool HasRoomForEarly => writer.HasRoomFor(IsUnderWay ? 2 : 1);

    /// <summary>
    /// Has written what an operator has put ahead of the next snapshot, in the midst of a batch. It is newer than what slices have copied of that operator, so it goes
    /// behind it.
    /// </summary>
    /// <param name="number">The operator.</param>
    /// <param name="early">What it has put; empty afterwards.</param>
    internal void HandOverEarly(int number, StateChanges early)
    {
        if (IsUnderWay)
            writer.HandOver(number, Next().Operators[number].Changes);
        writer.HandOver(number, early);
    }

    private bool End(long batchId, ReadOnlyMemory<byte> note, string?[] ends)
    {
        state.SaveChanges(Next());
        writer.Begin(batchId, note, ends);
        (IsUnderWay, _mayWait) = (false, false);
        return true;
    }

    private void HandOver(int number, StateChanges changes)
    {
        if (_mayWait)
            writer.HandOver(number, changes);
        else if (writer.TryHandOver(number, changes))
            _slice.FillPart();
        else
            _slice.End();
    }

    private StateVersion Next()
    {
        StateVersion version = writer.Next();
        if (version.Operators.Count == 0)
            state.Prepare(version, HandOver);
        return version;
    }
}

/// <summary>State that is captured.</summary>
internal interface ICapturedState
{
    /// <summary>How many entries there are.</summary>
    long Entries { get; }

    /// <summary>Lists the operators with state in a version that is to be captured, inputs before readers.</summary>
    /// <param name="version">The version.</param>
    /// <param name="handOver">Takes what an operator has changed, by its number, when there is much of it.</param>
    void Prepare(StateVersion version, Action<int, StateChanges> handOver);

    /// <summary>Writes some of what has changed.</summary>
    /// <returns>Whether nothing was left that can be written in slices.</returns>
    bool SaveSome(StateVersion version, CaptureSlice slice);

    /// <summary>Writes what has changed since the last call and was not yet written.</summary>
    void SaveChanges(StateVersion version);
}
