using Typed.Operators;

namespace Typed.Time;

/// <summary>
/// The watermark of a query (semantics 2.1): each node keeps the greatest event time it saw in this run less its delay; the policy
/// makes one value of them, which never falls. All values are ms since 1970.
/// </summary>
internal sealed class GlobalWatermark(WatermarkPolicy policy, int nodes)
{
    // Null: the node saw no event time in this run; it counts as 0 (2.1.4). After a restart all are null again (2.1.7).
    private readonly long?[] _nodes = new long?[nodes];

    /// <summary>The value for the next batch.</summary>
    internal long Millis { get; private set; }

    /// <summary>Goes on from what the checkpoint holds.</summary>
    internal void Restore(long millis) => Millis = Math.Max(0, millis);

    /// <summary>Takes the event times of the batch that has just ended (2.1.3).</summary>
    internal void Advance(IReadOnlyList<WatermarkOperator> operators)
    {
        if (operators.Count == 0)
            return;
        long chosen = policy == WatermarkPolicy.Min ? long.MaxValue : long.MinValue;
        for (int i = 0; i < operators.Count; i++)
        {
            WatermarkOperator node = operators[i];
            if (node.Count > 0)
                _nodes[i] = Math.Max(_nodes[i] ?? long.MinValue, node.MaxMillis - (node.DelayMicros / 1000));
            long value = _nodes[i] ?? 0;
            chosen = policy == WatermarkPolicy.Min ? Math.Min(chosen, value) : Math.Max(chosen, value);
        }

        Millis = Math.Max(Millis, chosen);
    }
}
