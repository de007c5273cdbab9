namespace Typed;

/// <content>Expectations (semantics 18).</content>
public sealed partial class Stream<T>
{
    /// <summary>
    /// States what should hold for each row, counts where it does not, and does with such a row what <paramref name="onViolation"/> says
    /// (semantics 18.1). Null counts as a violation (18.2). Names are unique in a pipeline.
    /// </summary>
    public Stream<T> Expect(string name, Func<T, bool?> expectation, OnViolation onViolation = OnViolation.Warn) => throw Never.Runs();

    /// <summary>Several expectations over the same rows: a row that violates two counts for both and leaves once.</summary>
    public Stream<T> ExpectAll(OnViolation onViolation, params (string Name, Func<T, bool?> Expectation)[] expectations) => throw Never.Runs();
}

/// <summary>What happens to a row that violates an expectation.</summary>
public enum OnViolation
{
    /// <summary>It is kept and counted.</summary>
    Warn,

    /// <summary>It is removed and counted.</summary>
    Drop,

    /// <summary>The batch fails: nothing of it is written, and the query ends.</summary>
    Fail,

    /// <summary>It is removed, counted and written to the sink given with <c>QuarantineTo</c>.</summary>
    Quarantine,
}
