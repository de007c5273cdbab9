using System.Collections.Immutable;
using static Typed.Plan.DiagnosticRule;

namespace Typed.Plan;

/// <summary>007x and 208x–209x: processors of custom state, and how they stand in a query (semantics 3, 9, 10, 20).</summary>
internal static class ProcessorDiagnostics
{
    private const string Class = "Pipeline";
    private const string Band = "State";

    public static readonly DiagnosticRule Shape = Error(
        "TYPED0070", Class, "A processor must be a partial class",
        "'{0}' cannot be bound to its state: {1}. Declare it as a partial, non-generic, non-abstract class inside partial types only, directly derived from KeyedProcessor or GroupProcessor of records, tuples or values of field types.");

    public static readonly DiagnosticRule Instance = Error(
        "TYPED0071", Class, "A processor is made where it is used",
        "Process cannot make '{0}': {1}. Write it in place, as in Process(new LoginWatch {{ Limit = Limit }}, \"login-watch\"), with constants and init properties of the pipeline as its values.");

    public static readonly DiagnosticRule StateType = Error(
        "TYPED0072", Class, "This type cannot be kept as state",
        "'{0}' cannot be kept for each key: {1}.");

    public static readonly DiagnosticRule StateField = Error(
        "TYPED0073", Class, "This field cannot be kept as state",
        "'{0}' cannot be kept for each key: {1}.");

    public static readonly DiagnosticRule SharedField = Warning(
        "TYPED0074", Class, "A field that all keys share",
        "'{0}' is shared by all keys and forgotten at a restart: one object of '{1}' serves every key. Mark it [State] to keep it for each key, or make it readonly or an init property.");

    public static readonly DiagnosticRule Migration = Error(
        "TYPED0075", Class, "This method is no migration of a state variable",
        "'{0}' cannot make stored values into present ones: {1}.");

    public static readonly DiagnosticRule MapGroupsMode = Error(
        "TYPED2080", Band, "One row for each call needs update mode",
        "'{0}' emits the present state of a key with each call, which replaces the row before: that is update mode, and the query is in {1} mode. Use OutputMode.Update, or take off OneRowPerCall.",
        "map-groups-output-mode");

    public static readonly DiagnosticRule UpdateGroupsMode = Error(
        "TYPED2081", Band, "A group processor of updates in a query that is none",
        "The rows of '{0}' replace earlier rows of their key (Output = OutputMode.Update), but the query is in {1} mode and would write them as new ones. Use OutputMode.Update for the query, or OutputMode.Append in [GroupProcessor].",
        "flatmap-groups-update-mode-mismatch");

    public static readonly DiagnosticRule AppendGroupsMode = Error(
        "TYPED2082", Band, "A group processor of new rows in another mode",
        "The rows of '{0}' stay for good (Output = OutputMode.Append), but the query is in {1} mode. Use OutputMode.Append for the query, or OutputMode.Update in [GroupProcessor].",
        "flatmap-groups-append-mode-mismatch");

    public static readonly DiagnosticRule CompleteGroups = Error(
        "TYPED2083", Band, "A group processor has no complete result",
        "'{0}' cannot emit a complete result: it is called for the keys of a batch and emits rows for those. Use OutputMode.Append or OutputMode.Update.",
        "flatmap-groups-complete");

    public static readonly DiagnosticRule UpdateGroupsWithAggregation = Error(
        "TYPED2084", Band, "A group processor of updates beside an aggregation",
        "The rows of '{0}' replace earlier rows of their key (Output = OutputMode.Update), and an aggregation in the same query would count them as new ones. Use OutputMode.Append in [GroupProcessor], or two queries.",
        "flatmap-groups-update-with-aggregation");

    public static readonly DiagnosticRule SeveralMapGroups = Error(
        "TYPED2085", Band, "Two processors with one row for each call",
        "'{0}' would take each changed row of '{1}' for a new one: a query has one processor with OneRowPerCall. Use OutputMode.Append for both, or two queries.",
        "multiple-map-groups");

    public static readonly DiagnosticRule MixedGroups = Error(
        "TYPED2086", Band, "Processors with and without one row for each call",
        "'{0}' and '{1}' cannot stand in one query: one of them emits changes of its keys (OneRowPerCall), the other rows of its own. Use OutputMode.Append for both, or two queries.",
        "mixed-map-flatmap-groups");

    public static readonly DiagnosticRule ChainedGroups = Error(
        "TYPED2087", Band, "Several group processors in another mode than append",
        "'{0}' and '{1}' stand in one query, and {2}: changed rows of one would be new rows to the other. Use OutputMode.Append for the query and for every [GroupProcessor].",
        "multiple-flatmap-groups-not-append");

