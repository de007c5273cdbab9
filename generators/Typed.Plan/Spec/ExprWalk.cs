namespace Typed.Plan;

/// <summary>Ways through an expression.</summary>
internal static class ExprWalk
{
    /// <summary>The direct parts of an expression, in the order in which they are evaluated.</summary>
    public static IEnumerable<ExprSpec> Parts(ExprSpec expression) => expression switch
    {
        MemberExpr member => [member.Target],
        UnwrapExpr unwrap => [unwrap.Operand],
        UnaryExpr unary => [unary.Operand],
        BinaryExpr binary => [binary.Left, binary.Right],
        ConvertExpr convert => [convert.Operand],
        ConditionalExpr conditional => [conditional.Condition, conditional.Then, conditional.Otherwise],
        CoalesceExpr coalesce => [coalesce.Value, coalesce.Otherwise],
        IsNullExpr test => [test.Value],
        LetExpr let => [let.Value, let.Body],
        NewRowExpr row => row.Values,
        CallExpr call => call.Arguments,
        ElementExpr element => [element.Target, element.Index],
        AnyAllExpr any => [any.List, any.Predicate],
        NullSafeEqualExpr equal => [equal.Left, equal.Right],
        _ => [],
    };

    /// <summary>Whether the expression or a part of it fits.</summary>
    public static bool Any(ExprSpec expression, Func<ExprSpec, bool> fits) =>
        fits(expression) || Parts(expression).Any(part => Any(part, fits));

    /// <summary>
    /// The expression with its parts replaced: <paramref name="replace"/> sees each part from outside in and returns what is to stand
    /// there, or null to let the walk go on inside.
    /// </summary>
    public static ExprSpec Replace(ExprSpec expression, Func<ExprSpec, ExprSpec?> replace)
    {
        if (replace(expression) is { } replacement)
            return replacement;
        return expression switch
        {
            MemberExpr member => member with { Target = Replace(member.Target, replace) },
            UnwrapExpr unwrap => unwrap with { Operand = Replace(unwrap.Operand, replace) },
            UnaryExpr unary => unary with { Operand = Replace(unary.Operand, replace) },
            BinaryExpr binary => binary with { Left = Replace(binary.Left, replace), Right = Replace(binary.Right, replace) },
            ConvertExpr convert => convert with { Operand = Replace(convert.Operand, replace) },
            ConditionalExpr conditional => conditional with
            {
                Condition = Replace(conditional.Condition, replace),
                Then = Replace(conditional.Then, replace),
                Otherwise = Replace(conditional.Otherwise, replace),
            },
            CoalesceExpr coalesce => coalesce with { Value = Replace(coalesce.Value, replace), Otherwise = Replace(coalesce.Otherwise, replace) },
            IsNullExpr test => test with { Value = Replace(test.Value, replace) },
            LetExpr let => let with { Value = Replace(let.Value, replace), Body = Replace(let.Body, replace) },
            NewRowExpr row => row with { Values = Replace(row.Values, replace) },
            CallExpr call => call with { Arguments = Replace(call.Arguments, replace) },
            ElementExpr element => element with { Target = Replace(element.Target, replace), Index = Replace(element.Index, replace) },
            AnyAllExpr any => any with { List = Replace(any.List, replace), Predicate = Replace(any.Predicate, replace) },
            NullSafeEqualExpr equal => equal with { Left = Replace(equal.Left, replace), Right = Replace(equal.Right, replace) },
            _ => expression,
        };
    }

    private static EquatableArray<ExprSpec> Replace(EquatableArray<ExprSpec> parts, Func<ExprSpec, ExprSpec?> replace) =>
        parts.Select(part => Replace(part, replace)).ToEquatable();
}
