using System.Globalization;

namespace Typed.Time;

/// <summary>How far the event time of one input of a watermark has come: of a node, or of a partition that feeds it. All values in ms.</summary>
internal sealed class InputClock(long startMillis)
{
    /// <summary>The greatest event time less the delay; null if none came.</summary>
    internal long? ValueMillis { get; private set; }

    /// <summary>The clock of the last batch that brought event times; the start of the run if none did.</summary>
    internal long SeenMillis { get; private set; } = startMillis;

    /// <summary>Takes the greatest event time of a batch, less the delay.</summary>
    internal void Take(long valueMillis, long batchMillis)
    {
        ValueMillis = Math.Max(ValueMillis ?? long.MinValue, valueMillis);
        SeenMillis = Math.Max(SeenMillis, batchMillis);
    }

    /// <summary>Goes on from what an earlier run has saved; the time in which no run was there is no silence.</summary>
    internal void Restore(string saved, long startMillis)
    {
        string[] parts = saved.Split(' ');
        if (parts.Length != 2 || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long silent))
            throw new FormatException($"'{saved}' is no clock of an input");
        ValueMillis = parts[0] == "-" ? null : long.Parse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        SeenMillis = startMillis - silent;
    }

    /// <summary>The value, and how long no event time came.</summary>
    internal string Save(long nowMillis) =>
        string.Create(CultureInfo.InvariantCulture, $"{(ValueMillis is long value ? value.ToString(CultureInfo.InvariantCulture) : "-")} {Math.Max(0, nowMillis - SeenMillis)}");

    /// <summary>When it begins to be idle; never without a time-out.</summary>
    internal long IdleAt(long? idleAfterMillis) => idleAfterMillis is long after ? SeenMillis + after : long.MaxValue;

    /// <summary>
    /// The least value of inputs that are waited for, one without any counting as 0 (semantics 2.1.4). Not waited for are those that are
    /// idle. Where all are, those are that fell silent last: the others had been left behind by then, whether anybody looked or not.
    /// </summary>
    internal static long Least(IReadOnlyCollection<InputState> inputs, long nowMillis)
    {
        long lastIdleAt = long.MinValue;
        foreach (InputState input in inputs)
        {
            if (input.IdleAtMillis > nowMillis)
                lastIdleAt = long.MaxValue;
            else if (input.ValueMillis is not null)
                lastIdleAt = Math.Max(lastIdleAt, input.IdleAtMillis);
        }

        long least = long.MaxValue;
        foreach (InputState input in inputs)
        {
            if (lastIdleAt == long.MaxValue ? input.IdleAtMillis > nowMillis : input.ValueMillis is not null && input.IdleAtMillis == lastIdleAt)
                least = Math.Min(least, input.ValueMillis ?? 0);
        }

        return least == long.MaxValue ? 0 : least;
    }
}

/// <summary>An input as it is looked at: how far it has come and when it begins to be idle, in ms.</summary>
/// <param name="ValueMillis">The greatest event time less the delay; null if none came.</param>
/// <param name="IdleAtMillis">When it begins, or began, to be idle.</param>
internal readonly record struct InputState(long? ValueMillis, long IdleAtMillis);
