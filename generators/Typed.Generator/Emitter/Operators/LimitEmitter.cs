using Typed.Plan;

namespace Typed.Generator.Emitter.Operators;

internal static class LimitEmitter
{
    public static string Construct(LimitOp op)
    {
        string type = op.PerResult ? "ResultLimitOperator" : "LimitOperator";
        return $"new global::Typed.Operators.{type}({OperatorNames.Literal(op)}, {OperatorNames.Schema(op)}, limit: {op.Count}L)";
    }
}
