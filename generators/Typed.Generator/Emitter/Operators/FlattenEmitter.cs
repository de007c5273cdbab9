using Typed.Plan;

namespace Typed.Generator.Emitter.Operators;

internal static class FlattenEmitter
{
    public static string Construct(FlattenOp op) =>
        $"new global::Typed.Operators.FlattenOperator({OperatorNames.Literal(op)}, {OperatorNames.Schema(op)}, list: {op.ListColumn}, "
        + $"columns: new int[] {{ {string.Join(", ", op.Columns)} }}, hasElement: {(op.HasElement ? "true" : "false")}, tracksOrigin: {(op.TracksOrigin ? "true" : "false")})";
}
