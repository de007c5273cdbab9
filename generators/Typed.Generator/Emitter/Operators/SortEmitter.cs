using Typed.Plan;

namespace Typed.Generator.Emitter.Operators;

internal static class SortEmitter
{
    public static string Construct(SortOp op)
    {
        string keys = string.Join(", ", op.Keys.Select(key => $"new({key.Column}, Descending: {(key.Descending ? "true" : "false")})"));
        return $"new global::Typed.Operators.SortOperator({OperatorNames.Literal(op)}, {OperatorNames.Schema(op)}, new global::Typed.Operators.SortKey[] {{ {keys} }})";
    }
}
