using System.Globalization;
using Typed.Plan;

namespace Typed.Generator.Emitter.Sheets;

/// <summary>When rows come out: of an operator that holds them back, and of the pipeline.</summary>
internal static class EmissionWords
{
    private const string First = "in the first micro-batch whose watermark";
    private const string Changed = "a row for each group that has new rows appears in each micro-batch, as it is by then";

    /// <summary>When rows come out of an operator; empty where each comes out in the micro-batch in which it came in.</summary>
    public static string Of(OperatorSpec one, PhysicalPlan plan) => one switch
    {
        AggregateOp aggregate => Aggregate(aggregate, plan),
        TopOp top => plan.Pipeline.OutputMode switch
        {
            "Complete" => "all groups appear in each micro-batch",
            "Update" => "the rows of each group that have changed appear in each micro-batch",
            _ => top.WatermarkKey < 0 ? "no row appears: nothing closes a group" : $"the rows of a group appear once, {First} has reached {top.KeyNames[top.WatermarkKey]}",
        },
        StreamJoinOp join => Join(join, plan),
        ProcessOp process => Process(process.Processor),
        _ => "",
    };

    /// <summary>When rows come out that an operator gives to an output: sentences.</summary>
    public static IEnumerable<string> Appears(int number, PhysicalPlan plan)
    {
        OperatorSpec[] above = [.. Above(number, plan).Select(one => plan.Operators[one])];
        OperatorSpec[] holding = [.. above.Where(one => Of(one, plan).Length > 0)];
        if (holding.Length == 0)
            yield return "A row appears in the micro-batch that reads it.";
        for (int i = 0; i < holding.Length; i++)
        {
            string words = Of(holding[i], plan);
            yield return (i == 0 ? "" : "Then ") + (holding.Length == 1 ? Capital(words) : $"{holding[i].Name}: {words}") + ".";
        }

        OperatorSpec[] waiting = [.. holding.Where(one => Waits(one, plan))];
        if (waiting.Length > 0)
        {
            yield return WatermarkWords.Of(waiting[waiting.Length - 1], plan);
            if (waiting.Length == 1 && Example(waiting[0], plan) is { } example)
                yield return example;
            if (waiting.Any(one => Above(one.Number, plan).Any(other => other != one.Number && plan.Operators[other] is StreamJoinOp)))
                yield return "Behind a join of streams it lies further back, by as long as the join may still give rows.";
            yield return "While no later event comes, the watermark stands still, and what waits for it waits.";
        }

        if (plan.Pipeline.OutputMode == "Update" && holding.Length > 0 && above.Any(one => one is StageOp { Filters.Count: > 0 } && holding.Any(held => held is AggregateOp or TopOp && held.Number < one.Number && Above(one.Number, plan).Contains(held.Number))))
            yield return "What a filter behind it no longer lets through is not taken back.";
    }

    private static string Aggregate(AggregateOp aggregate, PhysicalPlan plan)
    {
        switch (plan.Pipeline.OutputMode)
        {
            case "Complete":
                return aggregate.IsGlobal ? "its one row appears in each micro-batch" : "all groups appear in each micro-batch";
            case "Update":
                return aggregate.IsGlobal ? "its one row appears in each micro-batch" : Changed;
            default:
                string group = "a row for each group appears once, ";
                return aggregate.Session is not null && aggregate.WindowIsWatermarked ? group + First + " has reached the end of its session, which is the last event's time and the gap"
                    : aggregate.WindowIsWatermarked ? group + First + " has reached the end of its window"
                    : aggregate.WatermarkKey >= 0 ? group + First + " has reached its " + plan.Operators[aggregate.Inputs[0]].Output.Columns[aggregate.Keys[aggregate.WatermarkKey]].Name
                    : "no row appears: nothing closes a group";
        }
    }

    private static string Join(StreamJoinOp join, PhysicalPlan plan)
    {
        List<string> parts = [];
        if (join.Kind == StreamJoinKind.LeftSemi)
            parts.Add("a left row appears in the micro-batch in which its first match is known");
        else if (join.Kind != StreamJoinKind.LeftAnti)
            parts.Add("a pair appears in the micro-batch in which the second of its rows comes");
        if (join.Kind.PreservesLeft())
            parts.Add("a left row without a match " + Settled(0));
        if (join.Kind.PreservesRight())
            parts.Add("a right row without a match " + Settled(1));
        return string.Join(", ", parts);

        string Settled(int input) => StateSheets.Settles(join, input, plan) is { } settles ? $"{First} {settles}" : "never";
    }

    private static string Process(ProcessorTraits processor)
    {
        string rows = "what handlers of rows emit appears in the micro-batch of the rows";
        string what = processor.Form == ProcessorForm.Keyed ? "timers" : "time-outs";
        return processor.Time switch
        {
            ProcessorTime.EventTime => $"{rows}, what {what} emit {First} has reached their time",
            ProcessorTime.ProcessingTime => $"{rows}, what {what} emit in the first micro-batch after their time",
            _ => rows,
        };
    }

    /// <summary>Whether rows wait for the watermark.</summary>
    private static bool Waits(OperatorSpec one, PhysicalPlan plan) => Of(one, plan).Contains(First);

    /// <summary>The arithmetic for one window, where it is simple; null elsewhere.</summary>
    private static string? Example(OperatorSpec one, PhysicalPlan plan)
    {
        const long TenOClock = 36_000_000_000, Midnight = 86_400_000_000, Minute = 60_000_000;
        if (one is not AggregateOp { WindowIsWatermarked: true, Session: null } aggregate || WatermarkWords.Reaching(one, plan).ToArray() is not [var mark])
            return null;
        if (Above(one.Number, plan).Any(number => plan.Operators[number] is StreamJoinOp))
            return null;
        long end = TenOClock + aggregate.SizeMicros, seen = end + mark.DelayMicros;
        bool isPlain = (TenOClock - aggregate.OffsetMicros) % aggregate.SlideMicros == 0 && end % Minute == 0 && seen % Minute == 0 && seen < Midnight;
        return isPlain ? $"So the window from 10:00 to {Clock(end)} closes once an event of {Clock(seen)} or later has been read." : null;

        static string Clock(long micros) => string.Format(CultureInfo.InvariantCulture, "{0:00}:{1:00}", micros / (60 * Minute), micros / Minute % 60);
    }

    /// <summary>An operator and all whose rows it may get, in the order of the plan.</summary>
    private static SortedSet<int> Above(int number, PhysicalPlan plan)
    {
        SortedSet<int> above = [];
        Collect(number);
        return above;

        void Collect(int one)
        {
            if (!above.Add(one))
                return;
            foreach (int input in plan.Operators[one].Inputs)
                Collect(input);
        }
    }

    private static string Capital(string words) => char.ToUpperInvariant(words[0]) + words.Substring(1);
}
