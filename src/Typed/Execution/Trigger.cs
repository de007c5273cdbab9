using Typed.Execution;
using Typed.Time;

namespace Typed;

/// <summary>When micro-batches run (semantics 11).</summary>
public sealed record Trigger
{
    private Trigger(TriggerKind kind, TimeSpan interval)
    {
        Kind = kind;
        Interval = interval;
    }

    /// <summary>The next batch as soon as there is data (semantics 11.1).</summary>
    public static Trigger Default { get; } = new(TriggerKind.Default, TimeSpan.Zero);

    /// <summary>
    /// One batch with everything there is, whatever the limits of the sources say; no batch without data after it. A batch that an
    /// earlier run left uncommitted is run instead (semantics 11.4). <see cref="AvailableNow"/> is nearly always the better choice.
    /// </summary>
    public static Trigger Once { get; } = new(TriggerKind.Once, TimeSpan.Zero);

    /// <summary>
    /// As many batches as the limits of the sources ask for, up to what is there at the start; then one without data if state can
    /// close; then the query ends (semantics 11.5).
    /// </summary>
    public static Trigger AvailableNow { get; } = new(TriggerKind.AvailableNow, TimeSpan.Zero);

    /// <summary>The time between batches; zero for all but <see cref="Every(string)"/>.</summary>
    public TimeSpan Interval { get; }

    internal TriggerKind Kind { get; }

    internal bool Ends => Kind is TriggerKind.Once or TriggerKind.AvailableNow;

    /// <summary>A batch at each multiple of an interval since 1970 UTC, the first one at once (semantics 11.2).</summary>
    /// <param name="interval">A duration such as <c>"30 seconds"</c>; zero is <see cref="Default"/>.</param>
    /// <exception cref="QueryStartException">The text is no duration, has months, or is negative: rule <c>invalid-trigger-interval</c>.</exception>
    public static Trigger Every(string interval)
    {
        if (!DurationText.TryParse(interval, out long micros, out int months))
            throw Invalid(interval, SettingProblems.NoDuration);
        if (months != 0)
            throw Invalid(interval, SettingProblems.Months);
        TimeSpan span = new(micros * TimeSpan.TicksPerMicrosecond);
        return SettingProblems.OfInterval(span) is { } problem ? throw Invalid(interval, problem) : Every(span);
    }

    /// <summary>A batch at each multiple of an interval since 1970 UTC, the first one at once (semantics 11.2).</summary>
    /// <param name="interval">The interval in whole milliseconds; zero is <see cref="Default"/>.</param>
    /// <exception cref="QueryStartException">The interval is negative or has a part of a millisecond: rule <c>invalid-trigger-interval</c>.</exception>
    public static Trigger Every(TimeSpan interval)
    {
        if (SettingProblems.OfInterval(interval) is { } problem)
            throw Invalid(interval, problem);
        return interval == TimeSpan.Zero ? Default : new Trigger(TriggerKind.Interval, interval);
    }

    /// <inheritdoc/>
    public override string ToString() => Kind == TriggerKind.Interval ? $"Every({Interval})" : Kind.ToString();

    private static QueryStartException Invalid(object interval, string problem) => new(StartRules.Interval, interval, problem);
}

internal enum TriggerKind
{
    Default,
    Interval,
    Once,
    AvailableNow,
}
