using Typed.Plan;

namespace Typed.Generator.Emitter.Operators;

internal static class WatermarkEmitter
{
    public static string Construct(WatermarkOp op)
    {
        List<string> bounds = [];
        if (op.IdleAfterMicros is { } idleAfter)
            bounds.Add($"IdleAfterMicros = {idleAfter}L");
        if (op.MaxAheadMicros is { } maxAhead)
            bounds.Add($"MaxAheadMicros = {maxAhead}L");
        string initializer = bounds.Count == 0 ? "" : $" {{ {string.Join(", ", bounds)} }}";
        return $"new global::Typed.Operators.WatermarkOperator({OperatorNames.Literal(op)}, {OperatorNames.Schema(op)}, column: {op.TimeColumn}, delayMicros: {op.DelayMicros}L){initializer}";
    }
}
