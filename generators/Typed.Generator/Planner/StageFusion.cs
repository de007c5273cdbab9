using Typed.Plan;

namespace Typed.Generator.Planner;

/// <summary>When two neighbouring stages can be one, and which stages do nothing.</summary>
internal static class StageFusion
{
    /// <summary>
    /// The stage <paramref name="above"/> over the input of <paramref name="below"/>; null if that would compute something dear
    /// more than once for a row.
    /// </summary>
    public static StageOp? TryFuse(StageOp below, StageOp above)
    {
        Dictionary<int, int> uses = [];
        foreach (ExprSpec expr in above.Filters.Concat(above.Values))
            CountUses(expr, 1, uses);
        for (int i = 0; i < below.Values.Count; i++)
        {
            ExprSpec value = below.Values[i];
            int count = uses.TryGetValue(i, out int found) ? found : 0;
            if (count > 1 && !Predicates.IsCheap(value) && !IsTakenApart(value))
                return null;

            // The column rounds a decimal to its scale; the value itself would not be rounded.
            if (count > 0 && !SameStorage(value.Type, below.Output.Columns[i].Type))
                return null;
        }

        return above with
        {
            Inputs = below.Inputs,
            Filters = below.Filters.Concat(above.Filters.Select(filter => filter.Substitute(0, below.Values))).ToEquatable(),
            Values = above.Values.Select(value => value.Substitute(0, below.Values)).ToEquatable(),
        };
    }

    /// <summary>Whether the values are the columns of the input as they are.</summary>
    public static bool IsIdentity(StageOp stage, RowSpec input)
    {
        if (stage.Values.Count != input.Columns.Count)
            return false;
        for (int i = 0; i < stage.Values.Count; i++)
        {
            if (stage.Values[i] is not ColumnExpr column || column.Ordinal != i
                || !SameStorage(stage.Output.Columns[i].Type, input.Columns[i].Type))
                return false;
        }

        return true;
    }

    /// <summary>Whether columns of both types hold the same values in the same form; null or not makes no difference.</summary>
    public static bool SameStorage(TypeSpec a, TypeSpec b)
    {
        if (a.Value != b.Value && !(IsStruct(a) && IsStruct(b)))
            return false;
        if (a.Value == ValueKind.Field && b.Value == ValueKind.Field && a.Field != b.Field)
            return false;
        if (a.Precision != b.Precision || a.Scale != b.Scale || a.Members.Count != b.Members.Count)
            return false;
        for (int i = 0; i < a.Members.Count; i++)
        {
            if (!SameStorage(a.Members[i].Type, b.Members[i].Type))
                return false;
        }

        return (a.Element is null && b.Element is null) || (a.Element is { } x && b.Element is { } y && SameStorage(x, y));
    }

    private static bool IsStruct(TypeSpec type) => type.Value == ValueKind.Row || type.Is(Schema.FieldKind.Record);

    /// <summary>A row under construction, whose members are used one by one.</summary>
    private static bool IsTakenApart(ExprSpec value) => value is NewRowExpr row && row.Values.All(Predicates.IsCheap);

    private static void CountUses(ExprSpec expr, int weight, Dictionary<int, int> uses)
    {
        if (expr is ColumnExpr { Input: 0 } column)
            uses[column.Ordinal] = (uses.TryGetValue(column.Ordinal, out int count) ? count : 0) + weight;

        // What stands in the predicate of a list is evaluated for each element.
        if (expr is AnyAllExpr anyAll)
        {
            CountUses(anyAll.List, weight, uses);
            CountUses(anyAll.Predicate, 2, uses);
            return;
        }

        foreach (ExprSpec operand in expr.Operands())
            CountUses(operand, weight, uses);
    }
}
