using Typed.Generator.Emitter.Text;
using Typed.Plan;
using Typed.PlanFiles;

namespace Typed.Generator.Emitter.Sheets;

/// <summary>A physical plan → what people read of it.</summary>
internal static class PlanSheets
{
    /// <param name="plan">The plan.</param>
    /// <param name="stages">What to say of the expressions of a stage: how each one is computed.</param>
    public static PlanSheet Of(PhysicalPlan plan, Func<StageOp, IEnumerable<StepSheet>> stages)
    {
        PipelineSpec pipeline = plan.Pipeline;
        string full = TypeWords.Plain(pipeline.FullName);
        string space = pipeline.Declaration.Namespace.Replace("@", "");
        return new PlanSheet(space.Length > 0 && full.StartsWith(space + ".", StringComparison.Ordinal) ? full.Substring(space.Length + 1) : full, full, pipeline.OutputMode)
        {
            Inputs = pipeline.Sources.Select(input => Input(input, false)).Concat(pipeline.Tables.Select(input => Input(input, true))).ToEquatable(),
            Parameters = Parameters(plan),
            Operators = plan.Operators.Select(one => Operator(one, plan, stages)).ToEquatable(),
            Outputs = pipeline.Outputs.Select((output, i) => Output(output, plan.Outputs[i], plan)).ToEquatable(),
            Delivery = DeliverySheets.Of(plan).ToEquatable(),
            Conditions = DeliverySheets.Conditions(plan).ToEquatable(),
        };
    }

    private static InputSheet Input(InputSpec input, bool isTable) => new(input.Name, isTable, TypeWords.Plain(Simple(input.RecordName)), Columns(input.Row));

    private static EquatableArray<ParameterSheet> Parameters(PhysicalPlan plan)
    {
        if (plan.Pipeline.Parameters.Count == 0)
            return default;
        ILookup<string, string> users = plan.Operators
            .SelectMany(one => StateShapeText.Parameters(one, plan).Select(used => (used.Name, User: one.Name)))
            .ToLookup(used => used.Name, used => used.User);
        return plan.Pipeline.Parameters.Select(parameter => new ParameterSheet(parameter.Name, TypeWords.Of(parameter.Type), users[parameter.Name].ToEquatable())).ToEquatable();
    }

    private static OperatorSheet Operator(OperatorSpec one, PhysicalPlan plan, Func<StageOp, IEnumerable<StepSheet>> stages)
    {
        (string schema, EquatableArray<StateTableText> tables) = one.KeepsState ? Stored(one, plan) : ("", default);
        return new OperatorSheet(one.Name, one.KindName, one.Inputs, StepSheets.Of(one, plan, stages).ToEquatable())
        {
            Columns = Columns(one.Output),
            Input = one switch
            {
                SourceOp source => plan.Pipeline.Sources[source.Source].Name,
                TableJoinOp join => plan.Pipeline.Tables[join.Table].Name,
                ProcessOp { Initial: { } initial } => initial.TableName,
                _ => "",
            },
            Watermark = one is WatermarkOp watermark ? Watermark(watermark, plan) : null,
            Watermarks = one.KeepsState ? WatermarkWords.Reaching(one, plan).Select(mark => mark.Number).ToEquatable() : default,
            Late = LateWords.Of(one, plan),
            Emits = EmissionWords.Of(one, plan),
            State = StateSheets.Of(one, plan).ToEquatable(),
            Schema = schema,
            Tables = tables.Select(table => new StateTableSheet(table.Name, Time(table.Time), Fields(table.Key), Fields(table.Value))).ToEquatable(),
        };
    }

    private static (string Schema, EquatableArray<StateTableText> Tables) Stored(OperatorSpec one, PhysicalPlan plan)
    {
        (_, string schema, EquatableArray<StateTableText> tables) = StateShapeText.Of(one, plan);
        return (schema, tables);
    }

    private static OutputSheet Output(OutputSpec output, int number, PhysicalPlan plan) => new(output.Name, number, Record(output.Row), Columns(output.Row))
    {
        Comment = string.Join(" ", output.Comment.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
        Appears = EmissionWords.Appears(number, plan).ToEquatable(),
    };

    private static WatermarkSheet Watermark(WatermarkOp one, PhysicalPlan plan) =>
        new(plan.Operators[one.Inputs[0]].Output.Columns[one.TimeColumn].Name, DurationWording.Of(one.DelayMicros))
        {
            IdleAfter = one.IdleAfterMicros is { } idleAfter ? DurationWording.Of(idleAfter) : "",
            MaxAhead = one.MaxAheadMicros is { } maxAhead ? DurationWording.Of(maxAhead) : "",
        };

    // The time in the identity of an entry: that of a slice is the beginning of its windows.
    private static string Time(string time) => time switch
    {
        "none" => "",
        "instant" => "time",
        "number" => "number",
        _ => "begin of the slice",
    };

    private static string Fields(string fields) => fields.Trim();

    private static string Record(RowSpec row) => TypeWords.Of(row.Type);

    private static string Simple(string name) => name.Substring(name.LastIndexOfAny(['.', ':']) + 1);

    private static EquatableArray<ColumnSheet> Columns(RowSpec row) => row.Columns.Select(column => new ColumnSheet(column.Name, TypeWords.Of(column.Type))).ToEquatable();
}
