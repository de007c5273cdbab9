using Typed.Generator.Emitter.Text;
using Typed.Plan;
using Typed.PlanFiles;

namespace Typed.Generator.Emitter.Sheets;

/// <summary>What an operator does.</summary>
internal static class StepSheets
{
    /// <param name="one">The operator.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="stages">What to say of the expressions of a stage.</param>
    public static IEnumerable<StepSheet> Of(OperatorSpec one, PhysicalPlan plan, Func<StageOp, IEnumerable<StepSheet>> stages) => one switch
    {
        StageOp stage => Stage(stage, stages),
        TableJoinOp join => Join(join, plan, stages),
        _ => Words(one, plan).Select(words => new StepSheet(words)),
    };

    private static IEnumerable<string> Words(OperatorSpec one, PhysicalPlan plan)
    {
        RowSpec? input = one.Inputs.Count > 0 ? plan.Operators[one.Inputs[0]].Output : null;
        return one switch
        {
            SourceOp source => [$"the stream {plan.Pipeline.Sources[source.Source].Name} of {Simple(plan.Pipeline.Sources[source.Source].RecordName)}"],
            FlattenOp flatten => [$"one row for each element of {input!.Columns[flatten.ListColumn].Name}"],
            WatermarkOp watermark => Watermark(watermark, input!),
            AggregateOp aggregate => Aggregate(aggregate, input!),
            UnionOp => ["all rows of both"],
            DistinctOp distinct => ["passes the first row of each " + string.Join(" and ", distinct.Keys.Select(key => input!.Columns[key].Name))],
            TopOp top => [$"keeps {(top.IsLast ? "the row" : $"the {top.Count} rows")} with the greatest {top.ByName} of each {string.Join(" and ", top.KeyNames)}"],
            LimitOp limit => [limit.PerResult ? $"the first {limit.Count} rows of each result" : $"the first {limit.Count} rows over the life of the query"],
            SortOp sort => ["sorts each result by " + string.Join(", ", sort.Keys.Select(key => input!.Columns[key.Column].Name + (key.Descending ? " descending" : "")))],
            ProcessOp process => ProcessText.Lines(process, input!),
            StreamJoinOp join => StreamJoinText.Lines(join, plan),
            ExpectOp expect => expect.Expectations.Select(expectation => $"expects {expectation.Name}: {ExprText.Of(expectation.Holds)}, else {Otherwise(expectation.OnViolation)}"),
            ObserveOp observe => [$"metrics {observe.MetricsName}: " + string.Join(", ", observe.Metrics.Select(metric => metric.Name)) + ", per batch"],
            _ => throw new ArgumentOutOfRangeException(nameof(one), one.GetType().Name, "An operator that has no text."),
        };
    }

    private static string Otherwise(string onViolation) => onViolation switch
    {
        "Warn" => "counts the row",
        "Drop" => "drops the row",
        "Fail" => "fails the batch",
        _ => "sends the row to the quarantine",
    };

    private static IEnumerable<StepSheet> Stage(StageOp stage, Func<StageOp, IEnumerable<StepSheet>> stages)
    {
        foreach (StepSheet step in stages(stage))
            yield return step;
        string[] plain = [.. stage.Values.Select((value, i) => Plain(value, stage.Output.Columns[i].Name)).Where(text => text.Length > 0)];
        if (plain.Length > 0)
            yield return new StepSheet((stage.Filters.Count > 0 ? "passes on " : "passes on, without a copy, ") + string.Join(", ", plain)) { PassesOn = true };
        else if (stage.Output.Columns.Count == 0)
            yield return new StepSheet("passes on no column: only the number of rows counts") { PassesOn = true };
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

    private static IEnumerable<string> Aggregate(AggregateOp aggregate, RowSpec input)
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
    }

    private static string Gap(SessionGapColumn session, RowSpec input) =>
        session.Column >= 0 ? input.Columns[session.Column].Name : DurationWording.Of(session.Months, session.Micros);

    private static IEnumerable<StepSheet> Join(TableJoinOp join, PhysicalPlan plan, Func<StageOp, IEnumerable<StepSheet>> stages)
    {
        RowSpec input = plan.Operators[join.Inputs[0]].Output;
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
        yield return new StepSheet($"{kind} the table {table.Name} of {Simple(table.RecordName)}" + (keys.Length > 0 ? " on " + keys : ", every row with every row"));
        foreach (StepSheet step in stages(join.TableStage))
            yield return step with { Text = $"{table.Name}: {step.Text}" };
        if (join.Residual is { } residual)
            yield return new StepSheet("where " + ExprText.Of(residual, table.Name));
    }

    private static string Simple(string name) => name.Substring(name.LastIndexOfAny(['.', ':']) + 1);
}
