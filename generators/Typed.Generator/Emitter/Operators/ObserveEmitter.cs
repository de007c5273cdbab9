using Typed.Generator.Planner;
using Typed.Plan;

namespace Typed.Generator.Emitter.Operators;

/// <summary>Writes named metrics: the aggregates as a struct for the kernel, and a stage that makes the metrics from them.</summary>
internal static class ObserveEmitter
{
    private const string Operators = "global::Typed.Operators.";

    public static void EmitType(ObserveOp op, PhysicalPlan plan, SourceWriter writer)
    {
        writer.Line($"/// <summary>The aggregates behind the metrics {FieldTypeText.Literal(op.MetricsName)}.</summary>");
        AggregateEmitter.EmitGlobal(OperatorNames.Type(op), plan.Operators[op.Inputs[0]].Output, op.Aggregates, writer);
        StageEmitter.EmitType(Values(op), plan, writer);
    }

    public static string Construct(ObserveOp op)
    {
        string type = OperatorNames.Type(op);
        string aggregates = $"new {Operators}BatchAggregate<{type}.Acc, {type}>({AggregatesSchema(op)}, {AggregateEmitter.MakeOps(type, op.Aggregates)})";
        return $"new {Operators}ObserveOperator<{type}.Acc, {type}>({OperatorNames.Literal(op)}, {OperatorNames.Schema(op)}, "
            + $"{FieldTypeText.Literal(op.MetricsName)}, {aggregates}, {StageEmitter.Construct(Values(op))})";
    }

    /// <summary>The schemas of the aggregates and of the metrics, beside that of the rows.</summary>
    public static void EmitSchemas(ObserveOp op, SourceWriter writer)
    {
        RowSpec aggregates = Lowering.RowOf([.. op.Aggregates.Select(call => new ColumnSpec(call.Name, call.Type))]);
        writer.Line($"public static readonly global::Typed.Schema.RowSchema {OperatorNames.Type(op)}Aggregates = {RowSchemaText.Of(aggregates, op.Name)};");
        StageOp values = Values(op);
        writer.Line($"public static readonly global::Typed.Schema.RowSchema {OperatorNames.Type(values)} = {RowSchemaText.Of(values.Output, op.MetricsName)};");
    }

    private static string AggregatesSchema(ObserveOp op) => OperatorNames.Schema(op) + "Aggregates";

    private static StageOp Values(ObserveOp op) => new(
        op.Number,
        op.Name + "-values",
        Lowering.RowOf([.. op.Metrics.Select(metric => new ColumnSpec(metric.Name, metric.Type))]),
        EquatableArray<int>.Empty)
    {
        Values = op.Values,
    };
}
