using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Operators;

/// <summary>
/// The accumulator of an aggregation as text. Each aggregate asks for the parts it needs by name; parts that several aggregates need (the
/// count of rows, the sum behind an average) are there once.
/// </summary>
internal sealed partial class AggregateState
{
    private readonly RowSpec _input;
    private readonly SortedDictionary<int, AggregateColumn> _columns = [];
    private readonly List<Part> _parts = [];
    private readonly List<AggregateCallSpec> _users = [];
    private readonly HashSet<int> _summed;
    private readonly Dictionary<int, string> _texts = [];

    public AggregateState(RowSpec input, IEnumerable<AggregateCallSpec> calls)
    {
        _input = input;
        List<AggregateCallSpec> all = [.. calls];
        _summed = [.. all.Where(call => call.Function == "Sum").Select(call => call.Columns[0])];
        foreach ((int column, string text) in all.SelectMany(call => call.Columns.Zip(call.Texts, (column, text) => (column, text))))
            _texts[column] = text;
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

    private Result User(AggregateCallSpec call, AggregateColumn column)
    {
        int number = _users.Count;
        _users.Add(call);
        string name = $"User{number}";
        string generic = $"<{call.UserType}, {column.Type.Declared}, {call.UserState}, {call.Type.Declared}>";
        string value = new RecordValueWriter("").Read(column.Type, $"_input[{column.Ordinal}]", "row");
        Add(new Part(name, call.UserState!)
        {
            Of = $"{call.UserType} of {TextOf(column)}",
            Add = $"{AggregateColumn.Operators}UserAggregates.Add{generic}(ref _user{number}, ref acc.{name}, {value});",
            Merge = $"{AggregateColumn.Operators}UserAggregates.Merge{generic}(ref _user{number}, ref acc.{name}, other.{name});",
            Start = $"{AggregateColumn.Operators}UserAggregates.Initial{generic}(ref _user{number})",
        });
        return new(call.Type, $"{AggregateColumn.Operators}UserAggregates.Result{generic}(ref _user{number}, acc.{name})") { IsManaged = true };
    }

    private string Plain(string name, string type, AggregateColumn? column, string add, string merge, string? start = null, string? layout = null) =>
        Add(new Part(name, type) { Of = column is null ? null : TextOf(column), Column = column, Add = add, Merge = merge, Start = start, Layout = layout });

    /// <summary>A part that points into the arena of the table.</summary>
    private string InArena(string name, string type, AggregateColumn? column, string of, string layout, string? add = null, string? merge = null) => Add(new Part(name, type)
    {
        Of = of,
        Layout = layout,
        Column = column,
        Add = add,
        Merge = merge,
        Own = $"acc.{name}.Own(arena);",
        Save = $"acc.{name}.Save(writer);",
        Load = $"acc.{name} = {type}.Load(reader, arena);",
    });

    private string Add(Part part)
    {
        if (_parts.All(known => known.Name != part.Name))
            _parts.Add(part);
        return "acc." + part.Name;
    }

    /// <summary>What the values of a column are: its name in the query, else the expression. Of an enum it says so, as the numbers that are kept do not.</summary>
    private string TextOf(AggregateColumn column) => column.Type.Is(FieldKind.Enum) ? ValuesOf(column) : _texts[column.Ordinal];

    /// <summary>The same with the type, for what is kept in a form that others have as well.</summary>
    private string ValuesOf(AggregateColumn column) => $"{_texts[column.Ordinal]} {AggregateKeys.Word(column.Type)}";

    private static string Adds(string name) => $"acc.{name} += other.{name};";
}
