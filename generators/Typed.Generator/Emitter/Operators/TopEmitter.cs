using System.Globalization;
using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Operators;

/// <summary>Writes the first rows of groups: a struct that reads keys and orders, and the operator that is made with it.</summary>
internal static class TopEmitter
{
    private const string Operators = AggregateColumn.Operators;

    /// <summary>Writes the struct.</summary>
    public static void EmitType(TopOp op, PhysicalPlan plan, SourceWriter writer)
    {
        RowSpec input = plan.Operators[op.Inputs[0]].Output;
        AggregateState state = new(input, []);
        AggregateKeys keys = new(state, op.Keys);
        AggregateColumn by = state.Column(op.By);
        string type = OperatorNames.Type(op);
        string order = OrderType(by);
        writer.Line($"/// <summary>{op.Name}: the groups by {string.Join(", ", op.KeyNames)} and the order by {op.ByName}.</summary>");
        using (writer.Block($"internal struct {type} : {Operators}ITopRows<{type}.Key, {order}>"))
        {
            writer.Line($"public const string StateSchema = {FieldTypeText.Literal(StateSchema(op, plan))};").Line();
            keys.EmitBound(state.Columns, writer);
            if (op.WatermarkKey >= 0)
                keys.EmitTime(op.WatermarkKey, writer);
            else
                EmitNoTime(writer);
            EmitOrder(by, order, writer);
            keys.EmitStored(writer);
        }
    }

    /// <summary>The expression that makes the operator.</summary>
    public static string Construct(TopOp op, PhysicalPlan plan)
    {
        string type = OperatorNames.Type(op);
        List<string> settings =
        [
            $"Columns = new int[] {{ {string.Join(", ", op.Columns)} }}",
            $"Count = {op.Count.ToString(CultureInfo.InvariantCulture)}",
            $"Mode = global::Typed.OutputMode.{plan.Pipeline.OutputMode}",
        ];
        if (op.IsLast)
            settings.Add("LatestFirst = true");
        if (op.WatermarkKey >= 0)
            settings.Add($"TimeColumn = {op.Keys[op.WatermarkKey]}");
        if (op.TtlMicros > 0)
            settings.Add($"TtlMicros = {op.TtlMicros.ToString(CultureInfo.InvariantCulture)}L");
        if (op.HasRank)
            settings.Add("HasRank = true");
        string order = OrderType(new AggregateColumn(op.By, plan.Operators[op.Inputs[0]].Output.Columns[op.By].Type));
        return $"new {Operators}TopOperator<{type}.Key, {order}, {type}>({OperatorNames.Literal(op)}, {OperatorNames.Schema(op)}, {type}.StateSchema, "
            + $"new {Operators}TopSettings {{ {string.Join(", ", settings)} }}, default({type}))";
    }

    private static string OrderType(AggregateColumn by) => by.Type.Field == FieldKind.Decimal ? "global::System.Int128" : "long";

    private static void EmitNoTime(SourceWriter writer)
    {
        using (writer.Block("public static bool TryGetTime(in Key key, out long time)"))
            writer.Line("time = 0;").Line("return false;");
        writer.Line();
    }

    private static void EmitOrder(AggregateColumn by, string order, SourceWriter writer)
    {
        string value = by.Type.Field switch
        {
            FieldKind.Float or FieldKind.Double or FieldKind.UInt64 => $"{Operators}TopOrder.Of({by.Value})",
            _ => by.Value,
        };
        writer.Line(AggregateKeys.Inline);
        using (writer.Block($"public readonly bool TryLoadOrder(int row, out {order} order)"))
        {
            writer.Line(by.Type.Nullable ? $"order = {by.IsValid} ? {value} : 0;" : $"order = {value};");
            writer.Line(by.Type.Nullable ? $"return {by.IsValid};" : "return true;");
        }

        writer.Line();
    }

    /// <summary>The keys, of columns that no others are read with.</summary>
    public static AggregateKeys Keys(TopOp op, PhysicalPlan plan) => new(new AggregateState(plan.Operators[op.Inputs[0]].Output, []), op.Keys);

    // Keys and order by name or expression, columns by name: others of the same types would be another state.
    public static string StateSchema(TopOp op, PhysicalPlan plan)
    {
        string rows = string.Join(", ", op.Output.Columns.Take(op.Columns.Count).Select(column => $"{column.Name} {AggregateKeys.Word(column.Type)}"));
        string count = op.Count.ToString(CultureInfo.InvariantCulture);
        return $"{(op.IsLast ? "last" : "top " + count)} v1 {plan.Pipeline.OutputMode}; keys {Keys(op, plan).Describe(op.KeyTexts)}; by {op.ByText} {AggregateKeys.Word(plan.Operators[op.Inputs[0]].Output.Columns[op.By].Type)}; rows {rows}";
    }
}
