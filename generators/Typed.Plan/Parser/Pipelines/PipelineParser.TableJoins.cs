using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Typed.Plan;

/// <summary>Joins with a table.</summary>
internal sealed partial class PipelineParser
{
    private NodeSpec? TableJoin(IInvocationOperation call, NodeSpec input, PlanScope scope)
    {
        PlanScope tableScope = scope;
        if (Follow(Argument(call, "table")!, ref tableScope) is not { } table)
            return null;
        if (table is not IParameterReferenceOperation { Parameter: var parameter } || !_tableNumbers.TryGetValue(parameter, out int number))
        {
            NotFollowed(table, "it is not a Table<T> parameter of Define");
            return null;
        }

        _read.Add(parameter);
        InputSpec right = _tables[number];
        TableJoinKind kind = call.TargetMethod.Name switch
        {
            "LeftJoin" => TableJoinKind.LeftOuter,
            "SemiJoin" => TableJoinKind.LeftSemi,
            "AntiJoin" => TableJoinKind.LeftAnti,
            _ => TableJoinKind.Inner,
        };
        RowSpec tableRow = right.Row with { Type = right.Row.Type.AsNullable(false) };
        ExprSpec? on = Lambda(Argument(call, "on")!, scope, index => index == 0 ? RowOf(0, input.Row) : RowOf(1, tableRow));
        RowSpec row = input.Row;
        EquatableArray<ExprSpec> values = input.Row.Columns
            .Select((column, ordinal) => (ExprSpec)new ColumnExpr(column.Type, 0, ordinal, column.Name)).ToEquatable();
        if (Argument(call, "select") is { } select)
        {
            // The table's row of a left join may be missing.
            RowSpec seen = kind == TableJoinKind.LeftOuter ? tableRow with { Type = tableRow.Type.AsNullable() } : tableRow;
            if (Lambda(select, scope, index => index == 0 ? RowOf(0, input.Row) : RowOf(1, seen)) is not { } value)
                return null;
            if (Shape(call, "select", value, [input.Row]) is not var (shape, made))
                return null;
            (row, values) = (shape, made);
        }

        if (on is null)
            return null;
        int id = NewNode(OperatorPlace(call));
        PlaceArgument(id, call, "on");
        PlaceArgument(id, call, "select");
        return new TableJoinNode(id, row, input, number, right.Name, tableRow) { Kind = kind, On = on, Values = values };
    }
}
