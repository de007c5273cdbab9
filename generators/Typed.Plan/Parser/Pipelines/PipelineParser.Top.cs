using Microsoft.CodeAnalysis.Operations;

namespace Typed.Plan;

/// <summary>The latest row of each key, and the first rows of each group.</summary>
internal sealed partial class PipelineParser
{
    private NodeSpec? Top(IInvocationOperation call, NodeSpec input, PlanScope scope)
    {
        bool isLast = call.TargetMethod.Name == "LastBy";
        string group = isLast ? "key" : "group";
        if (KeyOf(call, input, scope, group) is not var (_, keyRow, keys) || RowLambda(call, "by", scope, input.Row) is not { } by)
            return null;
        int count = 1;
        long ttl = 0;
        if (!isLast && !TryConstant(Argument(call, "count")!, "The number of rows of a group", scope, out count))
            return null;
        if (isLast && Argument(call, "ttl") is { } ttlArgument && !TimeToLive(ttlArgument, scope, out ttl))
            return null;
        RowSpec row = input.Row;
        EquatableArray<ExprSpec> values = [];
        bool isRanked = HasArgument(call, "select");
        if (isRanked)
        {
            LocalExpr rank = new(TypeSpec.Of(Schema.FieldKind.Int32), TopNode.RankLocal);
            if (Lambda(Argument(call, "select")!, scope, index => index == 0 ? RowOf(0, input.Row) : new ValueBinding(rank)) is not { } value)
                return null;
            if (Shape(call, "select", value, [input.Row]) is not var (selected, parts))
                return null;
            (row, values) = (selected, parts);
        }

        int id = NewNode(OperatorPlace(call));
        foreach (string argument in (string[])["count", group, "by", "ttl", "select"])
            PlaceArgument(id, call, argument);
        return new TopNode(id, row, input)
        {
            Keys = keys,
            KeyNames = keys.Select((key, i) => key is ColumnExpr column ? column.Name : keyRow.IsScalar ? group : keyRow.Columns[i].Name).ToEquatable(),
            By = RowShape.WithoutLift(by),
            Count = count,
            IsLast = isLast,
            TtlMicros = ttl,
            IsRanked = isRanked,
            Values = values,
        };
    }
}
