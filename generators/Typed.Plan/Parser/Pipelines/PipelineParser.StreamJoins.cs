using Microsoft.CodeAnalysis.Operations;

namespace Typed.Plan;

/// <summary>Joins of two streams (semantics 6).</summary>
internal sealed partial class PipelineParser
{
    // RightJoin and FullJoin are extension methods, since only those can say that a row of T may be missing.
    private NodeSpec? OuterJoin(IInvocationOperation call, PlanScope scope) =>
        Stream(Argument(call, "stream")!, scope) is { } input ? StreamJoin(call, input, scope) : null;

    private NodeSpec? StreamJoin(IInvocationOperation call, NodeSpec left, PlanScope scope)
    {
        if (Stream(Argument(call, "other")!, scope) is not { } right)
            return null;
        StreamJoinKind kind = call.TargetMethod.Name switch
        {
            "LeftJoin" => StreamJoinKind.LeftOuter,
            "RightJoin" => StreamJoinKind.RightOuter,
            "FullJoin" => StreamJoinKind.FullOuter,
            "SemiJoin" => StreamJoinKind.LeftSemi,
            "AntiJoin" => StreamJoinKind.LeftAnti,
            _ => StreamJoinKind.Inner,
        };
        ExprSpec? on = Lambda(Argument(call, "on")!, scope, index => index == 0 ? RowOf(0, left.Row) : RowOf(1, right.Row));
        RowSpec row = left.Row;
        EquatableArray<ExprSpec> values = left.Row.Columns
            .Select((column, ordinal) => (ExprSpec)new ColumnExpr(column.Type, 0, ordinal, column.Name)).ToEquatable();
        if (Argument(call, "select") is { } select)
        {
            RowSpec seenLeft = kind.LeftMayBeMissing() ? Missing(left.Row) : left.Row;
            RowSpec seenRight = kind.RightMayBeMissing() ? Missing(right.Row) : right.Row;
            if (Lambda(select, scope, index => index == 0 ? RowOf(0, seenLeft) : RowOf(1, seenRight)) is not { } value)
                return null;
            if (Shape(call, "select", value, [left.Row, right.Row]) is not var (shape, made))
                return null;
            (row, values) = (shape, made);
        }

        if (on is null)
            return null;
        int id = NewNode(OperatorPlace(call));
        PlaceArgument(id, call, "on");
        PlaceArgument(id, call, "select");
        return new StreamJoinNode(id, row, left, right) { Kind = kind, On = on, Values = values };
    }

    // A row of one value is missing where the value is; of any other row the parser keeps whether it is there.
    private static RowSpec Missing(RowSpec row) => row.IsScalar || row.Type.Is(Schema.FieldKind.Window)
        ? new RowSpec(row.Type.AsNullable(), row.Columns.Select(column => column with { Type = column.Type.AsNullable() }).ToEquatable())
        : row with { Type = row.Type.AsNullable() };
}
