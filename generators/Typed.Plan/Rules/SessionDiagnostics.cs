using System.Collections.Immutable;
using static Typed.Plan.DiagnosticRule;

namespace Typed.Plan;

/// <summary>2040–2049: session windows (semantics 4).</summary>
internal static class SessionDiagnostics
{
    private const string Band = "State";

    public static readonly DiagnosticRule UpdateMode = Error(
        "TYPED2040", Band, "Sessions in update mode",
        "'{0}' cannot write changes of a session: a session that grows has another start or end and so is another row, and the one written before would stay. Use OutputMode.Append, where each session comes once and final, or OutputMode.Complete.",
        "session-window-update-mode");

    public static readonly DiagnosticRule NoKey = Error(
        "TYPED2041", Band, "Sessions without a key",
        "'{0}' would join the rows of everybody into one chain of sessions that all has to be in one place. Group by a key as well: GroupBy(x => x.UserId, Window.Session(…)).",
        "session-window-global");

    public static readonly DiagnosticRule GapText = Error(
        "TYPED2042", Band, "The gap of sessions is not a duration",
        "'{0}' is not a duration. Write a number and a unit, such as \"10 minutes\" or \"1 hour 30 minutes\".",
        "session-gap-type");

    public static readonly DiagnosticRule GapCalendar = Info(
        "TYPED2043", Band, "The gap of sessions has months",
        "A gap of '{0}' differs in length from row to row: its months are added by the calendar, in UTC, and end on the last day of a month that has no such day. Use days if the gap is to be the same for all rows.",
        "session-gap-calendar");

    public static readonly DiagnosticRule GapNotPositive = Error(
        "TYPED2044", Band, "A session gap that is not above zero",
        "With a gap of '{0}' no row belongs to a session, and the result is empty. Give a gap above zero.",
        "session-gap-not-positive");

    public static readonly DiagnosticRule SessionAndWindow = Error(
        "TYPED2045", Band, "A session and another window in one grouping",
        "Sessions grow with their rows and windows do not, so a row cannot be grouped by both at once. Use one for each GroupBy: sessions of windows, windows of sessions (over g.Window), or two queries.",
        "session-and-window-mixed");

    public static ImmutableArray<DiagnosticRule> All => [UpdateMode, NoKey, GapText, GapCalendar, GapNotPositive, SessionAndWindow];
}
