namespace Typed.Execution;

/// <summary>How long the phases of a trigger take (semantics 13.2).</summary>
internal sealed class PhaseTimes(TimeProvider time)
{
    private static readonly string[] Names = ["latestOffset", "walCommit", "getBatch", "queryPlanning", "addBatch", "commitOffsets", "snapshot"];
    private readonly TimeSpan[] _spent = new TimeSpan[Names.Length];
    private readonly long _start = time.GetTimestamp();
    private long _last = time.GetTimestamp();

    /// <summary>When the trigger began.</summary>
    internal DateTimeOffset Started { get; } = time.GetUtcNow();

    /// <summary>How long the trigger has run.</summary>
    internal TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>Ends a phase that began where the last one ended.</summary>
    internal void End(Phase phase)
    {
        long now = time.GetTimestamp();
        _spent[(int)phase] += time.GetElapsedTime(_last, now);
        _last = now;
    }

    /// <summary>All phases, ms; the whole trigger first.</summary>
    internal IReadOnlyList<KeyValuePair<string, long>> ToMillis()
    {
        List<KeyValuePair<string, long>> all = [new("triggerExecution", (long)Elapsed.TotalMilliseconds)];
        for (int i = 0; i < Names.Length; i++)
        {
            if (i != (int)Phase.Snapshot || _spent[i] > TimeSpan.Zero)
                all.Add(new(Names[i], (long)_spent[i].TotalMilliseconds));
        }

        return all;
    }
}

/// <summary>A part of a trigger.</summary>
internal enum Phase
{
    LatestOffset,
    WalCommit,
    GetBatch,
    QueryPlanning,
    AddBatch,
    CommitOffsets,
    Snapshot,
}
