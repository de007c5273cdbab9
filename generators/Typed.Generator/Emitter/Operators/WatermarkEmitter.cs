using Typed.Plan;

namespace Typed.Generator.Emitter.Operators;

internal static class WatermarkEmitter
{
    public static string Construct(WatermarkOp op) =>
        $"new global::Typed.Operators.WatermarkOperator({OperatorNames.Literal(op)}, {OperatorNames.Schema(op)}, column: {op.TimeColumn}, delayMicros: {op.DelayMicros}L)";
}
