namespace Typed.Conformance.Cases;

/// <summary>
/// The refusals that need no diagnostic of Typed: by the shape of the language, or by C#'s own type checks. A case about one of
/// these rules passes only if its plan has indeed no form, or if the C# compiler indeed reports an error in it.
/// </summary>
internal static class Refusals
{
    /// <summary>Rules whose plans cannot be written, and why.</summary>
    public static IReadOnlyDictionary<string, string> NoForm { get; } = new Dictionary<string, string>
    {
        ["streaming-source-in-batch"] = "a Stream<T> is read by a started query only; there is no batch run of it",
        ["no-streaming-source"] = "a Table<T> has no operators, so no chain begins with one",
        ["immediate-action-on-stream"] = "Stream<T> has no member that returns rows",
        ["sample-on-stream"] = "Stream<T> has no Sample",
        ["analytic-window-function"] = "Stream<T> has no analytic functions",
        ["cogroup-on-stream"] = "Stream<T> has no CoGroup",
        ["union-stream-batch"] = "Union takes a Stream<T>, not a Table<T>",
        ["except-stream-right"] = "a difference is an AntiJoin, whose right side is a Table<T>",
        ["intersect-on-stream"] = "Stream<T> has no Intersect",
        ["full-outer-stream-static"] = "a stream and a table have no full outer join",
        ["left-outer-static-stream"] = "a Table<T> has no joins: the stream comes first",
        ["left-semi-static-stream"] = "a Table<T> has no joins: the stream comes first",
        ["right-outer-stream-static"] = "a stream has no right outer join with a table",
        ["left-anti-stream-right"] = "no form that is refused for this: an AntiJoin of two streams is possible here, and a Table<T> has no joins",
        ["multiple-window-expressions"] = "GroupBy takes one window",
        ["session-and-window-mixed"] = "GroupBy takes one window",
        ["continuous-current-time"] = "there is no continuous trigger",
        ["continuous-operator"] = "there is no continuous trigger",
        ["real-time-output-mode"] = "there is no real-time trigger",
        ["real-time-operator-or-sink"] = "there is no real-time trigger",
        ["real-time-identical-sources"] = "there is no real-time trigger",
        ["continuous-foreach-batch"] = "there is no continuous trigger",
        ["continuous-source-or-sink"] = "there is no continuous trigger",
        ["command-in-stream"] = "a query holds operators only, no commands",
        ["insert-into-dir"] = "a query holds operators only, no commands",
        ["unbounded-rdd-conversion"] = "Stream<T> has no member that returns rows",
        ["invalid-output-mode"] = "OutputMode is an enum",
        ["watermark-policy-invalid"] = "WatermarkPolicy is an enum",
        ["monotonic-id"] = "there is no such function",
        ["grouping-sets"] = "GroupBy takes one key",
        ["python-grouped-agg-udf"] = "there are no Python functions",
        ["multiple-apply-in-pandas"] = "there are no Python functions",
        ["apply-in-pandas-mode-mismatch"] = "there are no Python functions",
        ["apply-in-pandas-after-aggregation"] = "there are no Python functions",
        ["subquery-with-stream"] = "a lambda cannot read a Stream<T>",
        ["unsupported-join-type"] = "there is no such join",
        ["streaming-initial-state"] = "the initial state of a processor is a Table<T>",
        ["initial-state-key-mismatch"] = "the key of an initial state has the key type of the stream",
        ["tws-initial-state-schema"] = "Process takes a table only with a processor that has OnInitial",
        ["tws-state-outside-init"] = "state is declared by fields; no method declares it",
        ["tws-duplicate-state-variable"] = "two fields of a class cannot have one name",
        ["tws-column-family-prefix"] = "a field has a name of C#",
        ["tws-backend"] = "every state backend keeps every operator",
        ["state-encoding-avro-operator"] = "there is one encoding of state",
        ["pipeline-batch-flow-into-streaming-table"] = "every output is a Stream<T>; a Table<T> cannot be one",
        ["pipeline-stream-flow-into-materialized-view"] = "there are no views: every output is a stream that goes to a sink",
        ["pipeline-once-flow-streaming"] = "an output has no trigger of its own: all of a pipeline run in one query",
        ["pipeline-multiple-flows-into-view"] = "there are no views, and an output is one method",
        ["pipeline-persisted-view-reads-temp"] = "there are no views",
        ["watermark-on-batch"] = "a Table<T> has no operators",
    };

    /// <summary>Rules that C#'s type checks enforce.</summary>
    public static IReadOnlyDictionary<string, string> ByCSharp { get; } = new Dictionary<string, string>
    {
        ["watermark-column-missing"] = "the record has no such member",
        ["watermark-column-type"] = "the event time is a DateTimeOffset or a TimeWindow",
        ["window-column-type"] = "a window is over a DateTimeOffset or a TimeWindow",
        ["window-time-on-non-window"] = "only a TimeWindow has a Time",
        ["dedup-unknown-column"] = "the record has no such member",
    };

    /// <summary>Plans that are accepted and have no form, because nothing of Typed is in them.</summary>
    public static IReadOnlyDictionary<string, string> OrdinaryCode { get; } = new Dictionary<string, string>
    {
        ["execution: batch"] = "a program over rows without a stream is ordinary C#; nothing refuses it",
    };
}
