using System.Globalization;
using Typed.Generator.Emitter.Operators;
using Typed.Generator.Emitter.Processors;
using Typed.Generator.Emitter.Text;
using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter;

/// <summary>
/// What the operators with state of a plan keep, as attributes on the pipeline's class. The kernels say the same of themselves at run time; a test holds the two
/// against each other for every pipeline there is.
/// </summary>
internal static class StateShapeText
{
    public static void Emit(PhysicalPlan plan, SourceWriter writer)
    {
        foreach (OperatorSpec one in plan.Operators.Where(one => one.KeepsState))
        {
            (string kind, string schema, EquatableArray<StateTableText> tables) = Of(one, plan);
            List<string> more = [];
            if (one.GivenName is not null)
                more.Add("IsNamed = true");
            if (Lasts(one) is { Length: > 0 } lasts)
                more.Add($"Lasts = {FieldTypeText.Literal(lasts)}");
            more.Add($"Node = {one.Node.ToString(CultureInfo.InvariantCulture)}");
            if (one is ProcessOp process)
                more.Add($"Processor = typeof({process.Processor.FullName})");
            writer.Line($"[global::Typed.State.GeneratedState({OperatorNames.Literal(one)}, {FieldTypeText.Literal(kind)}, {FieldTypeText.Literal(schema)},");
            writer.Line($"    {FieldTypeText.Literal(string.Join("\n", tables))}, {string.Join(", ", more)})]");
        }
    }

    /// <summary>What the state of an operator depends on and is known at the start only: a key of another value is another key.</summary>
    /// <returns>Parameters of the pipeline and static fields of the user's by name, each with the C# that reads it.</returns>
    public static IEnumerable<(string Name, string Value)> Parameters(OperatorSpec one, PhysicalPlan plan)
    {
        if (!one.KeepsState)
            return [];
        string schema = Of(one, plan).Schema;
        if (!schema.Contains("{"))
            return [];
        return plan.Pipeline.Parameters.Select(parameter => (Mark: "{" + parameter.Name + "}", Value: "parameters." + CSharpName.Escape(parameter.Name)))
            .Concat(Statics(plan).Select(value => (Mark: ExprText.Marked(value), Value: value.Name)))
            .Where(parameter => schema.Contains(parameter.Mark))
            .Select(parameter => (parameter.Mark.Trim('{', '}'), parameter.Value));
    }

    /// <summary>What an operator is to a checkpoint, what it keeps in words, and its tables.</summary>
    public static (string Kind, string Schema, EquatableArray<StateTableText> Tables) Of(OperatorSpec one, PhysicalPlan plan) => one switch
    {
        AggregateOp aggregate => (
            aggregate.Session is null ? "stateStoreSave" : "sessionWindowStateStoreSaveExec", AggregateEmitter.StateSchema(aggregate, plan), EquatableArray.Of(Aggregate(aggregate, plan))),
        DistinctOp distinct => (
            distinct.WithinWatermark ? "dedupeWithinWatermark" : "dedupe",
            DistinctEmitter.StateSchema(distinct, plan),
            EquatableArray.Of(Table(0, "keys", distinct.ExpiryColumn >= 0 ? "instant" : "none", DistinctEmitter.Keys(distinct, plan).Layout, ""))),
        TopOp top => (top.IsLast ? "lastBy" : "topBy", TopEmitter.StateSchema(top, plan), EquatableArray.Of(Top(top, plan))),
        LimitOp limit => ("globalLimit", $"limit {limit.Count.ToString(CultureInfo.InvariantCulture)}: passed long", default),
        StreamJoinOp join => ("symmetricHashJoin", StreamJoinEmitter.StateSchema(join, plan), Join(join, plan)),
        ProcessOp process => (process.Processor.Form == ProcessorForm.Keyed ? "transformWithStateExec" : "flatMapGroupsWithState", Process(process, plan), Process(process)),
        _ => throw new ArgumentOutOfRangeException(nameof(one), one.GetType().Name, "An operator whose state has no text."),
    };

    private static IEnumerable<StaticExpr> Statics(PhysicalPlan plan) => plan.Operators
        .SelectMany(one => one switch
        {
            StageOp stage => stage.Filters.Concat(stage.Values),
            StreamJoinOp { Residual: { } residual } => [residual],
            ProcessOp process => process.Instance.Arguments.Concat(process.Instance.Members.Select(member => member.Value)),
            _ => Enumerable.Empty<ExprSpec>(),
        })
        .SelectMany(expr => expr.Nodes())
        .OfType<StaticExpr>()
        .Where(value => value.IsUsers)
        .Distinct();

