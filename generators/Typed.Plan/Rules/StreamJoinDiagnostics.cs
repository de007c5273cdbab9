using System.Collections.Immutable;
using static Typed.Plan.DiagnosticRule;

namespace Typed.Plan;

/// <summary>206x–207x: joins of two streams (semantics 6).</summary>
internal static class StreamJoinDiagnostics
{
    private const string Band = "State";
    private const string NeverSettled = "'{0}' would never write a row without a match: {1}. {2}.";

    public static readonly DiagnosticRule OutputMode = Error(
        "TYPED2060", Band, "A join of streams in another mode than append",
        "'{0}' cannot run in {1} mode: {2}. Use OutputMode.Append.",
        "stream-stream-join-output-mode");

    public static readonly DiagnosticRule WithoutEquality = Error(
        "TYPED2061", Band, "A join of streams without an equality",
        "'{0}' would have to compare every row with every other one that is kept: its condition holds no == between a value of each stream. Join on an equality as well.",
        "stream-stream-join-without-equality");

    public static readonly DiagnosticRule LeftUnbounded = Error(
        "TYPED2062", Band, "A left join that never settles", NeverSettled, "stream-stream-left-outer-unbounded");

    public static readonly DiagnosticRule RightUnbounded = Error(
        "TYPED2063", Band, "A right join that never settles", NeverSettled, "stream-stream-right-outer-unbounded");

    public static readonly DiagnosticRule FullUnbounded = Error(
        "TYPED2064", Band, "A full join that never settles", NeverSettled, "stream-stream-full-outer-unbounded");

    public static readonly DiagnosticRule SemiUnbounded = Error(
        "TYPED2065", Band, "A semi join that keeps all rows",
        "'{0}' would keep every row without a match for ever: {1}. {2}.",
        "stream-stream-semi-unbounded");

    public static readonly DiagnosticRule AntiUnbounded = Error(
        "TYPED2066", Band, "An anti join that never settles", NeverSettled);

    public static readonly DiagnosticRule KeptForEver = Warning(
        "TYPED2067", Band, "A join keeps rows for ever",
        "'{0}' keeps every row of {1} for ever, so its state grows without end: {2}.",
        "inner-join-unbounded-state");

    public static readonly DiagnosticRule PreservedWithoutWatermark = Warning(
        "TYPED2068", Band, "The preserved stream of a join has no watermark",
        "'{0}' never settles rows of {1}: the condition bounds them, but they leave the state by a watermark of their own and there is none. Call WithWatermark on that stream.",
        "outer-join-preserved-side-without-watermark");

    public static readonly DiagnosticRule FullOneSide = Warning(
        "TYPED2069", Band, "A full join that settles one side only",
        "'{0}' never writes a row of {1} without a match and keeps all of them: {2}.",
        "full-outer-one-side-bounded");

    public static readonly DiagnosticRule SeveralEventTimes = Error(
        "TYPED2070", Band, "Rows with several event times",
        "'{0}' cannot say which rows are late: {1} all carry a watermark. Leave one of them out in the select of the join before.",
        "multiple-event-time-columns");

    public static readonly DiagnosticRule RangeOnOtherColumn = Warning(
        "TYPED2071", Band, "A time range over another column than the event time",
        "'{0}' may lose matches: its range is over '{1}', but rows leave the state by their event time '{2}'. Write the range over '{2}', or declare the watermark on '{1}'.",
        "join-range-on-unwatermarked-column");

    public static readonly DiagnosticRule Months = Warning(
        "TYPED2072", Band, "A time range in months bounds nothing",
        "'{0}' keeps rows as if {1} were not there: months and years differ in length, so no watermark follows from them. Write days.",
        "event-time-monthly-join-bound");

    public static readonly DiagnosticRule HeldBackByConstant = Warning(
        "TYPED2073", Band, "A comparison with a constant holds the state back",
        "'{0}' keeps rows of {1} until the watermark has passed {2}, counted in seconds since 1970: a comparison of a number with a constant in the condition of an outer join is taken for a bound of time, as Spark does. Compute it as a bool in a Select before the join.");

    public static ImmutableArray<DiagnosticRule> All =>
    [
        OutputMode, WithoutEquality, LeftUnbounded, RightUnbounded, FullUnbounded, SemiUnbounded, AntiUnbounded, KeptForEver, PreservedWithoutWatermark,
        FullOneSide, SeveralEventTimes, RangeOnOtherColumn, Months, HeldBackByConstant,
    ];
}
