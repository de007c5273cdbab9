using System.Collections.Immutable;
using static Typed.Plan.DiagnosticRule;

namespace Typed.Plan;

/// <summary>20xx: state, output modes, sorting, limits, joins with tables (semantics 3, 7, 8, 20).</summary>
internal static class StateDiagnostics
{
    private const string Band = "State";

    public static readonly DiagnosticRule UnboundedGroups = Info(
        "TYPED2001", Band, "Groups are kept for ever",
        "'{0}' keeps every group it has ever seen: no window and no time to live ends it{1}. If the keys are many, group by a window as well or give a time to live: GroupBy(key, ttl: \"30 days\").");

    public static readonly DiagnosticRule NoReason = Warning(
        "TYPED2002", Band, "Kept for ever without a reason",
        "[Unbounded] says nothing: it stands in the place of what would be said about state that is kept for ever, so that a reader knows why it may be. Give the reason, such as [Unbounded(\"one entry for each country\")].");

    public static readonly DiagnosticRule NothingUnbounded = Info(
        "TYPED2003", Band, "Nothing is kept for ever here",
        "[Unbounded] on '{0}' gives a reason for state that is kept for ever, and there is none: each operator with state in it ends what it keeps. Remove the attribute.");

    public static readonly DiagnosticRule DistinctUnbounded = Error(
        "TYPED2011", Band, "An exact distinct count without bound",
        "'{0}' would keep every distinct value for ever: {1}. Use ApproxCountDistinct, or bound the groups by a window over a watermarked time or by a time to live.",
        "distinct-aggregate");

    public static readonly DiagnosticRule SortStreaming = Error(
        "TYPED2012", Band, "A stream has no end to sort to",
        "'{0}' would wait for the last row of a stream that has none. Sort above an aggregation in OutputMode.Complete, or sort where the result is read.",
        "sort-streaming");

    public static readonly DiagnosticRule SortBeforeAggregation = Error(
        "TYPED2013", Band, "Sorted before the aggregation",
        "'{0}' would wait for the last row of a stream that has none: it stands below the aggregation, whose groups have no order anyway. Sort the result, after GroupBy and Select.",
        "sort-before-aggregation");

    public static readonly DiagnosticRule SortUpdate = Error(
        "TYPED2014", Band, "Sorted changes",
        "'{0}' would sort only the groups that changed in a batch, not the result: in update mode the rest is not written. Use OutputMode.Complete, or sort where the result is read.",
        "sort-update-mode");

    public static readonly DiagnosticRule Skip = Error(
        "TYPED2015", Band, "A stream has no first row to skip from",
        "Which rows 'Skip' leaves out would depend on how the rows were cut into batches. Filter by time or key instead.",
        "offset-clause");

    public static readonly DiagnosticRule LimitUpdate = Error(
        "TYPED2016", Band, "A limit in update mode",
        "'Take' would keep rows that later changes replace by others that it had left out. Use OutputMode.Append, or OutputMode.Complete above an aggregation.",
        "limit-update-mode");

    public static readonly DiagnosticRule CompleteWithoutAggregation = Error(
        "TYPED2017", Band, "Complete mode without an aggregation",
        "'{0}' would have to write every row it has ever seen again in each batch: OutputMode.Complete writes the whole result, and only an aggregation keeps one. Use OutputMode.Append, or aggregate.",
        "complete-without-aggregation");

    public static readonly DiagnosticRule AggregationOfChanges = Error(
        "TYPED2018", Band, "State over changing results",
        "'{0}' would take the changed values of the aggregation below it for new rows: in {1} mode that one passes a group on each time it changes. Use OutputMode.Append, where each group comes once and final, or two queries.",
        "stateful-after-non-append-aggregation");

    public static readonly DiagnosticRule LimitCount = Error(
        "TYPED2020", Band, "A limit below zero",
        "A limit of {0} rows cannot be kept. Give zero or more.");

    public static readonly DiagnosticRule NameWithoutState = Error(
        "TYPED2021", Band, "A name for an operator without state",
        "'Named' stands behind {0}, which is no operator with state: what is stored would not get this name. Put it right behind the operator that keeps something: the Select or Aggregate of groups, DropDuplicates, a join of streams, TopBy, LastBy, Take.");

    public static readonly DiagnosticRule SecondName = Error(
        "TYPED2022", Band, "A second name for an operator",
        "'{0}' would be the second name of an operator whose state is called '{1}': stored state is found by one name. Remove one of the two.");

    public static readonly DiagnosticRule NameText = Error(
        "TYPED2023", Band, "A name that state cannot have",
        "'{0}' cannot be the name of an operator's state: {1}. Use letters, digits, '-', '_' and '.', such as \"orders-by-user\".");

    public static readonly DiagnosticRule ManyWindows = Warning(
        "TYPED2031", Band, "A row counts in very many windows",
        "Each row counts in {0} windows, which are {1} long and start every {2}: as many result rows come of a key that is seen once. Start windows less often, or aggregate by the slide first and by the windows above that.");

    public static readonly DiagnosticRule JoinWithoutEquality = Info(
        "TYPED2030", Band, "Every pair of rows is compared",
        "The join with '{0}' compares every row with every row of the table, because its condition holds no equality between a column of each. That is slow for large tables. Join on an equality and filter the rest if you can.");

    public static ImmutableArray<DiagnosticRule> All =>
    [
        UnboundedGroups, NoReason, NothingUnbounded, DistinctUnbounded, SortStreaming, SortBeforeAggregation, SortUpdate, Skip, LimitUpdate, CompleteWithoutAggregation,
        AggregationOfChanges, LimitCount, NameWithoutState, SecondName, NameText, JoinWithoutEquality, ManyWindows,
    ];
}
