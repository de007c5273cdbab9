using System.Text.Json;
using Typed.Conformance.Cases;
using Typed.Conformance.Sql;

namespace Typed.Conformance.Plans;

/// <content>Joins with tables. A table on the left is written as the mirrored join where there is one.</content>
internal sealed partial class PlanWriter
{
    private Rows Join(JsonElement plan)
    {
        JsonElement left = plan.GetProperty("left");
        JsonElement right = plan.GetProperty("right");
        string type = plan.Text("type")!;
        bool mirrored = StaticPlan.IsStatic(left);
        if (!mirrored && !StaticPlan.IsStatic(right))
            return StreamJoin(plan, left, right, type);
        string method = (type, mirrored) switch
        {
            ("inner", _) => "Join",
            ("left_outer", false) or ("right_outer", true) => "LeftJoin",
            ("left_semi", false) => "SemiJoin",
            ("left_anti", false) => "AntiJoin",
            _ => throw new NoFormException($"a join {type} of {(mirrored ? "a table with a stream" : "a stream with a table")}"),
        };
        Rows stream = Stream(Node(mirrored ? right : left));
        PlanInput table = Table(mirrored ? left : right);
        RowScope streamRow = new("s", stream.Columns);
        RowScope tableRow = new("t", table.Columns);
        RowScope scope = mirrored ? new RowScope("t", table.Columns, "s", stream.Columns) : new RowScope("s", stream.Columns, "t", table.Columns);
        string on = string.Join(" && ", Conditions(plan, mirrored ? tableRow : streamRow, mirrored ? streamRow : tableRow, scope));
        string call = $".{method}({table.Parameter}, on: (s, t) => {(on.Length == 0 ? "true" : on)}";
        if (method is "SemiJoin" or "AntiJoin")
            return stream.Then(call + ")");
        bool outer = method == "LeftJoin";
        List<(string Name, Code Value)> streamValues = [.. stream.Columns.Select(column => (column.Name, new Code($"s.{column.Member}", column.Type)))];
        List<(string Name, Code Value)> tableValues = [.. table.Columns.Select(column =>
            (column.Name, new Code($"t{(outer ? "?" : "")}.{column.Member}", outer ? column.Type.AsNullable() : column.Type)))];
        return Project(stream, "(s, t)", mirrored ? [.. tableValues, .. streamValues] : [.. streamValues, .. tableValues], call + ", select: ");
    }

    private static IEnumerable<string> Conditions(JsonElement plan, RowScope leftRow, RowScope rightRow, RowScope scope)
    {
        HashSet<long> nullSafe = [.. (plan.Get("null_safe")?.EnumerateArray() ?? []).Select(position => position.GetInt64())];
        int number = 0;
        foreach (JsonElement pair in plan.Get("on")?.EnumerateArray() ?? [])
        {
            Code left = leftRow.Writer.Value(SqlParser.Parse(pair[0].GetString()!));
            Code right = rightRow.Writer.Value(SqlParser.Parse(pair[1].GetString()!));
            yield return nullSafe.Contains(number++) ? NullSafe(left, right) : $"{left.Text} == {right.Text}";
        }

        foreach (JsonElement condition in plan.Get("time_conditions")?.EnumerateArray() ?? [])
        {
            string plus = condition.Number("plus_ms") is long millis && millis != 0 ? $" + Durations.Milliseconds({millis})" : "";
            yield return $"{leftRow.Resolve(condition.Text("left")!).Text} {condition.Text("op")} {rightRow.Resolve(condition.Text("right")!).Text}{plus}";
        }

        if (plan.Text("left_condition") is string leftOnly)
            yield return leftRow.Writer.IsTrue(SqlParser.Parse(leftOnly));
        if (plan.Text("right_condition") is string rightOnly)
            yield return rightRow.Writer.IsTrue(SqlParser.Parse(rightOnly));
        if (plan.Text("condition") is string both)
        {
            foreach (SqlExpression conjunct in Conjuncts(SqlParser.Parse(both)))
                yield return Conjunct(conjunct, scope);
        }
    }

    private static IEnumerable<SqlExpression> Conjuncts(SqlExpression expression) =>
        expression is SqlBinary { Operator: "and" } and ? Conjuncts(and.Left).Concat(Conjuncts(and.Right)) : [expression];

    // Equality of two columns, one of each side, is a key of the join: == says all (semantics 6.1.3).
    private static string Conjunct(SqlExpression conjunct, RowScope scope)
    {
        if (conjunct is SqlBinary { Operator: "==" or "<=>", Left: SqlName left, Right: SqlName right } equality
            && scope.SideOf(left.Name) is int one && scope.SideOf(right.Name) is int other && one != other)
        {
            return equality.Operator == "<=>"
                ? NullSafe(scope.Resolve(left.Name), scope.Resolve(right.Name))
                : $"{scope.Resolve(left.Name).Text} == {scope.Resolve(right.Name).Text}";
        }

        return scope.Writer.IsTrue(conjunct);
    }

    private static string NullSafe(Code left, Code right)
    {
        SqlType common = CSharpWriter.Common(left.Type, right.Type).AsNullable();
        return $"NullSafe.Equal({CSharpWriter.Exactly(left.As(left.Type), common).Text}, {CSharpWriter.Exactly(right, common).Text})";
    }

    /// <summary>The difference of a stream and a table is an anti join that matches nulls, without duplicates.</summary>
    private Rows Except(JsonElement plan)
    {
        JsonElement right = plan.GetProperty("right");
        if (StaticPlan.IsStatic(plan.GetProperty("left")) || !StaticPlan.IsStatic(right))
            throw new NoFormException("a difference with a stream on the right");
        Rows stream = Stream(Node(plan.GetProperty("left")));
        PlanInput table = Table(right);
        IEnumerable<string> equal = stream.Columns.Select((column, i) => NullSafe(new Code($"s.{column.Member}", column.Type), new Code($"t.{table.Columns[i].Member}", table.Columns[i].Type)));
        return Distinct(stream.Then($".AntiJoin({table.Parameter}, on: (s, t) => {string.Join(" && ", equal)})"));
    }
}
