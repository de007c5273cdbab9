using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Operators;

/// <content>Aggregates that keep a value of the input: the least, the greatest, the first, the last.</content>
internal sealed partial class AggregateState
{
    private Result Extreme(AggregateCallSpec call, AggregateColumn column, bool least)
    {
        string name = (least ? "Min" : "Max") + column.Ordinal;
        string keep = least ? "Least" : "Greatest";
        if (column.IsText)
        {
            string cell = TextCell(name, column, $"acc.{name}.Keep{keep}({column.Value}, arena);", $"acc.{name}.Keep{keep}(other.{name}.View, arena);");
            return new(call.Type, cell + ".View") { IsNull = call.Type.Nullable ? cell + ".IsNull" : null };
        }

        string storage = column.Storage;
        string function = column.Type.Field switch
        {
            FieldKind.Float or FieldKind.Double => AggregateColumn.Operators + "RealValue." + keep,
            FieldKind.Guid => AggregateColumn.Operators + "GuidValue." + keep,
            FieldKind.Decimal => "global::System.Int128." + (least ? "Min" : "Max"),
            _ => "global::System.Math." + (least ? "Min" : "Max"),
        };
        string start = column.Type.Field switch
        {
            FieldKind.Boolean => least ? "1" : "0",
            FieldKind.Float or FieldKind.Double => least ? storage + ".NaN" : storage + ".NegativeInfinity",
            FieldKind.Guid => least ? "global::System.Guid.AllBitsSet" : "global::System.Guid.Empty",
            _ => storage + (least ? ".MaxValue" : ".MinValue"),
        };
        string value = Plain(
            name, storage, column, $"acc.{name} = {function}(acc.{name}, {column.Value});", $"acc.{name} = {function}(acc.{name}, other.{name});", start, StateLayoutText.Column(column.Type));
        return new(call.Type, value) { IsNull = NoValue(call, column) };
    }

    private Result Arrival(AggregateCallSpec call, AggregateColumn column)
    {
        string keep = call.Function;
        string name = keep + column.Ordinal;
        if (column.IsText)
        {
            string type = AggregateColumn.Operators + "ArrivalText";
            InArena(
                name, type, column, ValuesOf(column), $"record(Place int64, Value {StateLayoutText.Column(column.Type)})",
                $"acc.{name}.Keep{keep}({column.Value}, _sequence + row, arena);", $"acc.{name}.Merge{keep}(other.{name}, arena);");
            return new(call.Type, $"acc.{name}.View") { IsNull = call.Type.Nullable ? $"acc.{name}.View.IsNull" : null };
        }

        string cell = $"{AggregateColumn.Operators}ArrivalCell<{column.Storage}>";
        Add(new Part(name, cell)
        {
            Of = ValuesOf(column),
            Layout = $"record(Place int64, Value {StateLayoutText.Column(column.Type)})",
            Column = column,
            Add = $"acc.{name}.Keep{keep}({column.Value}, _sequence + row);",
            Merge = $"acc.{name}.Merge{keep}(other.{name});",
            Save = $"acc.{name}.Save(writer);",
            Load = $"acc.{name} = {cell}.Load(reader);",
        });
        return new(call.Type, $"acc.{name}.Value") { IsNull = call.Type.Nullable ? $"!acc.{name}.HasValue" : null };
    }

    private Result ExtremeBy(AggregateCallSpec call, AggregateColumn column, AggregateColumn by)
    {
        string takes = call.Function == "MinBy" ? "TakesLeast" : "TakesGreatest";
        string name = $"{call.Function}{by.Ordinal}Of{column.Ordinal}";
        string of = $"{ValuesOf(column)} by {ValuesOf(by)}";
        (string order, string kind) = AggregateColumn.CellOf(by.Type.Field);
        string byType = by.IsText ? AggregateColumn.Operators + "ExtremeText" : $"{AggregateColumn.Operators}ExtremeCell<{order}, {kind}>";
        string arena = by.IsText ? ", arena" : "";
        string set = column.IsText ? $"acc.{name}Value.Set({column.Value}, arena);" : $"acc.{name}Value = {column.Value};";
        string take = column.Type.Nullable
            ? $"acc.{name}Null = !({column.IsValid}); if (!acc.{name}Null) {{ {set} }}"
            : set;
        string copy = column.IsText ? $"acc.{name}Value.Assign(other.{name}Value, arena);" : $"acc.{name}Value = other.{name}Value;";
        if (column.Type.Nullable)
            copy += $" acc.{name}Null = other.{name}Null;";
        string byValue = by.IsText ? by.Value : $"({order}){by.Value}";
        Add(new Part(name, byType)
        {
            Of = of,
            Layout = $"record(Place int64, By {StateLayoutText.Cell(by.Type)})",
            Column = by,
            Add = $"if (acc.{name}.{takes}({byValue}, _sequence + row{arena})) {{ {take} }}",
            Merge = $"if (acc.{name}.{takes}(other.{name}{arena})) {{ {copy} }}",
            Own = by.IsText ? $"acc.{name}.Own(arena);" : null,
            Save = $"acc.{name}.Save(writer);",
            Load = $"acc.{name} = {byType}.Load(reader{arena});",
        });
        if (column.IsText)
        {
            InArena(name + "Value", AggregateColumn.Operators + "TextCell", null, of, StateLayoutText.Column(column.Type));
        }
        else
        {
            Add(new Part(name + "Value", column.Storage) { Of = of, Layout = StateLayoutText.Column(column.Type) });
        }

        string none = $"!acc.{name}.HasValue";
        if (column.Type.Nullable)
        {
            Add(new Part(name + "Null", "bool") { Of = of });
            none += $" || acc.{name}Null";
        }

        return new(call.Type, column.IsText ? $"acc.{name}Value.View" : $"acc.{name}Value") { IsNull = call.Type.Nullable ? none : null };
    }

    private string TextCell(string name, AggregateColumn column, string add, string merge) =>
        InArena(name, AggregateColumn.Operators + "TextCell", column, TextOf(column), StateLayoutText.Column(column.Type), add, merge);
}
