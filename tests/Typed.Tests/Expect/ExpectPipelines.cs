namespace Typed.Tests.Expect;

[StreamRecord]
public readonly partial record struct Visit(string SessionId, string Platform, int? Seconds, long Events);

[StreamRecord]
public readonly partial record struct Seen(string SessionId, long Events);

/// <summary>Expectations of every kind but the one that fails, over the same rows.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class CleanVisits
{
    public static Stream<Visit> Define(Stream<Visit> visits) => visits
        .Expect("sane count", v => v.Events is >= 1 and <= 10_000)
        .ExpectAll(
            OnViolation.Drop,
            ("duration", v => v.Seconds >= 0 && v.Seconds <= 86_400),
            ("platform", v => v.Platform == "web" || v.Platform == "ios"))
        .Expect("id", v => v.SessionId != "", OnViolation.Quarantine);
}

/// <summary>The result needs one of the columns only; the quarantine and the message all of them.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class StrictVisits
{
    public static Stream<Seen> Define(Stream<Visit> visits) => visits
        .Expect("counted", v => v.Events > 0, OnViolation.Quarantine)
        .Expect("id", v => v.SessionId != "", OnViolation.Fail)
        .Select(v => new Seen(v.SessionId, v.Events));
}

/// <summary>A filter above must not keep rows from being judged.</summary>
[Pipeline(OutputMode.Append)]
public sealed partial class FilteredVisits
{
    public static Stream<Visit> Define(Stream<Visit> visits) => visits
        .Expect("counted", v => v.Events > 0, OnViolation.Drop)
        .Where(v => v.Platform == "web");
}
