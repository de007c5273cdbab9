using Typed.Execution;

namespace Typed;

/// <summary>How often a sink that fails is tried with the same batch, and how long the query waits in between, before it fails itself.</summary>
public sealed class Retry
{
    private readonly TimeSpan _first;
    private readonly TimeSpan _max;

    private Retry(int attempts, TimeSpan first, TimeSpan max) => (Attempts, _first, _max) = (attempts, first, max);

    /// <summary>A sink is tried once (semantics 12.10).</summary>
    public static Retry None { get; } = new(1, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>How often a sink is tried with one batch, the first time included.</summary>
    public int Attempts { get; }

    /// <summary>Waits twice as long after each failure.</summary>
    /// <param name="attempts">How often a sink is tried with one batch, the first time included.</param>
    /// <param name="first">How long to wait after the first failure.</param>
    /// <param name="max">How long to wait at most.</param>
    /// <exception cref="QueryStartException">There are fewer attempts than one, or a duration is none: rule <c>invalid-retry</c> or <c>invalid-duration</c>.</exception>
    public static Retry Exponential(int attempts, string first = "1 second", string max = "60 seconds")
    {
        if (attempts < 1)
            throw new QueryStartException(StartRules.QueryOption.As("invalid-retry"), nameof(attempts), attempts, SettingProblems.NoAttempt);
        return new Retry(attempts, SnapshotSchedule.Duration(first, nameof(first)), SnapshotSchedule.Duration(max, nameof(max)));
    }

    /// <inheritdoc/>
    public override string ToString() => Attempts == 1 ? "None" : $"Exponential({Attempts}, {_first}, {_max})";

    /// <summary>How long to wait after a failure.</summary>
    /// <param name="failures">How many there were.</param>
    internal TimeSpan After(int failures)
    {
        double wait = _first.Ticks * Math.Pow(2, failures - 1);
        return wait < _max.Ticks ? TimeSpan.FromTicks((long)wait) : _max;
    }
}
