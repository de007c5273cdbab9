using System.Globalization;
using Typed.Generator.Emitter.Operators;
using Typed.Generator.Emitter.Text;
using Typed.Plan;
using Typed.PlanFiles;

namespace Typed.Generator.Emitter.Sheets;

/// <summary>What an operator keeps between micro-batches, and until when.</summary>
internal static class StateSheets
{
    private const string ForEver = "for ever";
    private const string ByTheWatermark = "until the watermark ";

    public static IEnumerable<StateSheet> Of(OperatorSpec one, PhysicalPlan plan)
    {
        // An operator that the planner has put in has no node, and none of these has state that grows.
        NodeSpec? node = PlanTree.Of(plan.Pipeline).FirstOrDefault(written => written.Id == one.Node);
        IReadOnlyList<StateCost> costs = node is null ? [] : StateCost.Of(node, plan.Pipeline, one is StreamJoinOp join ? side => Stored(join, side, plan) : null);
        string own = one is ProcessOp process ? process.Processor.Unbounded : "";
        string why = own.Length > 0 ? own : plan.Pipeline.Unbounded.FirstOrDefault(reason => reason.Nodes.Contains(one.Node))?.Reason ?? "";
        return Kept(one, plan).Select((state, i) => state with
        {
            Why = state.IsForEver || own.Length > 0 ? why : "",
            Size = i < costs.Count ? costs[i].Words : "",
            Bytes = i < costs.Count && costs[i].Bytes is { } bytes ? (long)bytes : -1,
        });
    }

    private static IEnumerable<TypeSpec> Stored(StreamJoinOp join, int side, PhysicalPlan plan) =>
        StreamJoinEmitter.Stored(join, side == 0 ? join.Left : join.Right, side).Select(ordinal => plan.Operators[join.Inputs[side]].Output.Columns[ordinal].Type);

    private static IEnumerable<StateSheet> Kept(OperatorSpec one, PhysicalPlan plan) => one switch
    {
        AggregateOp aggregate => [Aggregate(aggregate, plan)],
        DistinctOp distinct => [Distinct(distinct, plan.Operators[distinct.Inputs[0]].Output)],
        TopOp top => [Kept("these rows", top.WatermarkKey >= 0 && plan.Pipeline.OutputMode != "Complete" ? $"until the watermark passes {top.KeyNames[top.WatermarkKey]}"
            : top.TtlMicros > 0 ? $"until no row has come for {DurationWording.Of(top.TtlMicros)}"
            : ForEver)],
        LimitOp { PerResult: false } => [Kept("how many rows have passed", "")],
        ProcessOp process => [Process(process.Processor)],
        StreamJoinOp join => [Kept("left rows", Until(join, 0, plan)), Kept("right rows", Until(join, 1, plan))],
        _ => [],
    };

    /// <summary>What the watermark has to do for the rows of one side of a join to go: <c>passes 10 minutes after Time</c>; null where it does not make them go.</summary>
    public static string? Settles(StreamJoinOp join, int input, PhysicalPlan plan)
    {
        JoinSideSpec side = input == 0 ? join.Left : join.Right;
        RowSpec row = plan.Operators[join.Inputs[input]].Output;
        if (join.EvictionKey >= 0)
        {
            JoinKeySpec key = join.Keys[join.EvictionKey];
            return "passes " + row.Columns[input == 0 ? key.Left : key.Right].Name;
        }

        if (side.StateCapMillis is { } cap && side.TimeColumn >= 0)
            return $"passes {row.Columns[side.TimeColumn].Name}, and for ever after second {(cap / 1000m).ToString(CultureInfo.InvariantCulture)} of 1970 (semantics 6.2.9)";
        if (side.StateDelayMillis is not { } delay || side.TimeColumn < 0)
            return null;

        // A row at W less the delay goes: one millisecond more than is written stands for <= (semantics 6.2.2).
        bool isInclusive = delay % 1000 == 1;
        long written = isInclusive ? delay - 1 : delay;
        string after = written == 0 ? "" : $" {DurationWording.Of(Math.Abs(written) * 1000)} {(written > 0 ? "after" : "before")}";
        return $"{(isInclusive ? "passes" : "reaches")}{after} {row.Columns[side.TimeColumn].Name}";
    }

    /// <summary>Whether the watermark closes the groups of an aggregation.</summary>
    public static bool IsBounded(AggregateOp aggregate) => aggregate.WindowIsWatermarked || aggregate.WatermarkKey >= 0;

    private static StateSheet Aggregate(AggregateOp aggregate, PhysicalPlan plan)
    {
        if (aggregate.IsGlobal)
            return Kept("one row", "");
        if (aggregate.TtlMicros > 0)
            return Kept("a row for each group", $"forgotten {DurationWording.Of(aggregate.TtlMicros)} after its last row");
        if (!IsBounded(aggregate) || plan.Pipeline.OutputMode == "Complete")
            return Kept($"a row for each {(aggregate.Session is null ? "group" : "group and session")}", ForEver);
        return aggregate.Session is not null ? Kept("a row for each group and session", "until the watermark passes the end of the session")
            : aggregate.WindowIsWatermarked ? Kept("a row for each group and window", "until the watermark passes the end of the window")
            : Kept("a row for each group", $"until the watermark passes {plan.Operators[aggregate.Inputs[0]].Output.Columns[aggregate.Keys[aggregate.WatermarkKey]].Name}");
    }

    private static StateSheet Distinct(DistinctOp distinct, RowSpec input) => distinct.ExpiryColumn < 0
        ? Kept("every key", ForEver)
        : Kept("each key", $"until the watermark passes {input.Columns[distinct.ExpiryColumn].Name}{(distinct.WithinWatermark ? $" of its first row + {DurationWording.Of(distinct.DelayMicros)}" : "")}");

    private static StateSheet Process(ProcessorTraits processor) => !processor.HasState
        ? Kept("what time it is asked for", "")
        : Kept("what it keeps for each key", processor.Expires ? "as long as its members live" : "until it clears it");

    private static string Until(StreamJoinOp join, int input, PhysicalPlan plan) => Settles(join, input, plan) is { } settles ? "until the watermark " + settles : ForEver;

    private static StateSheet Kept(string what, string goes) => new(what, goes, goes == ForEver) { ByWatermark = goes.StartsWith(ByTheWatermark, StringComparison.Ordinal) };
}
