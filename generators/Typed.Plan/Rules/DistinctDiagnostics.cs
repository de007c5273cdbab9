using System.Collections.Immutable;
using static Typed.Plan.DiagnosticRule;

namespace Typed.Plan;

/// <summary>2050–2059: deduplication, the latest row of a key, the first rows of a group (semantics 5).</summary>
internal static class DistinctDiagnostics
{
    private const string Band = "State";

    public static readonly DiagnosticRule Unbounded = Warning(
        "TYPED2050", Band, "Keys are kept for ever",
        "'{0}' keeps every key it has ever seen, about {1}. None is ever forgotten: {2}.",
        "dedup-unbounded-state");

    public static readonly DiagnosticRule WithinWatermarkWithout = Error(
        "TYPED2051", Band, "Deduplication within a watermark that is not there",
        "'{0}' forgets a key when the watermark passes the time of its first row, and {1}. {2}.",
        "dedup-within-watermark-without-watermark");

    public static readonly DiagnosticRule SeveralEventTimes = Error(
        "TYPED2052", Band, "Rows to deduplicate have several event times",
        "'{0}' cannot tell which rows are late: the columns {1} all carry a watermark. Keep one of them in a Select before it.",
        "multiple-event-time-columns");

    public static ImmutableArray<DiagnosticRule> All => [Unbounded, WithinWatermarkWithout, SeveralEventTimes];
}
