using Typed.Plan;

namespace Typed.Generator.Emitter.Operators;

/// <summary>Writes a deduplication: a struct that reads, compares and stores keys, and the operator that is made with it.</summary>
internal static class DistinctEmitter
{
    private const string Operators = AggregateColumn.Operators;

    /// <summary>Writes the struct.</summary>
    public static void EmitType(DistinctOp op, PhysicalPlan plan, SourceWriter writer)
    {
        RowSpec input = plan.Operators[op.Inputs[0]].Output;
        AggregateState state = new(input, []);
        AggregateKeys keys = new(state, op.Keys);
        string type = OperatorNames.Type(op);
        writer.Line($"/// <summary>{op.Name}: the keys {string.Join(", ", op.KeyNames)}.</summary>");
        using (writer.Block($"internal struct {type} : {Operators}IStoredKeys<{type}.Key>"))
        {
            writer.Line($"public const string StateSchema = {FieldTypeText.Literal(StateSchema(op, plan))};").Line();
            keys.EmitBound(state.Columns, writer);
            keys.EmitStored(writer);
        }
    }

    /// <summary>The expression that makes the operator.</summary>
    public static string Construct(DistinctOp op, PhysicalPlan plan)
    {
        string type = OperatorNames.Type(op);
        List<string> settings = [$"Columns = new int[] {{ {string.Join(", ", op.Columns)} }}"];
        if (op.TimeColumn >= 0)
            settings.Add($"TimeColumn = {op.TimeColumn}");
        if (op.ExpiryColumn >= 0)
            settings.Add($"ExpiryColumn = {op.ExpiryColumn}");
        if (op.WithinWatermark)
            settings.Add($"DelayMicros = {op.DelayMicros}L, WithinWatermark = true");
        if (op.TracksOrigin)
            settings.Add("TracksOrigin = true");
        return $"new {Operators}DistinctOperator<{type}.Key, {type}>({OperatorNames.Literal(op)}, {OperatorNames.Schema(op)}, {type}.StateSchema, "
            + $"new {Operators}DistinctSettings {{ {string.Join(", ", settings)} }}, default({type}))";
    }

    /// <summary>The keys, of columns that no others are read with.</summary>
    public static AggregateKeys Keys(DistinctOp op, PhysicalPlan plan) => new(new AggregateState(plan.Operators[op.Inputs[0]].Output, []), op.Keys);

    // The keys by name or expression: other columns of the same types would be other keys (semantics 5.7).
    public static string StateSchema(DistinctOp op, PhysicalPlan plan)
    {
        string kept = op.WithinWatermark ? "; within the watermark" : op.ExpiryColumn >= 0 ? "; until the time in the key" : "";
        return $"distinct v1; keys {Keys(op, plan).Describe(op.KeyTexts)}{kept}";
    }
}
