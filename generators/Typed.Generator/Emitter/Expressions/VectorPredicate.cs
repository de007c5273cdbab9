using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Expressions;

/// <summary>
/// A filter that kernels do many rows at once: comparisons of columns of fixed width that are never null with constants or
/// parameters, joined by <c>&amp;&amp;</c>.
/// </summary>
/// <param name="Comparisons">The comparisons, all of which must hold.</param>
internal sealed record VectorPredicate(EquatableArray<VectorComparison> Comparisons)
{
    /// <summary>The predicate of an expression; null if it is no such one.</summary>
    public static VectorPredicate? TryRead(ExprSpec expression)
    {
        List<VectorComparison> comparisons = [];
        return Collect(expression, comparisons) ? new VectorPredicate(comparisons.ToEquatable()) : null;
    }

    /// <summary>Why an expression is no such predicate; empty if it is one.</summary>
    public static string WhyNot(ExprSpec expression)
    {
        if (TryRead(expression) is not null)
            return "";
        if (expression is BinaryExpr { Operator: "&&" } both)
            return WhyNot(both.Left) is { Length: > 0 } left ? left : WhyNot(both.Right);
        if (expression is not BinaryExpr { Operator: "<" or "<=" or ">" or ">=" or "==" or "!=" } compare)
            return "kernels do comparisons of a column of numbers with a constant or a parameter";
        (ExprSpec column, ExprSpec value) = compare.Left is ConstantExpr or ParameterExpr ? (compare.Right, compare.Left) : (compare.Left, compare.Right);
        if (column is not ColumnExpr)
            return column is MemberExpr ? "kernels compare columns of the row itself; this one is inside a record" : "kernels compare a column as it is; here something is computed first";
        return value is not (ConstantExpr or ParameterExpr) ? "kernels compare a column with a constant or a parameter; this is another value"
            : column.Type.Nullable ? "the column may be null, which kernels do not test"
            : "kernels compare whole numbers of up to 64 bits, floats and doubles, each with its own type";
    }

    private static bool Collect(ExprSpec expression, List<VectorComparison> comparisons)
    {
        if (expression is BinaryExpr { Operator: "&&" } both)
            return Collect(both.Left, comparisons) && Collect(both.Right, comparisons);
        if (expression is not BinaryExpr { Operator: "<" or "<=" or ">" or ">=" or "==" or "!=" } compare)
            return false;
        (ExprSpec left, ExprSpec right, string op) = compare.Left is ConstantExpr or ParameterExpr
            ? (compare.Right, compare.Left, Mirrored(compare.Operator))
            : (compare.Left, compare.Right, compare.Operator);
        if (left is not ColumnExpr { Type: { Nullable: false, Value: ValueKind.Field } type } column || right is not (ConstantExpr or ParameterExpr))
            return false;
        bool isPlain = type.Field is FieldKind.Int32 or FieldKind.Int64 or FieldKind.UInt32 or FieldKind.UInt64 or FieldKind.Int16 or FieldKind.UInt16
            or FieldKind.SByte or FieldKind.Byte or FieldKind.Float or FieldKind.Double;
        if (!isPlain || !right.Type.Equals(type))
            return false;
        comparisons.Add(new VectorComparison(column, op, right));
        return true;
    }

    private static string Mirrored(string op) => op switch
    {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        _ => op,
    };
}

/// <summary>A column against a value that is the same for all rows.</summary>
internal sealed record VectorComparison(ColumnExpr Column, string Operator, ExprSpec Value)
{
    /// <summary>The name of the operator in the kernels.</summary>
    public string Kernel => Operator switch
    {
        "<" => "Less",
        "<=" => "LessOrEqual",
        ">" => "Greater",
        ">=" => "GreaterOrEqual",
        "==" => "Equal",
        _ => "NotEqual",
    };
}