    private static StateTableText Aggregate(AggregateOp op, PhysicalPlan plan)
    {
        (string key, string groups) = AggregateEmitter.Layouts(op, plan);
        if (op.Session is not null)
            return Table(0, "sessions", "none", key, $"Sessions list(record({Join("Start timestamp", "End timestamp", groups)}))");
        if (op.TimeColumn >= 0)
        {
            bool isSliced = op.SizeMicros != op.SlideMicros && plan.Pipeline.OutputMode == "Append";
            string slices = string.Format(CultureInfo.InvariantCulture, "slice {0} {1} {2}", op.SlideMicros, op.OffsetMicros, isSliced ? op.SizeMicros % op.SlideMicros : 0);
            return Table(0, isSliced ? "slices" : "groups", slices, key, groups);
        }

        bool isTimed = AggregateEmitter.IsTimed(op, plan);
        return Table(0, "groups", isTimed ? "instant" : "none", key, op.TtlMicros > 0 && !isTimed && !op.IsGlobal ? Join(groups, "LastSeen timestamp") : groups);
    }

    private static StateTableText Top(TopOp op, PhysicalPlan plan)
    {
        string order = plan.Operators[op.Inputs[0]].Output.Columns[op.By].Type.Is(FieldKind.Decimal) ? "int128" : "int64";
        IEnumerable<string> rows = op.Output.Columns.Take(op.Columns.Count).Select(column => StateLayoutText.Field(column.Name, StateLayoutText.Row(column.Type)));
        bool isTimed = op.WatermarkKey >= 0 && plan.Pipeline.OutputMode != "Complete";
        return Table(0, "groups", isTimed ? "instant" : "none", TopEmitter.Keys(op, plan).Layout, $"Seen timestamp, Rows list(record({Join([$"Order {order}", .. rows])}))");
    }

    private static EquatableArray<StateTableText> Join(StreamJoinOp op, PhysicalPlan plan)
    {
        string key = Join(StreamJoinEmitter.Keys(op, plan).StoredLayout, "Number int64");
        string Rows(JoinSideSpec side, int input) => Join(
            ["Matched uint8", .. StreamJoinEmitter.Stored(op, side, input).Select(ordinal => plan.Operators[op.Inputs[input]].Output.Columns[ordinal]).Select(column => StateLayoutText.Field(column.Name, StateLayoutText.Row(column.Type)))]);
        return EquatableArray.Of(
            Table(0, "left", "instant", key, Rows(op.Left, 0)),
            Table(1, "right", "instant", key, Rows(op.Right, 1)),
            Table(2, "left matched", "instant", key, ""),
            Table(3, "right matched", "instant", key, ""));
    }

    private static string Process(ProcessOp op, PhysicalPlan plan)
    {
        string mode = ProcessEmitter.ModeOf(op, plan);
        string members = string.Concat(Members(op).Select(field => $"; {field.Spec.Name}{State.StateField.IdText(field.Spec.Id)} {field.Word}{(field.Spec.TtlMicros > 0 ? " with a lifetime" : "")}"));
        return $"process '{op.UserName}' v2; time {op.Processor.Time}; output {mode}; key {ProcessEmitter.Stored(op).Describe(op.KeyTexts)}{members}";
    }

    private static EquatableArray<StateTableText> Process(ProcessOp op)
    {
        string key = ProcessEmitter.Stored(op).Layout;
        return Members(op).Select((field, i) => Table(i + 1, field.Spec.Name, "number", Join(key, field.KeyLayout), field.ValueLayout, field.Spec.Id))
            .Prepend(Table(0, "timers", "number", key, "Order int64, Times list(timestamp)")).ToEquatable();
    }

    private static List<StateField> Members(ProcessOp op) => ProcessorEmitter.Fields(op.States, new StateCodecs());

    // What the schema has not: an entry of another length is read all the same.
    private static string Lasts(OperatorSpec one) => one switch
    {
        TopOp { TtlMicros: > 0 } top => "ttl " + Duration(top.TtlMicros),
        DistinctOp { WithinWatermark: true } distinct => "delay " + Duration(distinct.DelayMicros),
        ProcessOp process => string.Join(", ", process.States.Where(state => state.TtlMicros > 0).Select(state => $"{state.Name} {Duration(state.TtlMicros)}")),
        _ => "",
    };

    private static string Duration(long micros) => DurationWording.Of(micros);

    private static StateTableText Table(int number, string name, string time, string key, string value, int id = 0) => new(number, name, time, key, value, id);

    private static string Join(params string[] fields) => string.Join(", ", fields.Where(field => field.Length > 0));
}

/// <summary>A table of stored entries, in words.</summary>
internal sealed record StateTableText(int Number, string Name, string Time, string Key, string Value, int Id)
{
    /// <summary>The line that is stored beside state.</summary>
    public override string ToString() =>
        $"{Number.ToString(CultureInfo.InvariantCulture)} {StateLayoutText.Name(Name)}{State.StateField.IdText(Id)}; time {Time}; key {Key}; value {Value}";
}
