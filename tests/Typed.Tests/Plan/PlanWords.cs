extern alias generator;

using generator::Typed.Plan;

namespace Typed.Tests.Plan;

/// <summary>Plans and expressions in short words, the source first, so that a test can name what it expects.</summary>
internal static class PlanWords
{
    public static string Of(NodeSpec node) => node switch
    {
        SourceNode source => source.Name,
        FilterNode filter => $"{Of(filter.Input)} | filter {Of(filter.Predicate)}",
        ProjectNode project => $"{Of(project.Input)} | project {Named(project.Row, project.Values)}",
        FlattenNode flatten => $"{Of(flatten.Input)} | flatten {Of(flatten.List)} into {Named(flatten.Row, flatten.Values)}",
        WatermarkNode watermark => $"{Of(watermark.Input)} | watermark {Of(watermark.Time)} {watermark.DelayMillis}",
        AggregateNode aggregate => $"{Of(aggregate.Input)} | aggregate {Aggregate(aggregate)}",
        UnionNode union => $"({Of(union.Left)}) + ({Of(union.Right)})",
        LimitNode limit => $"{Of(limit.Input)} | limit {limit.Count}",
        SkipNode skip => $"{Of(skip.Input)} | skip {skip.Count}",
        SortNode sort => $"{Of(sort.Input)} | sort {string.Join(", ", sort.Keys.Select(key => Of(key.Value) + (key.Descending ? " desc" : "")))}",
        TableJoinNode join => $"{Of(join.Input)} | {join.Kind} {join.TableName} on {Of(join.On)} give {Named(join.Row, join.Values)}",
        ObserveNode observe => $"{Of(observe.Input)} | observe {observe.Name}: {string.Join(", ", observe.Aggregates.Select(Of))} as {string.Join(", ", observe.Metrics.Select((metric, i) => $"{metric.Name}={Of(observe.Values[i])}"))}",
        _ => node.GetType().Name,
    };

    public static string Of(ExprSpec expr) => expr switch
    {
        ColumnExpr column => column.Input == 0 ? column.Name : "t." + column.Name,
        ConstantExpr constant => constant.Literal,
        LocalExpr local => "#" + local.Id,
        ParameterExpr parameter => "@" + parameter.Name,
        MemberExpr member => $"{Of(member.Target)}.{member.Name}",
        BinaryExpr binary => $"({Of(binary.Left)} {binary.Operator} {Of(binary.Right)})",
        UnaryExpr unary => unary.Operator + Of(unary.Operand),
        ConvertExpr convert => $"{convert.Type.CSharp}({Of(convert.Operand)})",
        IsNullExpr test => $"isnull({Of(test.Value)})",
        ConditionalExpr choice => $"({Of(choice.Condition)} ? {Of(choice.Then)} : {Of(choice.Otherwise)})",
        RowExpr row => $"row{row.Input}",
        NewRowExpr row => $"{{{string.Join(", ", row.Values.Select(Of))}}}",
        CallExpr call => $"{call.Method}({string.Join(", ", call.Arguments.Select(Of))})",
        NullSafeEqualExpr equal => $"({Of(equal.Left)} <=> {Of(equal.Right)})",
        UnwrapExpr unwrap => Of(unwrap.Operand) + "!",
        _ => expr.GetType().Name,
    };

    private static string Named(RowSpec row, EquatableArray<ExprSpec> values) =>
        string.Join(", ", row.Columns.Select((column, i) => $"{column.Name}={Of(values[i])}"));

    private static string Aggregate(AggregateNode node)
    {
        List<string> parts = [];
        if (node.Window is { } window)
        {
            string slide = window.SlideMicros == window.SizeMicros ? "" : $"/{window.SlideMicros / 1000}";
            string offset = window.OffsetMicros == 0 ? "" : $"+{window.OffsetMicros / 1000}";
            parts.Add($"window({Of(window.Time)}, {window.SizeMicros / 1000}{slide}{offset})");
        }

        int first = node.Window is null ? 0 : 1;
        parts.AddRange(node.Keys.Select((key, i) => $"{node.Row.Columns[first + i].Name}={Of(key)}"));
        if (node.TtlMicros != 0)
            parts.Add($"ttl {node.TtlMicros / 1000}");
        if (node.IsGlobal)
            parts.Add("all");
        return string.Join(", ", parts) + ": " + string.Join(", ", node.Aggregates.Select(Of));
    }

    private static string Of(AggregateSpec one)
    {
        string constants = one.Constants.Count == 0 ? "" : "; " + string.Join(", ", one.Constants);
        string user = one.UserType is null ? "" : $" by {one.UserInstance} of {one.UserType}/{one.UserState}";
        return $"{one.Name}={one.Function}({string.Join(", ", one.Arguments.Select(Of))}{constants}){user}";
    }
}
