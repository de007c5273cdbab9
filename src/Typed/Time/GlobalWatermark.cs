namespace Typed.Time;

/// <summary>
/// The watermark of a query (semantics 2.1): each node keeps the greatest event time it saw in this run less its delay; the policy
/// makes one value of them, which never falls. Beyond Spark, a node that has a time after which it is idle does not hold the others
/// back any longer once it was silent for that. All values are ms since 1970.
/// </summary>
internal sealed class GlobalWatermark(WatermarkPolicy policy, IReadOnlyList<NodeWatermark> nodes)
{
    internal IReadOnlyList<NodeWatermark> Nodes { get; } = nodes;

    /// <summary>The value for the next batch.</summary>
    internal long Millis { get; private set; }

    /// <summary>
    /// Goes on from what the checkpoint holds: the value, and the clocks of the inputs that can be idle. Those of all others begin anew
    /// (semantics 2.1.7).
    /// </summary>
    internal void Restore(long millis, IReadOnlyList<(string Input, string Clock)> inputs, long silenceMillis)
    {
        Millis = Math.Max(0, millis);
        foreach ((string input, string clock) in inputs)
        {
            foreach (NodeWatermark node in Nodes)
                node.Restore(input, clock, silenceMillis);
        }
    }

    /// <summary>Takes the event times of the batch that has just ended (2.1.3).</summary>
    internal void Advance(long batchMillis)
    {
        foreach (NodeWatermark node in Nodes)
            node.Advance(batchMillis);
        Millis = At(batchMillis, _ => false);
    }

    /// <summary>The value at an instant between two batches: silence may have let it rise.</summary>
    /// <param name="nowMillis">The instant.</param>
    /// <param name="hasNew">Whether a source has rows for the next batch.</param>
    internal long At(long nowMillis, Func<int, bool> hasNew)
    {
        if (Nodes.Count == 0)
            return Millis;
        InputState[] states = [.. Nodes.Select(node => node.At(nowMillis, node.Sources.Any(hasNew)))];
        long chosen = policy == WatermarkPolicy.Max ? states.Max(state => state.ValueMillis ?? 0) : InputClock.Least(states, nowMillis);
        return Math.Max(Millis, chosen);
    }

    /// <summary>Goes on to a value that <see cref="At"/> gave and a batch was planned with.</summary>
    internal void Raise(long millis) => Millis = Math.Max(Millis, millis);

    /// <summary>When the next input begins to be idle; the greatest long if none does.</summary>
    internal long NextIdle(long nowMillis) => Nodes.Count == 0 ? long.MaxValue : Nodes.Min(node => node.NextIdle(nowMillis));

    /// <summary>The clocks of the inputs that can be idle, for a later run.</summary>
    internal IReadOnlyList<(string Input, string Clock)> Save(long nowMillis) => [.. Nodes.SelectMany(node => node.Save(nowMillis))];
}
