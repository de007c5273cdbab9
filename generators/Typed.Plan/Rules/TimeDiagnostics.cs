using System.Collections.Immutable;
using static Typed.Plan.DiagnosticRule;

namespace Typed.Plan;

/// <summary>10xx: event time, watermarks, the parameters of windows (semantics 1 and 2).</summary>
internal static class TimeDiagnostics
{
    private const string Band = "Time";

    public static readonly DiagnosticRule AppendWithoutWatermark = Error(
        "TYPED1001", Band, "An aggregation in append mode can never emit",
        "'{0}' will never write a row: in append mode a group is written once it is finished, and {1}. {2}.",
        "append-agg-without-watermark");

    public static readonly DiagnosticRule WindowOverOtherColumn = Error(
        "TYPED1002", Band, "A window over another column than the watermarked one",
        "'{0}' will never write a row: its windows are cut over '{1}', but the watermark is on '{2}', so no window is ever finished. Cut the windows over '{2}', or declare the watermark on '{1}'.",
        "watermark-other-column");

    public static readonly DiagnosticRule WatermarkAfterAggregation = Error(
        "TYPED1003", Band, "The watermark is declared above the aggregation that needs it",
        "'{0}' will never write a row: the watermark on '{1}' is declared after this aggregation, so its groups are never finished. Call WithWatermark before GroupBy.",
        "watermark-after-stateful");

    public static readonly DiagnosticRule SeveralEventTimes = Error(
        "TYPED1004", Band, "A group has several event times",
        "The groups of '{0}' cannot be closed by one watermark: the keys {1} all carry it. Keep one of them.",
        "multiple-event-time-columns");

    public static readonly DiagnosticRule WatermarkRedefined = Error(
        "TYPED1005", Band, "A second watermark on one stream",
        "This stream already has a watermark, on '{0}', and two would contradict each other on which rows are late. Declare it once, nearest the source.",
        "watermark-redefined");

    public static readonly DiagnosticRule NegativeDelay = Error(
        "TYPED1006", Band, "A negative watermark delay",
        "A watermark with the delay '{0}' would run ahead of the rows and drop nearly all of them as late. Give a delay of zero or more.",
        "watermark-negative-delay");

    public static readonly DiagnosticRule UnreadableDelay = Error(
        "TYPED1007", Band, "The watermark delay is not a duration",
        "'{0}' is not a duration. Write a number and a unit, such as \"10 minutes\" or \"1 hour 30 minutes\".",
        "watermark-unparsable-delay");

    public static readonly DiagnosticRule WatermarkNotAColumn = Error(
        "TYPED1008", Band, "The event time is not a column",
        "The watermark cannot follow {0}, which is computed and not a column of the row. Compute it in a Select before WithWatermark and name that column.");

    public static readonly DiagnosticRule WindowSize = Error(
        "TYPED1010", Band, "A window without length",
        "No row fits into a window of size '{0}'. Give a size above zero.",
        "window-duration-not-positive");

    public static readonly DiagnosticRule WindowSlide = Error(
        "TYPED1011", Band, "Windows that do not advance",
        "Windows that start every '{0}' never advance. Give a slide above zero.",
        "window-slide-not-positive");

    public static readonly DiagnosticRule WindowGaps = Error(
        "TYPED1012", Band, "Windows with gaps between them",
        "Windows of size '{0}' that start every '{1}' leave gaps, and rows in a gap would vanish. Make the slide at most the size, or filter the rows that you do not want.",
        "window-slide-greater-than-size");

    public static readonly DiagnosticRule WindowOffset = Error(
        "TYPED1013", Band, "A window offset beyond the slide",
        "An offset of '{0}' shifts windows that start every '{1}' onto the grid again. Give an offset between minus and plus the slide, both excluded.",
        "window-offset-out-of-range");

    public static readonly DiagnosticRule WindowCalendar = Error(
        "TYPED1014", Band, "Months and years have no fixed length",
        "'{0}' cannot be the {1} of a window: months and years differ in length. Use weeks, days or smaller units; or truncate the date in a Select and group by it.",
        "window-calendar-interval");

    public static readonly DiagnosticRule WindowText = Error(
        "TYPED1015", Band, "A window parameter is not a duration",
        "'{0}' is not a duration. Write a number and a unit, such as \"5 minutes\" or \"1 hour 30 minutes\".");

    public static readonly DiagnosticRule SeveralWindows = Error(
        "TYPED1016", Band, "Several windows in one grouping",
        "A row would fall into every pair of two kinds of windows. Use one window for each GroupBy; several windows are several queries or a window over a window.",
        "multiple-window-expressions");

    public static readonly DiagnosticRule WindowTime = Error(
        "TYPED1017", Band, "It is not clear over which time the windows are cut",
        "The windows of '{0}' have no time to be cut over: {1}. Name the time with on: x => x.Time, or mark one field with [EventTime].");

    public static readonly DiagnosticRule InnerAggregation = Warning(
        "TYPED1018", Band, "An inner aggregation can never emit",
        "'{0}' never passes a row on to the aggregation above it: in append mode a group is written once it is finished, and {1}. {2}.",
        "inner-aggregation-without-watermark");

    public static readonly DiagnosticRule WindowInExpression = Error(
        "TYPED1019", Band, "A window inside an expression",
        "A window assigns rows to groups and has no value for one row. Pass it to GroupBy.",
        "window-nondeterministic-in-filter");

    public static readonly DiagnosticRule TimeToLive = Error(
        "TYPED1020", Band, "A time to live that is none",
        "'{0}' cannot be the time to live of a group: {1}. Write a number above zero and a unit up to weeks, such as \"30 days\".");

    public static readonly DiagnosticRule DelaysDiffer = Info(
        "TYPED1021", Band, "Streams of different delays become one",
        "Rows of both streams wait as long as those of the slower one: the delay of its watermark is {0}, that of the other {1}, and the watermark of a query follows the input that is furthest behind. Give both the same delay if that is not meant.");

    public static readonly DiagnosticRule WaitsAddUp = Info(
        "TYPED1022", Band, "Waiting times add up",
        "A result may come up to {0} of event time after a row that it counts: {1}, and the watermark is {2} behind. Where that is too long, make the windows below shorter or use one aggregation.");

    public static readonly DiagnosticRule IdleAfter = Error(
        "TYPED1040", Band, "A time after which an input is idle that is none",
        "'{0}' cannot be the time after which an input is idle: {1}. Write a number above zero and a unit up to weeks, such as \"30 seconds\".");

    public static readonly DiagnosticRule MaxAhead = Error(
        "TYPED1041", Band, "A bound on clocks in the future that is none",
        "'{0}' cannot bound how far ahead of the clock an event time may be: {1}. Write a number of zero or more and a unit up to weeks, such as \"1 hour\".");

    public static ImmutableArray<DiagnosticRule> All =>
    [
        AppendWithoutWatermark, WindowOverOtherColumn, WatermarkAfterAggregation, SeveralEventTimes, WatermarkRedefined, NegativeDelay,
        UnreadableDelay, WatermarkNotAColumn, WindowSize, WindowSlide, WindowGaps, WindowOffset, WindowCalendar, WindowText,
        SeveralWindows, WindowTime, InnerAggregation, WindowInExpression, TimeToLive, DelaysDiffer, WaitsAddUp, IdleAfter, MaxAhead,
    ];
}
