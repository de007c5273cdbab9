using System.Globalization;
using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Operators;

/// <summary>
/// The accumulator of an aggregation as text. Each aggregate asks for the parts it needs by name; parts that several aggregates need (the
/// count of rows, the sum behind an average) are there once.
/// </summary>
internal sealed class AggregateState
{
    private readonly RowSpec _input;
    private readonly SortedDictionary<int, AggregateColumn> _columns = [];
    private readonly List<Part> _parts = [];
    private readonly List<AggregateCallSpec> _users = [];
    private readonly HashSet<int> _summed;

    public AggregateState(RowSpec input, IEnumerable<AggregateCallSpec> calls)
    {
        _input = input;
        List<AggregateCallSpec> all = [.. calls];
        _summed = [.. all.Where(call => call.Function == "Sum").Select(call => call.Columns[0])];
        Results = [.. all.Select(ResultOf)];
        MergesExactly = all.All(IsExact);
    }

    public IEnumerable<AggregateColumn> Columns => _columns.Values;

    public IReadOnlyList<Part> Parts => _parts;

    /// <summary>The users' own aggregates, by the number of their field.</summary>
    public IReadOnlyList<AggregateCallSpec> Users => _users;

    public IReadOnlyList<Result> Results { get; }

    public bool HasCells => _parts.Any(part => part.Own is not null);

    /// <summary>Whether what is computed in parts is, put together in any order, the same to the last bit.</summary>
    public bool MergesExactly { get; }

    /// <summary>Makes a column of the input part of what is bound.</summary>
    public AggregateColumn Column(int ordinal)
    {
        if (!_columns.TryGetValue(ordinal, out AggregateColumn? column))
            _columns.Add(ordinal, column = new AggregateColumn(ordinal, _input.Columns[ordinal].Type) { Name = _input.Columns[ordinal].Name });
        return column;
    }

    /// <summary>The number of rows.</summary>
    public string Rows() => Plain("Rows", "long", null, "acc.Rows++;", "acc.Rows += other.Rows;");

    private Result ResultOf(AggregateCallSpec call)
    {
        AggregateColumn? column = call.Columns.Count > 0 ? Column(call.Columns[0]) : null;
        switch (call.Function)
        {
            case "Count" when column is null:
                return new(call.Type, Rows());
            case "Count":
                return new(call.Type, Plain($"True{column!.Ordinal}", "long", column, $"acc.True{column.Ordinal} += {column.Value};", Adds($"True{column.Ordinal}")));
            case "CountNotNull":
                return new(call.Type, Present(column!));
            case "Sum":
                return new(call.Type, Sum(column!, call.Type)) { IsNull = NoValue(call, column!) };
            case "Average":
                return Average(call, column!);
            case "Min" or "Max":
                return Extreme(call, column!, call.Function == "Min");
            case "All" or "Any":
                return Extreme(call, column!, call.Function == "All");
            case "First" or "Last":
                return Arrival(call, column!);
            case "MinBy" or "MaxBy":
                return ExtremeBy(call, column!, Column(call.Columns[1]));
            case "VariancePopulation" or "VarianceSample" or "StandardDeviationPopulation" or "StandardDeviationSample":
                return Variance(call, column!);
            case "CountDistinct":
                return new(call.Type, Set(column!, int.MaxValue) + ".Count");
            case "CollectSet":
                return new(call.Type, Set(column!, (int)call.Constants[0])) { Element = column!.Type, SortFirst = true };
            case "Collect":
                return new(call.Type, List(column!, (int)call.Constants[0])) { Element = column!.Type };
            case "ApproxCountDistinct":
                return ApproxCount(call, column!);
            case "ApproxQuantile":
                return Quantile(call, column!);
            case "Aggregate":
                return User(call, column!);
            default:
                throw new ArgumentOutOfRangeException(nameof(call), call.Function, "An aggregate that has no accumulator.");
        }
    }

