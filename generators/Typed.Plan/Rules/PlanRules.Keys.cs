using System.Globalization;
using Typed.Schema;

namespace Typed.Plan;

/// <summary>The rules on keys and on what is summed (semantics 3.9, 5.1, 6.1.3): what Spark does here is done, and is said.</summary>
internal static partial class PlanRules
{
    /// <summary>The digits of the widest decimal column, and those by which a sum is wider than its values.</summary>
    private const int MostDigits = 38;
    private const int SumDigits = 10;

    /// <summary>With room for a million rows of the greatest value nothing is said.</summary>
    private const int EnoughDigits = 6;

    private static void CheckKeys(NodeSpec node, List<Finding> findings)
    {
        switch (node)
        {
            case AggregateNode aggregate:
                CheckKeys(node, aggregate.Input, aggregate.Keys, "GroupBy", "key", findings);
                CheckSums(aggregate, findings);
                break;
            case ProcessNode process:
                CheckKeys(node, process.Input, process.Keys, "GroupBy", "key", findings);
                break;
            case TopNode top:
                CheckKeys(node, top.Input, top.Keys, top.IsLast ? "LastBy" : "TopBy", top.IsLast ? "key" : "group", findings);
                break;
            case StreamJoinNode join:
                CheckJoinKeys(join, join.Left, join.Right, join.On, NameOf(join.Kind), join.Kind == StreamJoinKind.FullOuter, findings);
                break;
            case TableJoinNode join:
                CheckJoinKeys(join, join.Input, null, join.On, NameOf(join.Kind), nullsMatch: false, findings);
                break;
        }
    }

    private static void CheckKeys(NodeSpec node, NodeSpec input, EquatableArray<ExprSpec> keys, string name, string place, List<Finding> findings)
    {
        string[] fractions = [.. keys.Where(key => IsBinaryFraction(key.Type)).Select(KeyName)];
        if (fractions.Length > 0)
            findings.Add(Found(KeyDiagnostics.BinaryFraction, node.Id, place, name, Both(fractions)));
        string[] nulls = [.. keys.Where(key => MayBeNull(input, key)).Select(KeyName)];
        if (nulls.Length > 0)
        {
            findings.Add(Found(
                KeyDiagnostics.NullKey, node.Id, place, name, Both(nulls), "all rows without one are one group. Write WhereNotNull before it to leave them out, or ?? in the key to give that group a name"));
        }
    }

    private static void CheckJoinKeys(NodeSpec node, NodeSpec left, NodeSpec? right, ExprSpec on, string name, bool nullsMatch, List<Finding> findings)
    {
        foreach (ExprSpec conjunct in JoinCondition.Conjuncts(on))
        {
            if (!JoinCondition.IsEquality(conjunct, out ExprSpec one, out ExprSpec other, out bool nullSafe))
                continue;
            if (IsBinaryFraction(one.Type) || IsBinaryFraction(other.Type))
                findings.Add(Found(KeyDiagnostics.BinaryFraction, node.Id, "on", name, KeyName(one)));
            if (nullSafe || nullsMatch)
                continue;
            ExprSpec? mayBeNull = MayBeNull(left, one) ? one : right is not null && MayBeNull(right, other) ? other : null;
            if (mayBeNull is not null)
            {
                findings.Add(Found(
                    KeyDiagnostics.NullKey, node.Id, "on", name, KeyName(mayBeNull), "a row without one matches nothing, not even another such row. Write NullSafe.Equal for the two if they should match, or WhereNotNull before it if such rows are not wanted"));
            }
        }
    }

    // A sum is ten digits wider than its values, as in Spark, until 38. A decimal of which nothing was said has 38 digits and
    // in truth few: of that there is nothing to say.
    private static void CheckSums(AggregateNode aggregate, List<Finding> findings)
    {
        for (int i = 0; i < aggregate.Aggregates.Count; i++)
        {
            if (aggregate.Aggregates[i] is not { Function: "Sum", Arguments: [{ Type: var type }] } || !type.Is(FieldKind.Decimal))
                continue;
            TypeSpec unsaid = TypeSpec.Of(FieldKind.Decimal);
            int room = Math.Min(MostDigits, type.Precision + SumDigits) - type.Precision;
            if (room >= EnoughDigits || (type.Precision == unsaid.Precision && type.Scale == unsaid.Scale))
                continue;
            string rows = room == 0 ? "two" : "about " + Math.Pow(10, room).ToString("0", CultureInfo.InvariantCulture);
            findings.Add(Found(
                KeyDiagnostics.SumDigits, aggregate.Id, PipelineParser.AggregatePlace(i), "Sum", type.Precision.ToString(CultureInfo.InvariantCulture), rows));
        }
    }

    private static bool IsBinaryFraction(TypeSpec type) => type.Is(FieldKind.Float) || type.Is(FieldKind.Double);

    private static string Both(string[] names) => string.Join("' and '", names.Distinct());

    private static string NameOf(TableJoinKind kind) => kind switch
    {
        TableJoinKind.LeftOuter => "LeftJoin",
        TableJoinKind.LeftSemi => "SemiJoin",
        TableJoinKind.LeftAnti => "AntiJoin",
        _ => "Join",
    };

    private static string KeyName(ExprSpec key) => RowShape.WithoutLift(key) switch
    {
        ColumnExpr column => column.Name,
        MemberExpr member => KeyName(member.Target) + "." + member.Name,
        UnwrapExpr unwrap => KeyName(unwrap.Operand),
        _ => "a computed value",
    };

    /// <summary>Whether a key may be null for all that the plan says: no filter below has left the nulls out.</summary>
    private static bool MayBeNull(NodeSpec input, ExprSpec key)
    {
        key = RowShape.WithoutLift(key);
        return key.Type.Nullable && !(key is ColumnExpr column && IsFiltered(input, column.Ordinal));
    }

    private static bool IsFiltered(NodeSpec node, int column) => node switch
    {
        FilterNode filter => JoinCondition.Conjuncts(filter.Predicate).Any(one => LeavesNullOut(one, column)) || IsFiltered(filter.Input, column),
        WatermarkNode or LimitNode or SortNode or DistinctNode or ObserveNode or ExpectNode => IsFiltered(node.Inputs[0], column),
        ProjectNode project => RowShape.WithoutLift(project.Values[column]) is ColumnExpr read ? IsFiltered(project.Input, read.Ordinal) : !project.Values[column].Type.Nullable,
        UnionNode union => IsFiltered(union.Left, column) && IsFiltered(union.Right, column),
        _ => !node.Row.Columns[column].Type.Nullable,
    };

    private static bool LeavesNullOut(ExprSpec predicate, int column) => predicate switch
    {
        UnaryExpr { Operator: "!", Operand: IsNullExpr { Value: var value } } => IsColumn(value, column),
        BinaryExpr { Operator: "==" or "<" or "<=" or ">" or ">=" } compared =>
            (IsColumn(compared.Left, column) && !compared.Right.Type.Nullable) || (IsColumn(compared.Right, column) && !compared.Left.Type.Nullable),
        _ => false,
    };

    private static bool IsColumn(ExprSpec value, int column) => RowShape.WithoutLift(value) is ColumnExpr read && read.Ordinal == column;
}
