using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Typed.Plan;

/// <summary>Deduplication.</summary>
internal sealed partial class PipelineParser
{
    private NodeSpec? DropDuplicates(IInvocationOperation call, NodeSpec input, PlanScope scope)
    {
        Location place = OperatorPlace(call);
        EquatableArray<ExprSpec> keys;
        if (HasArgument(call, "key"))
        {
            if (KeyOf(call, input, scope) is not var (_, _, values))
                return null;
            keys = values;
        }
        else
        {
            if (!AreKeys(input.Row.Columns, place))
                return null;
            keys = input.Row.Columns.Select((column, i) => (ExprSpec)new ColumnExpr(column.Type, 0, i, column.Name)).ToEquatable();
        }

        int id = NewNode(place);
        PlaceArgument(id, call, "key");
        return new DistinctNode(id, input.Row, input) { Keys = keys, WithinWatermark = call.TargetMethod.Name == "DropDuplicatesWithinWatermark" };
    }
}
