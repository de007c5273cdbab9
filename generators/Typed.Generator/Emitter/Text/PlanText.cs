using System.Text;
using Typed.Plan;

namespace Typed.Generator.Emitter.Text;

/// <summary>A physical plan in words: what each operator does, in the order in which rows pass them.</summary>
internal static class PlanText
{
    /// <param name="plan">The plan.</param>
    /// <param name="stages">What to say of the expressions of a stage: how each one is computed.</param>
    public static string Of(PhysicalPlan plan, Func<StageOp, IEnumerable<string>> stages)
    {
        StringBuilder text = new();
        text.Append(plan.Pipeline.Name).Append(", ").Append(plan.Pipeline.OutputMode.ToLowerInvariant()).Append(" mode\n");
        int width = plan.Operators.Max(one => one.Name.Length) + 2;
        foreach (OperatorSpec one in plan.Operators)
        {
            string name = one.Name.PadRight(width);
            foreach (string line in Lines(one, plan, stages))
            {
                text.Append("  ").Append(name).Append(line).Append('\n');
                name = new string(' ', width);
            }
        }

        for (int i = 0; plan.Outputs.Count > 1 && i < plan.Outputs.Count; i++)
        {
            OutputSpec output = plan.Pipeline.Outputs[i];
            string comment = output.Comment.Length == 0 ? "" : ", " + string.Join(" ", output.Comment.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            text.Append("  output ").Append(output.Name).Append(": ").Append(plan.Operators[plan.Outputs[i]].Name).Append(comment).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>One operator, without its name.</summary>
    public static IEnumerable<string> Lines(OperatorSpec one, PhysicalPlan plan, Func<StageOp, IEnumerable<string>> stages)
    {
        string read = one.Inputs.Count == 0 || (one.Inputs.Count == 1 && one.Inputs[0] == one.Number - 1)
            ? ""
            : "reads " + string.Join(" and ", one.Inputs.Select(input => plan.Operators[input].Name)) + ": ";
        bool first = true;
        foreach (string line in Body(one, plan, stages))
        {
            yield return first ? read + line : line;
            first = false;
        }
    }

    private static IEnumerable<string> Body(OperatorSpec one, PhysicalPlan plan, Func<StageOp, IEnumerable<string>> stages)
    {
        RowSpec? input = one.Inputs.Count > 0 ? plan.Operators[one.Inputs[0]].Output : null;
        switch (one)
        {
            case SourceOp source:
                return [$"the stream {plan.Pipeline.Sources[source.Source].Name} of {Simple(plan.Pipeline.Sources[source.Source].RecordName)}"];
            case StageOp stage:
                return Stage(stage, stages);
            case FlattenOp flatten:
                return [$"one row for each element of {input!.Columns[flatten.ListColumn].Name}"];
            case WatermarkOp watermark:
                return Watermark(watermark, input!);
            case AggregateOp aggregate:
                return Aggregate(aggregate, input!, plan);
            case UnionOp:
                return ["all rows of both"];
            case DistinctOp distinct:
                return Distinct(distinct, input!);
            case TopOp top:
                return Top(top, plan);
            case LimitOp limit:
                return [limit.PerResult ? $"the first {limit.Count} rows of each result" : $"the first {limit.Count} rows over the life of the query", .. limit.PerResult ? [] : (string[])["state: how many rows have passed"]];
            case SortOp sort:
                return ["sorts each result by " + string.Join(", ", sort.Keys.Select(key => input!.Columns[key.Column].Name + (key.Descending ? " descending" : "")))];
            case TableJoinOp join:
                return Join(join, input!, plan, stages);
            case ProcessOp process:
                return ProcessText.Lines(process, input!);
            case StreamJoinOp join:
                return StreamJoinText.Lines(join, plan);
            case ExpectOp expect:
                return expect.Expectations.Select(one => $"expects {one.Name}: {ExprText.Of(one.Holds)}, else {Otherwise(one.OnViolation)}");
            case ObserveOp observe:
                return [$"metrics {observe.MetricsName}: " + string.Join(", ", observe.Metrics.Select(metric => metric.Name)) + ", per batch"];
            default:
                throw new ArgumentOutOfRangeException(nameof(one), one.GetType().Name, "An operator that has no text.");
        }
    }

    private static string Otherwise(string onViolation) => onViolation switch
    {
        "Warn" => "counts the row",
        "Drop" => "drops the row",
        "Fail" => "fails the batch",
        _ => "sends the row to the quarantine",
    };

    private static IEnumerable<string> Stage(StageOp stage, Func<StageOp, IEnumerable<string>> stages)
    {
        foreach (string line in stages(stage))
            yield return line;
        string[] plain = [.. stage.Values.Select((value, i) => Plain(value, stage.Output.Columns[i].Name)).Where(text => text.Length > 0)];
        if (plain.Length > 0)
            yield return (stage.Filters.Count > 0 ? "passes on " : "passes on, without a copy, ") + string.Join(", ", plain);
        else if (stage.Output.Columns.Count == 0)
            yield return "passes on no column: only the number of rows counts";
    }

    /// <summary>A column that is passed on, and the name it gets; empty for a computed one.</summary>
    private static string Plain(ExprSpec value, string name) => value is not ColumnExpr column ? ""
        : column.Name == name ? name
        : column.Name + " as " + name;

    private static IEnumerable<string> Watermark(WatermarkOp watermark, RowSpec input)
    {
        yield return $"event time {input.Columns[watermark.TimeColumn].Name}, watermark {DurationWording.Of(watermark.DelayMicros)} behind the latest";
        if (watermark.IdleAfterMicros is { } idleAfter)
            yield return $"after {DurationWording.Of(idleAfter)} without rows others do not wait for it";
        if (watermark.MaxAheadMicros is { } maxAhead)
            yield return $"times more than {DurationWording.Of(maxAhead)} ahead of the clock do not move it";
    }

    private static IEnumerable<string> Aggregate(AggregateOp aggregate, RowSpec input, PhysicalPlan plan)
    {
        List<string> by = [.. aggregate.Keys.Select(key => input.Columns[key].Name)];
        if (aggregate.Session is { } session)
        {
            by.Add($"sessions over {input.Columns[aggregate.TimeColumn].Name} with a gap of {Gap(session, input)}");
        }
        else if (aggregate.TimeColumn >= 0)
        {
            by.Add($"windows of {DurationWording.Windows(aggregate.SizeMicros, aggregate.SlideMicros, aggregate.OffsetMicros)} over {input.Columns[aggregate.TimeColumn].Name}");
        }

        yield return by.Count == 0 ? "one group of all rows" : "groups by " + string.Join(" and ", by);
        if (aggregate.Aggregates.Count > 0)
        {
            yield return string.Join(", ", aggregate.Aggregates.Select(call =>
                $"{call.Name} = {call.Function}({string.Join(", ", call.Columns.Select(column => input.Columns[column].Name))})"));
        }

        bool bounded = aggregate.WindowIsWatermarked || aggregate.WatermarkKey >= 0;
        yield return aggregate.IsGlobal ? "state: one row"
            : aggregate.TtlMicros > 0 ? $"state: a row for each group, forgotten {DurationWording.Of(aggregate.TtlMicros)} after its last row"
            : !bounded || plan.Pipeline.OutputMode == "Complete" ? $"state: a row for each {(aggregate.Session is null ? "group" : "group and session")}, for ever"
            : aggregate.Session is not null ? "state: a row for each group and session, until the watermark passes the end of the session"
            : aggregate.WindowIsWatermarked ? "state: a row for each group and window, until the watermark passes the end of the window"
            : $"state: a row for each group, until the watermark passes {input.Columns[aggregate.Keys[aggregate.WatermarkKey]].Name}";
    }

    private static string Gap(SessionGapColumn session, RowSpec input) =>
        session.Column >= 0 ? input.Columns[session.Column].Name : DurationWording.Of(session.Months, session.Micros);

    private static IEnumerable<string> Top(TopOp top, PhysicalPlan plan)
    {
        string keys = string.Join(" and ", top.KeyNames);
        string rows = top.IsLast ? $"the row with the greatest {top.ByName}" : $"the {top.Count} rows with the greatest {top.ByName}";
        yield return $"keeps {rows} of each {keys}";
        yield return "state: these rows, " + (top.WatermarkKey >= 0 && plan.Pipeline.OutputMode != "Complete" ? $"until the watermark passes {top.KeyNames[top.WatermarkKey]}"
            : top.TtlMicros > 0 ? $"until no row has come for {DurationWording.Of(top.TtlMicros)}"
            : "for ever");
    }

    private static IEnumerable<string> Distinct(DistinctOp distinct, RowSpec input)
    {
        yield return "passes the first row of each " + string.Join(" and ", distinct.Keys.Select(key => input.Columns[key].Name));
        yield return distinct.ExpiryColumn < 0 ? "state: every key, for ever"
            : distinct.WithinWatermark ? $"state: each key, until the watermark passes {input.Columns[distinct.ExpiryColumn].Name} of its first row + {DurationWording.Of(distinct.DelayMicros)}"
            : $"state: each key, until the watermark passes {input.Columns[distinct.ExpiryColumn].Name}";
    }

    private static IEnumerable<string> Join(TableJoinOp join, RowSpec input, PhysicalPlan plan, Func<StageOp, IEnumerable<string>> stages)
    {
        InputSpec table = plan.Pipeline.Tables[join.Table];
        string kind = join.Kind switch
        {
            TableJoinKind.Inner => "joins with",
            TableJoinKind.LeftOuter => "joins, keeping rows without a match, with",
            TableJoinKind.LeftSemi => "keeps rows that have a match in",
            _ => "keeps rows that have no match in",
        };
        string keys = string.Join(" and ", join.Keys.Select(key =>
            $"{input.Columns[key.Left].Name} == {table.Name}.{join.TableStage.Output.Columns[key.Right].Name}" + (key.NullSafe ? " (null equals null)" : "")));
        yield return $"{kind} the table {table.Name} of {Simple(table.RecordName)}" + (keys.Length > 0 ? " on " + keys : ", every row with every row");
        foreach (string line in stages(join.TableStage))
            yield return $"{table.Name}: {line}";
        if (join.Residual is { } residual)
            yield return "where " + ExprText.Of(residual, table.Name);
    }

    private static string Simple(string name) => name.Substring(name.LastIndexOfAny(['.', ':']) + 1);
}
