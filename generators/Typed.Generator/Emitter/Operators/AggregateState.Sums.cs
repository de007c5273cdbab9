using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Operators;

/// <content>Sums, means and variances.</content>
internal sealed partial class AggregateState
{
    private string Sum(AggregateColumn column, TypeSpec result)
    {
        string name = $"Sum{column.Ordinal}";
        return result.Field switch
        {
            FieldKind.Decimal => Plain(
                name, "global::System.Int128", column,
                $"acc.{name} = {AggregateColumn.Operators}DecimalAggregates.Add(acc.{name}, {column.Value});",
                $"acc.{name} = {AggregateColumn.Operators}DecimalAggregates.Add(acc.{name}, other.{name});",
                layout: StateLayoutText.Column(column.Type)),
            FieldKind.Double => Plain(name, "double", column, $"acc.{name} += (double){column.Value};", Adds(name)),
            _ => Plain(
                name, "long", column,
                $"acc.{name} = checked(acc.{name} + (long){column.Value});",
                $"acc.{name} = checked(acc.{name} + other.{name});"),
        };
    }

    private Result Average(AggregateCallSpec call, AggregateColumn column)
    {
        string count = Present(column);
        string? isNull = call.Type.Nullable ? count + " == 0" : null;
        if (call.Type.Field == FieldKind.Decimal)
        {
            string sum = Sum(column, call.Type);
            int digits = call.Type.Scale - column.Type.Scale;
            return new(call.Type, $"{AggregateColumn.Operators}DecimalAggregates.Mean({sum}, {count}, {digits})") { IsNull = isNull };
        }

        // Without a sum of the same column the mean is computed in doubles, as its result is: it cannot overflow then.
        if (_summed.Contains(column.Ordinal))
            return new(call.Type, $"(double){Sum(column, SumType(column.Type.Field))} / {count}") { IsNull = isNull };
        string name = $"Total{column.Ordinal}";
        return new(call.Type, $"{Plain(name, "double", column, $"acc.{name} += (double){column.Value};", Adds(name))} / {count}") { IsNull = isNull };
    }

    private static TypeSpec SumType(FieldKind kind) => TypeSpec.Of(kind is FieldKind.Float or FieldKind.Double ? FieldKind.Double : FieldKind.Int64);

    private Result Variance(AggregateCallSpec call, AggregateColumn column)
    {
        string name = $"Moments{column.Ordinal}";
        string type = AggregateColumn.Operators + "Moments";
        Add(new Part(name, type)
        {
            Of = TextOf(column),
            Layout = "record(Count int64, Mean double, Squares double)",
            Column = column,
            Add = $"acc.{name}.Add((double){column.Value});",
            Merge = $"acc.{name}.Merge(other.{name});",
            Save = $"acc.{name}.Save(writer);",
            Load = $"acc.{name} = {type}.Load(reader);",
        });
        int fewest = call.Function.EndsWith("Sample", StringComparison.Ordinal) ? 2 : 1;
        return new(call.Type, $"acc.{name}.{call.Function}") { IsNull = $"acc.{name}.Count < {fewest}" };
    }
}
