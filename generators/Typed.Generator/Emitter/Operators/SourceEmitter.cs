using Typed.Plan;

namespace Typed.Generator.Emitter.Operators;

internal static class SourceEmitter
{
    public static string Construct(SourceOp op) =>
        $"new global::Typed.Operators.SourceOperator({OperatorNames.Literal(op)}, {OperatorNames.Schema(op)})";
}
