using Typed.Plan;

namespace Typed.Generator.Planner;

/// <summary>Finds the equalities of a join's ON that a hash table can answer.</summary>
internal static class JoinKeys
{
    /// <summary>Whether the conjunct equates a value of the stream alone with a value of the table alone.</summary>
    public static bool TrySplit(ExprSpec conjunct, out ExprSpec stream, out ExprSpec table, out bool nullSafe)
    {
        (ExprSpec? left, ExprSpec? right, nullSafe) = conjunct switch
        {
            BinaryExpr { Operator: "==" } equal => (equal.Left, equal.Right, false),
            NullSafeEqualExpr equal => (equal.Left, equal.Right, true),
            _ => ((ExprSpec?)null, (ExprSpec?)null, false),
        };
        if (left is not null && right is not null)
        {
            if (IsOf(left, 0) && IsOf(right, 1))
            {
                (stream, table) = (left, right);
                return true;
            }

            if (IsOf(left, 1) && IsOf(right, 0))
            {
                (stream, table) = (right, left);
                return true;
            }
        }

        (stream, table) = (conjunct, conjunct);
        return false;
    }

    private static bool IsOf(ExprSpec value, int input) => value.Reads(input) && !value.Reads(1 - input);
}
