using Typed.Schema;

namespace Typed.Plan;

/// <summary>How many different values there are at most, by the types of columns and by [Cardinality].</summary>
internal static class DistinctValues
{
    /// <summary>Of a value that is computed from rows of some inputs.</summary>
    public static Figure Of(ExprSpec value, params NodeSpec[] inputs) => Of(value, (input, ordinal) => OfColumn(inputs[input], ordinal));

    /// <summary>Of several values together.</summary>
    public static Figure Of(IEnumerable<ExprSpec> values, NodeSpec input) =>
        values.Aggregate(Figure.Of(1), (all, value) => all.Times(Of(value, input)));

    /// <summary>Of a column of a node's rows.</summary>
    public static Figure OfColumn(NodeSpec node, int ordinal)
    {
        ColumnSpec column = node.Row.Columns[ordinal];
        if (column.Cardinality > 0)
            return Figure.Of(column.Cardinality).AtMost(OfType(column));
        return OfType(column) is { Value: not null } known ? known : node switch
        {
            ProjectNode project => Of(project.Values[ordinal], project.Input),
            FlattenNode flatten => Of(flatten.Values[ordinal], flatten.Input),
            AggregateNode aggregate => OfGroup(aggregate, ordinal),
            TopNode { IsRanked: true } top => Of(top.Values[ordinal], top.Input),
            TableJoinNode join => Of(join.Values[ordinal], (input, one) => input == 0 ? OfColumn(join.Input, one) : OfInput(join.TableRow.Columns[one])),
            StreamJoinNode join => Of(join.Values[ordinal], join.Left, join.Right),
            UnionNode union => OfColumn(union.Left, ordinal).Plus(OfColumn(union.Right, ordinal)),
            ProcessNode or SourceNode => OfInput(column),
            UnaryNode unary => OfColumn(unary.Input, ordinal),
            _ => Figure.Unknowable,
        };
    }

    private static Figure Of(ExprSpec value, Func<int, int, Figure> column)
    {
        ExprSpec plain = RowShape.WithoutLift(value);
        if (OfType(new ColumnSpec("", plain.Type)) is { Value: not null } known)
            return known;
        if (plain is ConditionalExpr either && either.Then is ConstantExpr && either.Otherwise is ConstantExpr)
            return Figure.Of(2);

        // What is computed from columns alone has no more values than they have.
        if (plain.Nodes().Any(node => node is LocalExpr or RowExpr or BatchExpr))
            return Figure.Unknowable;
        return plain.Nodes().OfType<ColumnExpr>().Select(one => (one.Input, one.Ordinal)).Distinct()
            .Aggregate(Figure.Of(1), (all, one) => all.Times(column(one.Input, one.Ordinal)));
    }

    private static Figure OfGroup(AggregateNode aggregate, int ordinal)
    {
        int first = aggregate.Window is null ? 0 : 1;
        return ordinal < first || ordinal >= first + aggregate.Keys.Count ? Figure.Unknowable : Of(aggregate.Keys[ordinal - first], aggregate.Input);
    }

    private static Figure OfInput(ColumnSpec column) => HintedTypes.CanCount(column.Type) ? Figure.Without($"[Cardinality] on {column.Name}") : Figure.Unknowable;

    private static Figure OfType(ColumnSpec column)
    {
        double? values = column.Type.Value != ValueKind.Field ? null : column.Type.Field switch
        {
            FieldKind.Boolean => 2,
            FieldKind.Enum => Math.Max(1, column.Type.EnumNames.Count),
            FieldKind.Byte or FieldKind.SByte => 256,
            _ => null,
        };
        return values is { } known ? Figure.Of(known + (column.Type.Nullable ? 1 : 0)) : Figure.Unknowable;
    }
}

/// <summary>Which fields can have a hint.</summary>
internal static class HintedTypes
{
    /// <summary>Whether [Cardinality] says something of a field: it can be a key, or a part of one.</summary>
    public static bool CanCount(TypeSpec type) => type.Value == ValueKind.Field && type.Field is not (FieldKind.List or FieldKind.Map or FieldKind.Record or FieldKind.Window);
}