    public static readonly DiagnosticRule TimeoutWithoutWatermark = Error(
        "TYPED2088", Band, "Time-outs by an event time that is not declared",
        "No time-out of '{0}' could ever expire: it follows the event time, and no watermark reaches it. Call WithWatermark before GroupBy, or use TimeMode.ProcessingTime.",
        "event-timeout-without-watermark");

    public static readonly DiagnosticRule TimersWithoutWatermark = Error(
        "TYPED2089", Band, "Timers by an event time that is not declared",
        "No timer of '{0}' could ever be due: it follows the event time, and no watermark reaches it. Call WithWatermark before GroupBy, or use TimeMode.ProcessingTime.",
        "tws-event-time-without-watermark");

    public static readonly DiagnosticRule AfterEventTimeGroups = Error(
        "TYPED2090", Band, "An operator with state after time-outs by the event time",
        "'{0}' may emit rows older than the watermark when keys time out, and '{1}' would drop them as late without a word. Use a KeyedProcessor, whose OutputEventTime is checked; or time-outs by the clock; or two queries.",
        "stateful-after-event-time-groups");

    public static readonly DiagnosticRule LifetimeWithoutClock = Error(
        "TYPED2091", Band, "A lifetime without a clock",
        "'{0}' could never expire: lifetimes are measured by the clock of the batches, and '{1}' does not follow it. Set Time = TimeMode.ProcessingTime in [Processor], or remove old state in OnTimer.",
        "tws-ttl-without-processing-time");

    public static readonly DiagnosticRule Lifetime = Error(
        "TYPED2092", Band, "A lifetime that is none",
        "'{0}' cannot be a lifetime of state: {1}. Write a number above zero and a unit up to weeks, such as \"24 hours\"; leave Ttl out for ever.",
        "tws-ttl-not-positive");

    public static readonly DiagnosticRule OutputTimeWithoutWatermark = Error(
        "TYPED2093", Band, "An event time goes out that did not come in",
        "The rows of '{0}' cannot carry the watermark on in '{1}': none reaches it. Call WithWatermark before GroupBy, or take off OutputEventTime.",
        "event-time-column-without-watermark");

    public static readonly DiagnosticRule OutputTimeMissing = Error(
        "TYPED2094", Band, "The event time that goes out is no field",
        "The rows of '{0}' cannot carry the event time on: {1}. Name a DateTimeOffset of the record that goes out, as in OutputEventTime = nameof(Alert.Time).",
        "event-time-column-not-in-output");

    public static readonly DiagnosticRule TimeoutOfOtherMode = Error(
        "TYPED2095", Band, "A time-out of another clock",
        "'{0}' would fail the query: '{1}' has {2}. TimeoutAfter needs [GroupProcessor(Timeout = TimeMode.ProcessingTime)], TimeoutAt needs TimeMode.EventTime.",
        "timeout-mode-mismatch");

    public static readonly DiagnosticRule WatermarkUnknown = Error(
        "TYPED2096", Band, "The watermark is read where there is none",
        "'{0}' reads the watermark, which would fail the query: none is declared before it. Call WithWatermark before GroupBy.",
        "current-watermark-without-watermark");

    public static readonly DiagnosticRule SameName = Error(
        "TYPED2097", Band, "Two operators with state have one name",
        "'{0}' names the state of two operators, and after a change of the query neither could be told from the other. Give each a name of its own.");

    public static readonly DiagnosticRule KeptForEver = Warning(
        "TYPED2098", Band, "State is kept for ever",
        "'{0}' keeps its state for every key it has ever seen: nothing in it clears state, no timer or time-out ends it, and not all of it has a lifetime. If the keys are many, set a time-out or a timer and clear the state there, or give it a Ttl.");

    public static readonly DiagnosticRule TimersWithoutTime = Error(
        "TYPED2099", Band, "Timers without a clock",
        "'{0}' has no timers, so '{1}' would fail or never be called: it follows no clock. Set Time = TimeMode.ProcessingTime or TimeMode.EventTime in [Processor].",
        "tws-timer-without-time-mode");

    public static ImmutableArray<DiagnosticRule> All =>
    [
        Shape, Instance, StateType, StateField, SharedField, Migration, MapGroupsMode, UpdateGroupsMode, AppendGroupsMode, CompleteGroups,
        UpdateGroupsWithAggregation, SeveralMapGroups, MixedGroups, ChainedGroups, TimeoutWithoutWatermark, TimersWithoutWatermark,
        AfterEventTimeGroups, LifetimeWithoutClock, Lifetime, OutputTimeWithoutWatermark, OutputTimeMissing, TimeoutOfOtherMode,
        WatermarkUnknown, SameName, KeptForEver, TimersWithoutTime,
    ];
}
