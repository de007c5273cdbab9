using System.Text.Json;
using Typed.Conformance.Cases;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Plans;

/// <content>Joins of two streams.</content>
internal sealed partial class PlanWriter
{
    private Rows StreamJoin(JsonElement plan, JsonElement leftPlan, JsonElement rightPlan, string type)
    {
        string method = type switch
        {
            "inner" => "Join",
            "left_outer" => "LeftJoin",
            "right_outer" => "RightJoin",
            "full_outer" => "FullJoin",
            "left_semi" => "SemiJoin",
            "left_anti" => throw new NoFormException("a join of two streams that is refused because it is an anti join"),
            _ => throw new NoFormException($"a join {type} of two streams"),
        };
        Rows left = Stream(Node(leftPlan));
        Rows right = Stream(Node(rightPlan));
        RowScope scope = new("l", left.Columns, "r", right.Columns);
        string on = string.Join(" && ", Conditions(plan, new RowScope("l", left.Columns), new RowScope("r", right.Columns), scope));
        string other = right.Text.Replace("\n", "\n    ", StringComparison.Ordinal);
        string call = $".{method}({other}, on: (l, r) => {(on.Length == 0 ? "true" : on)}";
        if (method == "SemiJoin")
            return left.Then(call + ")");
        IEnumerable<(string Name, Code Value)> values = [.. Values("l", left, method is "RightJoin" or "FullJoin"), .. Values("r", right, method is "LeftJoin" or "FullJoin")];
        return Project(left, "(l, r)", [.. values], call + ", select: ");
    }

    private static IEnumerable<(string Name, Code Value)> Values(string variable, Rows rows, bool mayBeMissing) => rows.Columns.Select(column =>
        (column.Name, new Code($"{variable}{(mayBeMissing ? "?" : "")}.{column.Member}", mayBeMissing ? column.Type.AsNullable() : column.Type)));

    /// <summary>
    /// The tumbling windows among the columns of a select, as values of the rows. A row without a time is in none of them, so it is left out.
    /// </summary>
    private static Rows WithWindowTimes(Rows input, IEnumerable<JsonElement> windows)
    {
        foreach (JsonElement window in windows)
        {
            Code time = new RowScope("r", input.Columns).Resolve(window.Text("column")!);
            if (time.Nullable)
                input = input.Then($".Where(r => {time.Text} != null)");
        }

        return input;
    }

    private static Code WindowOf(JsonElement window, RowScope scope)
    {
        Code time = scope.Resolve(window.Text("column")!);
        long size = window.Number("size_ms") ?? throw new CaseException("a window without a size");
        if (window.Number("slide_ms") is long slide && slide != size)
            throw new NoFormException("sliding windows among the columns of a select");
        string offset = window.Number("offset_ms") is long shift && shift != 0 ? $", Durations.Milliseconds({shift})" : "";
        return new Code($"TimeWindow.Of({time.Text}{(time.Nullable ? ".Value" : "")}, Durations.Milliseconds({size}){offset})", SqlType.Window);
    }
}
