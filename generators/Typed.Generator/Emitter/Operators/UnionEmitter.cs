using Typed.Plan;

namespace Typed.Generator.Emitter.Operators;

internal static class UnionEmitter
{
    public static string Construct(UnionOp op) =>
        $"new global::Typed.Operators.UnionOperator({OperatorNames.Literal(op)}, {OperatorNames.Schema(op)})";
}
