using System.Collections.Immutable;
using static Typed.Plan.DiagnosticRule;

namespace Typed.Plan;

/// <summary>2050–2059: deduplication, the latest row of a key, the first rows of a group (semantics 5).</summary>
internal static class DistinctDiagnostics
{
    private const string Band = "State";

    public static readonly DiagnosticRule Unbounded = Warning(
        "TYPED2050", Band, "Keys are kept for ever",
        "'{0}' keeps every key it has ever seen, {1}. None is ever forgotten: {2}.",
        "dedup-unbounded-state");

    public static readonly DiagnosticRule WithinWatermarkWithout = Error(
        "TYPED2051", Band, "Deduplication within a watermark that is not there",
        "'{0}' forgets a key when the watermark passes the time of its first row, and {1}. {2}.",
        "dedup-within-watermark-without-watermark");

    public static readonly DiagnosticRule SeveralEventTimes = Error(
        "TYPED2052", Band, "Rows to deduplicate have several event times",
        "'{0}' cannot tell which rows are late: the columns {1} all carry a watermark. Keep one of them in a Select before it.",
        "multiple-event-time-columns");

    public static readonly DiagnosticRule TopNeverCloses = Error(
        "TYPED2053", Band, "The first rows of groups that never close",
        "'{0}' would never write a row: append mode writes a group once no row can come for it, and {1}. {2}, or use OutputMode.Update.");

    public static readonly DiagnosticRule TopUnbounded = Warning(
        "TYPED2054", Band, "Rows are kept for ever",
        "'{0}' keeps the rows of every key it has ever seen{2}. If the keys are many, {1}.");

    public static readonly DiagnosticRule NoOrder = Error(
        "TYPED2055", Band, "Rows in an order that is not there",
        "'{0}' keeps rows by a number, a time or a duration; {1} is none of them. Compute one in 'by'.");

    public static readonly DiagnosticRule TopCount = Error(
        "TYPED2056", Band, "Too few or too many first rows",
        "'TopBy' keeps 1 to {1} rows of each group, not {0}.");

    public static readonly DiagnosticRule TwoEnds = Error(
        "TYPED2057", Band, "A time to live beside a watermarked key",
        "'{0}' forgets a key when the watermark passes '{1}'; a time to live on top of that would end some earlier, by the clock. Leave one of them out.");

    public static ImmutableArray<DiagnosticRule> All => [Unbounded, WithinWatermarkWithout, SeveralEventTimes, TopNeverCloses, TopUnbounded, NoOrder, TopCount, TwoEnds];
}
