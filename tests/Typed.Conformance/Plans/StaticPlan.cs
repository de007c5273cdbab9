using System.Text.Json;
using Typed.Conformance.Cases;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Plans;

/// <summary>
/// The part of a plan that reads no stream. In Typed that is no query but what a program does with LINQ before it hands over a
/// <see cref="Table{T}"/>, so the runner computes the rows and the pipeline gets them as one table.
/// </summary>
internal sealed record StaticPlan(IReadOnlyList<SqlColumn> Columns, IReadOnlyList<JsonElement[]> Rows)
{
    /// <summary>Whether no stream is read below.</summary>
    public static bool IsStatic(JsonElement plan)
    {
        if (plan.ValueKind == JsonValueKind.Array)
            return plan.EnumerateArray().All(IsStatic);
        return plan.ValueKind != JsonValueKind.Object
            || (plan.Text("op") != "source" && plan.EnumerateObject().All(member => IsStatic(member.Value)));
    }

    public static StaticPlan Compute(JsonElement plan, JsonElement query)
    {
        string op = plan.Text("op")!;
        switch (op)
        {
            case "static":
                return Read(plan.Text("name")!, query);
            case "limit":
                StaticPlan limited = Input(plan, query);
                return limited with { Rows = [.. limited.Rows.Take((int)plan.Number("n")!)] };
            case "union":
                StaticPlan[] all = [.. plan.GetProperty("inputs").EnumerateArray().Select(input => Compute(input, query))];
                return all[0] with { Rows = [.. all.SelectMany(one => one.Rows)] };
            case "except":
                return Compute(plan.GetProperty("left"), query) with { Rows = Empty(Compute(plan.GetProperty("left"), query), op) };
            case "join":
                StaticPlan left = Compute(plan.GetProperty("left"), query);
                StaticPlan right = Compute(plan.GetProperty("right"), query);
                Empty(left, op);
                return new StaticPlan([.. left.Columns, .. right.Columns.Where(column => left.Columns.All(other => other.Name != column.Name))], []);
            case "aggregate":
                StaticPlan grouped = Input(plan, query);
                Empty(grouped, op);
                IEnumerable<SqlColumn> keys = plan.GetProperty("keys").EnumerateArray().Select(key => grouped.Columns.First(column => column.Name == key.GetString()));
                IEnumerable<SqlColumn> aggregates = plan.GetProperty("aggs").EnumerateArray()
                    .Select(aggregate => new SqlColumn(aggregate[0].GetString()!, Names.Identifier(aggregate[0].GetString()!), SqlType.Long));
                return new StaticPlan([.. keys, .. aggregates], []);
            case "sample" or "analytic_window" or "fmgws" or "sort" or "distinct":
                StaticPlan input = Input(plan, query);
                return input with { Rows = Empty(input, op) };
            default:
                throw new CaseException($"the operator '{op}' over tables is not known");
        }
    }

    private static StaticPlan Input(JsonElement plan, JsonElement query) => Compute(plan.GetProperty("input"), query);

    // Checks of plans come without rows; what would have to be computed from rows is not.
    private static IReadOnlyList<JsonElement[]> Empty(StaticPlan input, string op) =>
        input.Rows.Count == 0 ? [] : throw new CaseException($"the operator '{op}' over the rows of a table is not known");

    private static StaticPlan Read(string name, JsonElement query)
    {
        JsonElement table = query.Get("static")?.Get(name) ?? query.Get("static_tables")?.Get(name) ?? throw new CaseException($"the table '{name}' is not declared");
        return new StaticPlan(
            ReadColumns(table),
            [.. (table.Get("rows")?.EnumerateArray() ?? []).Select(row => row.EnumerateArray().ToArray())]);
    }

    /// <summary>The declared columns of a source or a table.</summary>
    public static IReadOnlyList<SqlColumn> ReadColumns(JsonElement declared) =>
        [.. declared.GetProperty("columns").EnumerateArray().Select(column => new SqlColumn(
            column[0].GetString()!,
            Names.Identifier(column[0].GetString()!),
            SqlType.Parse(column[1].GetString()!)))];
}
