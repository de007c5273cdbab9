using System.Text.Json;
using Typed.Conformance.Cases;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Plans;

/// <content>Grouping and aggregates.</content>
internal sealed partial class PlanWriter
{
    private Rows Aggregate(JsonElement plan)
    {
        Rows input = Stream(Input(plan));
        RowScope scope = new("r", input.Columns);
        List<(string Name, Code Value)> keys = [];
        string? window = null;
        string? windowName = null;
        List<string> order = [];
        foreach (JsonElement key in plan.GetProperty("keys").EnumerateArray())
        {
            if (key.ValueKind == JsonValueKind.String)
            {
                keys.Add((key.GetString()!, scope.Writer.Value(SqlParser.Parse(key.GetString()!))));
                order.Add(key.GetString()!);
                continue;
            }

            if (window is not null)
                throw new NoFormException("two windows in one grouping");
            windowName = key.Text("as") ?? "window";
            window = key.Get("session") is JsonElement session ? Session(session, scope) : Window(key.GetProperty("window"), scope);
            order.Add(windowName);
        }

        bool global = keys.Count == 0 && window is null;
        List<(string Name, Code Value)> results = [];
        foreach (string name in order)
            results.Add((name, name == windowName ? new Code("g.Window", SqlType.Window) : KeyOf(keys, name)));
        foreach (JsonElement aggregate in plan.GetProperty("aggs").EnumerateArray())
            results.Add((aggregate[0].GetString()!, Call(aggregate, scope, global)));
        if (global)
            return Project(input, "g", results, ".Aggregate(");
        string key1 = keys.Count switch
        {
            0 => "",
            1 => $"r => {keys[0].Value.Text}",
            _ => $"r => new {{ {string.Join(", ", keys.Select(key => $"{Names.Identifier(key.Name)} = {key.Value.Text}"))} }}",
        };
        string arguments = string.Join(", ", new[] { key1, window }.Where(argument => !string.IsNullOrEmpty(argument)));
        return Project(input.Then($".GroupBy({arguments})"), "g", results);
    }

    private static Code KeyOf(List<(string Name, Code Value)> keys, string name)
    {
        SqlType type = keys.First(key => key.Name == name).Value.Type;
        return new Code(keys.Count == 1 ? "g.Key" : $"g.Key.{Names.Identifier(name)}", type);
    }

    private static Rows Distinct(Rows rows)
    {
        RowScope scope = new("r", rows.Columns);
        bool single = rows.Columns.Count == 1;
        string key = single
            ? scope.Resolve(rows.Columns[0].Name).Text
            : $"new {{ {string.Join(", ", rows.Columns.Select(column => $"{column.Member} = {scope.Resolve(column.Name).Text}"))} }}";
        return Project(rows.Then($".GroupBy(r => {key})"), "g", [.. rows.Columns.Select(column => (column.Name, new Code(single ? "g.Key" : $"g.Key.{column.Member}", column.Type)))]);
    }

    private static string Window(JsonElement window, RowScope scope)
    {
        string size = Duration(window, "size") ?? throw new CaseException("a window without a size");
        string offset = Duration(window, "offset") is string start && start != "0 milliseconds" ? $"\"{start}\"" : "";
        string text = Duration(window, "slide") is string slide
            ? $"Window.Sliding(\"{size}\", every: \"{slide}\"{(offset.Length > 0 ? ", offset: " + offset : "")})"
            : $"Window.Tumbling(\"{size}\"{(offset.Length > 0 ? ", offset: " + offset : "")})";
        return $"{text}, on: r => {scope.Resolve(window.Text("column")!).Text}";
    }

    // In milliseconds, or as a text.
    private static string? Duration(JsonElement window, string name) =>
        window.Text(name) ?? (window.Number(name + "_ms") is long millis ? millis + " milliseconds" : null);

    private static Code Call(JsonElement aggregate, RowScope scope, bool global)
    {
        string function = aggregate[1].GetString()!;
        Code[] arguments = [.. aggregate.EnumerateArray().Skip(2).Select(argument => scope.Writer.Value(SqlParser.Parse(argument.GetString()!)))];
        if (arguments.Length == 0)
            return function == "count" ? new Code("g.Count()", SqlType.Long.NotNull()) : throw new CaseException($"the aggregate {function} has no argument");
        Code value = arguments[0];
        SqlType type = value.Type with { Nullable = value.Nullable || global };

        // The aggregates of all rows take nullable values, and no type is inferred through a nullable one.
        string text = global && !value.Nullable && type.Kind != SqlKind.String ? $"({type.CSharp}){value.Text}" : value.Text;
        switch (function)
        {
            case "count":
                return new Code($"g.CountNotNull(r => {text})", SqlType.Long.NotNull());
            case "count_distinct":
                return new Code($"g.CountDistinct(r => {text})", SqlType.Long.NotNull());
            case "approx_count_distinct":
                return new Code($"g.ApproxCountDistinct(r => {text})", SqlType.Long.NotNull());
            case "sum":
                SqlType sum = type.Kind switch
                {
                    SqlKind.Int => SqlType.Long,
                    SqlKind.Decimal => SqlType.Decimal(Math.Min(38, type.Precision + 10), type.Scale),
                    _ => type,
                };
                return new Code($"g.Sum(r => {text})", sum with { Nullable = type.Nullable });
            case "avg":
                SqlType average = type.Kind == SqlKind.Decimal ? SqlType.Decimal(Math.Min(38, type.Precision + 4), type.Scale + 4) : SqlType.Double;
                return new Code($"g.Average(r => {text})", average with { Nullable = type.Nullable });
            case "min" or "max" or "first" or "last":
                return new Code($"g.{char.ToUpperInvariant(function[0])}{function[1..]}(r => {text})", type);
            case "min_by" or "max_by":
                return new Code($"g.{(function == "min_by" ? "MinBy" : "MaxBy")}(r => {text}, r => {arguments[1].Text})", type.AsNullable());
            case "bool_and" or "bool_or":
                return new Code($"g.{(function == "bool_and" ? "All" : "Any")}(r => {text})", type);
            case "collect_set":
                return new Code($"g.CollectSet(r => {text}, 100_000)", SqlType.ListOf(value.Type));
            case "stddev_pop" or "stddev_samp" or "var_pop" or "var_samp":
                string method = (function.StartsWith("var", StringComparison.Ordinal) ? "Variance" : "StandardDeviation")
                    + (function.EndsWith("pop", StringComparison.Ordinal) ? "Population" : "Sample");
                return new Code($"g.{method}(r => {CSharpWriter.Convert(value, SqlType.Double).Text})", SqlType.Double);
            default:
                throw new CaseException($"the aggregate {function} is not known");
        }
    }
}
