namespace Typed.Plan;

/// <summary>The parts of an ON condition.</summary>
internal static class JoinCondition
{
    /// <summary>The predicates that a condition joins by <c>&amp;&amp;</c>, in order.</summary>
    public static IEnumerable<ExprSpec> Conjuncts(ExprSpec condition) =>
        condition is BinaryExpr { Operator: "&&" } both ? Conjuncts(both.Left).Concat(Conjuncts(both.Right)) : [condition];

    /// <summary>Whether a predicate is an equality between the two inputs: a value of input 0 and one of input 1.</summary>
    /// <param name="predicate">The predicate.</param>
    /// <param name="left">The value of input 0.</param>
    /// <param name="right">The value of input 1.</param>
    /// <param name="nullSafe">Whether null equals null (semantics 6.1.3).</param>
    public static bool IsEquality(ExprSpec predicate, out ExprSpec left, out ExprSpec right, out bool nullSafe)
    {
        nullSafe = predicate is NullSafeEqualExpr;
        (left, right) = predicate switch
        {
            NullSafeEqualExpr equal => (equal.Left, equal.Right),
            BinaryExpr { Operator: "==" } equal => (equal.Left, equal.Right),
            _ => (predicate, predicate),
        };
        if (ReferenceEquals(left, right))
            return false;
        if (Reads(left, 1) && Reads(right, 0))
            (left, right) = (right, left);
        return Reads(left, 0) && !Reads(left, 1) && Reads(right, 1) && !Reads(right, 0);
    }

    /// <summary>Whether an expression reads a column of an input.</summary>
    public static bool Reads(ExprSpec expression, int input) =>
        ExprWalk.Any(expression, part => part is ColumnExpr column && column.Input == input || part is RowExpr row && row.Input == input);
}
