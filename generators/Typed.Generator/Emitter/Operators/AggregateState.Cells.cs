using System.Globalization;
using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Operators;

/// <content>Aggregates that grow with their values, up to a bound: sets, lists and sketches.</content>
internal sealed partial class AggregateState
{
    private string Set(AggregateColumn column, int max) => Cell($"Set{column.Ordinal}Of{max}", "SetCell", column, max);

    private string List(AggregateColumn column, int max) => Cell($"List{column.Ordinal}Of{max}", "ListCell", column, max);

    private string Cell(string name, string cell, AggregateColumn column, int max)
    {
        (string storage, string kind) = AggregateColumn.CellOf(column.Type.Field);
        string type = $"{AggregateColumn.Operators}{cell}<{storage}, {kind}>";
        string value = column.IsText ? $"{AggregateColumn.Operators}TextKey.Of({column.Value})" : $"({storage}){column.Value}";
        string of = ValuesOf(column) + (max == int.MaxValue ? "" : $", at most {max.ToString(CultureInfo.InvariantCulture)}");
        return InArena(
            name, type, column, of, $"list(record(Sequence int64, Value {StateLayoutText.Cell(column.Type)}))",
            $"acc.{name}.Add({value}, _sequence + row, {max}, arena);", $"acc.{name}.Merge(other.{name}, {max}, arena);");
    }

    private Result ApproxCount(AggregateCallSpec call, AggregateColumn column)
    {
        string type = AggregateColumn.Operators + "DistinctSketch";
        int precision = Math.Max(4, Math.Min(18, (int)Math.Ceiling(2 * Math.Log(1.04 / call.Constants[0], 2))));
        string name = $"Sketch{column.Ordinal}Of{precision}";
        string bits = column.Type.Field switch
        {
            FieldKind.String or FieldKind.Binary => column.Value,
            FieldKind.Float or FieldKind.Double => $"(ulong){AggregateColumn.Operators}RealValue.Bits({column.Value})",
            FieldKind.Decimal => $"(ulong){column.Value} ^ {type}.Spread((ulong)({column.Value} >> 64))",
            FieldKind.Guid => $"{AggregateColumn.Operators}GuidValue.Bits({column.Value})",
            _ => $"unchecked((ulong){column.Value})",
        };
        Add(new Part(name, type)
        {
            Of = $"{TextOf(column)}, precision {precision.ToString(CultureInfo.InvariantCulture)}",
            Layout = $"sketch({precision.ToString(CultureInfo.InvariantCulture)})",
            Column = column,
            Add = $"acc.{name}.Add({type}.Spread({bits}), {precision}, arena);",
            Merge = $"acc.{name}.Merge(other.{name}, {precision}, arena);",
            Own = $"acc.{name}.Own({precision}, arena);",
            Save = $"acc.{name}.Save({precision}, writer);",
            Load = $"acc.{name} = {type}.Load({precision}, reader, arena);",
        });
        return new(call.Type, $"acc.{name}.Estimate({precision})");
    }

    private Result Quantile(AggregateCallSpec call, AggregateColumn column)
    {
        string type = AggregateColumn.Operators + "QuantileSketch";
        double error = call.Constants.Count > 1 ? call.Constants[1] : 0.01;
        double logGamma = Math.Log((1 + error) / (1 - error));
        string constant = logGamma.ToString("R", CultureInfo.InvariantCulture);
        string name = $"Quantiles{column.Ordinal}At{error.ToString("R", CultureInfo.InvariantCulture).Replace('.', '_').Replace('-', 'm').Replace('+', 'p')}";
        InArena(
            name, type, column, $"{TextOf(column)}, error {error.ToString("R", CultureInfo.InvariantCulture)}", "list(record(Bucket int32, Count int64))",
            $"acc.{name}.Add((double){column.Value}, {constant}, arena);", $"acc.{name}.Merge(other.{name}, arena);");
        string quantile = call.Constants[0].ToString("R", CultureInfo.InvariantCulture);
        return new(call.Type, $"acc.{name}.Quantile({quantile}, {constant})") { IsNull = $"acc.{name}.Values == 0" };
    }
}