    // Sums of doubles depend on the order in their last digits, as does what is computed from them; sets and lists have the order of arrival.
    private static bool IsExact(AggregateCallSpec call) => call.Function switch
    {
        "Count" or "CountNotNull" or "Min" or "Max" or "All" or "Any" or "ApproxCountDistinct" => true,
        "Sum" => call.Type.Field is not FieldKind.Double,
        "Average" => call.Type.Field == FieldKind.Decimal,
        _ => false,
    };

    private string Present(AggregateColumn column) => column.Type.Nullable
        ? Plain($"Present{column.Ordinal}", "long", column, $"acc.Present{column.Ordinal}++;", Adds($"Present{column.Ordinal}"))
        : Rows();

    /// <summary>The condition under which no value was seen; null if the result cannot be null.</summary>
    private string? NoValue(AggregateCallSpec call, AggregateColumn column) => call.Type.Nullable ? Present(column) + " == 0" : null;

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
            Add(new Part(name, type)
            {
                Layout = $"record(Place int64, Value {StateLayoutText.Column(column.Type)})",
                Column = column,
                Add = $"acc.{name}.Keep{keep}({column.Value}, _sequence + row, arena);",
                Merge = $"acc.{name}.Merge{keep}(other.{name}, arena);",
                Own = $"acc.{name}.Own(arena);",
                Save = $"acc.{name}.Save(writer);",
                Load = $"acc.{name} = {type}.Load(reader, arena);",
            });
            return new(call.Type, $"acc.{name}.View") { IsNull = call.Type.Nullable ? $"acc.{name}.View.IsNull" : null };
        }

        string cell = $"{AggregateColumn.Operators}ArrivalCell<{column.Storage}>";
        Add(new Part(name, cell)
        {
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
            string cell = AggregateColumn.Operators + "TextCell";
            Add(new Part(name + "Value", cell) { Layout = StateLayoutText.Column(column.Type), Own = $"acc.{name}Value.Own(arena);", Save = $"acc.{name}Value.Save(writer);", Load = $"acc.{name}Value = {cell}.Load(reader, arena);" });
        }
        else
        {
            Add(new Part(name + "Value", column.Storage) { Layout = StateLayoutText.Column(column.Type) });
        }

        string none = $"!acc.{name}.HasValue";
        if (column.Type.Nullable)
        {
            Add(new Part(name + "Null", "bool"));
            none += $" || acc.{name}Null";
        }

        return new(call.Type, column.IsText ? $"acc.{name}Value.View" : $"acc.{name}Value") { IsNull = call.Type.Nullable ? none : null };
    }

    private Result Variance(AggregateCallSpec call, AggregateColumn column)
    {
        string name = $"Moments{column.Ordinal}";
        string type = AggregateColumn.Operators + "Moments";
        Add(new Part(name, type)
        {
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

    private string Set(AggregateColumn column, int max)
    {
        string name = $"Set{column.Ordinal}Of{max}";
        return Cell(name, "SetCell", column, max);
    }

    private string List(AggregateColumn column, int max) => Cell($"List{column.Ordinal}Of{max}", "ListCell", column, max);

    private string Cell(string name, string cell, AggregateColumn column, int max)
    {
        (string storage, string kind) = AggregateColumn.CellOf(column.Type.Field);
        string type = $"{AggregateColumn.Operators}{cell}<{storage}, {kind}>";
        string value = column.IsText ? $"{AggregateColumn.Operators}TextKey.Of({column.Value})" : $"({storage}){column.Value}";
        return Add(new Part(name, type)
        {
            Layout = $"list(record(Sequence int64, Value {StateLayoutText.Cell(column.Type)}))",
            Column = column,
            Add = $"acc.{name}.Add({value}, _sequence + row, {max}, arena);",
            Merge = $"acc.{name}.Merge(other.{name}, {max}, arena);",
            Own = $"acc.{name}.Own(arena);",
            Save = $"acc.{name}.Save(writer);",
            Load = $"acc.{name} = {type}.Load(reader, arena);",
        });
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
        Add(new Part(name, type)
        {
            Layout = "list(record(Bucket int32, Count int64))",
            Column = column,
            Add = $"acc.{name}.Add((double){column.Value}, {constant}, arena);",
            Merge = $"acc.{name}.Merge(other.{name}, arena);",
            Own = $"acc.{name}.Own(arena);",
            Save = $"acc.{name}.Save(writer);",
            Load = $"acc.{name} = {type}.Load(reader, arena);",
        });
        string quantile = call.Constants[0].ToString("R", CultureInfo.InvariantCulture);
        return new(call.Type, $"acc.{name}.Quantile({quantile}, {constant})") { IsNull = $"acc.{name}.Values == 0" };
    }

    private Result User(AggregateCallSpec call, AggregateColumn column)
    {
        int number = _users.Count;
        _users.Add(call);
        string name = $"User{number}";
        string generic = $"<{call.UserType}, {column.Type.Declared}, {call.UserState}, {call.Type.Declared}>";
        string value = new RecordValueWriter("").Read(column.Type, $"_input[{column.Ordinal}]", "row");
        Add(new Part(name, call.UserState!)
        {
            Add = $"{AggregateColumn.Operators}UserAggregates.Add{generic}(ref _user{number}, ref acc.{name}, {value});",
            Merge = $"{AggregateColumn.Operators}UserAggregates.Merge{generic}(ref _user{number}, ref acc.{name}, other.{name});",
            Start = $"{AggregateColumn.Operators}UserAggregates.Initial{generic}(ref _user{number})",
        });
        return new(call.Type, $"{AggregateColumn.Operators}UserAggregates.Result{generic}(ref _user{number}, acc.{name})") { IsManaged = true };
    }

    private string TextCell(string name, AggregateColumn column, string add, string merge)
    {
        string type = AggregateColumn.Operators + "TextCell";
        return Add(new Part(name, type)
        {
            Layout = StateLayoutText.Column(column.Type),
            Column = column,
            Add = add,
            Merge = merge,
            Own = $"acc.{name}.Own(arena);",
            Save = $"acc.{name}.Save(writer);",
            Load = $"acc.{name} = {type}.Load(reader, arena);",
        });
    }

    private string Plain(string name, string type, AggregateColumn? column, string add, string merge, string? start = null, string? layout = null) =>
        Add(new Part(name, type) { Column = column, Add = add, Merge = merge, Start = start, Layout = layout });

    private string Add(Part part)
    {
        if (_parts.All(known => known.Name != part.Name))
            _parts.Add(part);
        return "acc." + part.Name;
    }

    private static string Adds(string name) => $"acc.{name} += other.{name};";

    /// <summary>A field of the accumulator and the statements that work on it.</summary>
    internal sealed class Part(string name, string type)
    {
        public string Name { get; } = name;

        public string Type { get; } = type;

        /// <summary>The column without whose value a row is passed over; null for none.</summary>
        public AggregateColumn? Column { get; init; }

        /// <summary>The value for a group without rows, if it is not the default.</summary>
        public string? Start { get; init; }

        public string? Add { get; init; }

        public string? Merge { get; init; }

        /// <summary>Moves what the field points to; null if it points to nothing.</summary>
        public string? Own { get; init; }

        public string? Save { get; init; }

        public string? Load { get; init; }

        /// <summary>What is written of it; null for what is the C# type's own.</summary>
        public string? Layout { get; init; }

        /// <summary>Its name in what is said of the state: with that of its column in place of the column's number.</summary>
        public string Shown => Column is not null && Name == Word + Column.Ordinal.ToString(CultureInfo.InvariantCulture) ? $"{Word}.{Column.Name}" : Name;

        private string Word => Name.TrimEnd([.. "0123456789"]);
    }

    /// <summary>An output column.</summary>
    internal sealed class Result(TypeSpec type, string value)
    {
        public TypeSpec Type { get; } = type;

        /// <summary>The value: in the storage of the column, a UTF-8 view, or a cell of a list.</summary>
        public string Value { get; } = value;

        /// <summary>When it is null; null for never.</summary>
        public string? IsNull { get; init; }

        /// <summary>The type of the elements of a list.</summary>
        public TypeSpec? Element { get; init; }

        public bool SortFirst { get; init; }

        /// <summary>Whether the value is a .NET value, of a user's aggregate.</summary>
        public bool IsManaged { get; init; }
    }
}
