namespace Typed.Time;

/// <summary>The instants at which an interval trigger is due: the multiples of the interval since 1970 UTC (semantics 11.2).</summary>
internal static class TriggerGrid
{
    /// <summary>
    /// When the next batch is due after one whose trigger began at <paramref name="startMillis"/>, both in ms since 1970: the next
    /// multiple, strictly after the start. A due time that has passed means at once; missed multiples are not made up.
    /// </summary>
    internal static long NextDue(long startMillis, long intervalMillis)
    {
        if (intervalMillis == 0)
            return startMillis;
        long remainder = startMillis % intervalMillis;
        if (remainder < 0)
            remainder += intervalMillis;
        return startMillis - remainder + intervalMillis;
    }
}
