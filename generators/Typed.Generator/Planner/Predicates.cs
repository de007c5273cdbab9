using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Planner;

/// <summary>What the planner has to know of an expression before it moves it.</summary>
internal static class Predicates
{
    /// <summary>Methods that give something else at each call; rules refuse most of them, and none is ever moved.</summary>
    private static readonly string[] Indeterminate = ["System.Guid.NewGuid", "System.Random.", "System.DateTime.Now", "System.Environment."];

    /// <summary>Calls that cannot fail whatever they are given.</summary>
    private static readonly string[] Safe =
    [
        "string.StartsWith", "string.EndsWith", "string.Contains", "string.Equals", "string.IsNullOrEmpty", "string.IsNullOrWhiteSpace",
        "string.ToLowerInvariant", "string.ToUpperInvariant", "string.Trim", "string.Concat", "System.Math.Min", "System.Math.Max",
        "System.Math.Sqrt", "System.Math.Floor", "System.Math.Ceiling",
    ];

    /// <summary>
    /// Whether it gives the same value for a row whenever it is evaluated. The clock of the batch does not: what passed in one batch
    /// need not pass in the next, so a filter by the clock above an aggregation is not one below it.
    /// </summary>
    public static bool IsDeterministic(ExprSpec expr) => !expr.Nodes().Any(node => node is BatchExpr
        || (node is CallExpr call && Indeterminate.Any(name => Bare(call.Method).StartsWith(name, StringComparison.Ordinal))));

    /// <summary>
    /// Whether evaluating it for a row for which C# would not have done so could throw. Such an expression stays behind what guards
    /// it: <c>x.D != 0 &amp;&amp; 10 / x.D > 1</c>.
    /// </summary>
    public static bool CanThrow(ExprSpec expr) => expr.Nodes().Any(node => node switch
    {
        BinaryExpr { Operator: "/" or "%" } binary => !IsFloating(binary.Type),
        BinaryExpr { Operator: "+" or "-" or "*" } binary => binary.Checked || binary.Type.Is(FieldKind.Decimal)
            || IsTime(binary.Left.Type) || IsTime(binary.Right.Type),
        UnaryExpr unary => unary.Checked,
        ConvertExpr convert => convert.Checked || convert.Type.Is(FieldKind.Decimal) || convert.Operand.Type.Is(FieldKind.Decimal)
            || (convert.Operand.Type.Nullable && !convert.Type.Nullable),
        MemberExpr member => member.Target.Type.Nullable,
        ElementExpr or UnwrapExpr or NoMatchExpr => true,
        AnyAllExpr anyAll => anyAll.List.Type.Nullable,
        CallExpr call => call.IsUserMethod || (call.IsInstance && call.Arguments[0].Type.Nullable)
            || !Safe.Contains(Bare(call.Method)),
        _ => false,
    });

    /// <summary>Whether it is so cheap that computing it twice costs less than a column to keep it in.</summary>
    public static bool IsCheap(ExprSpec expr) => expr is ColumnExpr or ConstantExpr or ParameterExpr or BatchExpr
        || (expr.Nodes().Take(9).Count() <= 8 && !expr.Nodes().Any(node =>
            node is CallExpr or AnyAllExpr or NewRowExpr or LetExpr || node.Type.Is(FieldKind.String) && node is BinaryExpr));

    /// <summary>
    /// The columns of an input that cannot be null where the predicate is true, because comparing null with <c>&lt;</c> gives false,
    /// or because the predicate says so (semantics 2.1.12).
    /// </summary>
    public static IEnumerable<ColumnExpr> ImpliedNotNull(ExprSpec conjunct, int input) => conjunct switch
    {
        BinaryExpr { Operator: "<" or "<=" or ">" or ">=" } compare => NullIntolerant(compare.Left, input).Concat(NullIntolerant(compare.Right, input)),
        BinaryExpr { Operator: "==" } equal when !equal.Left.Type.Nullable || IsPresent(equal.Left) => NullIntolerant(equal.Right, input),
        BinaryExpr { Operator: "==" } equal when !equal.Right.Type.Nullable || IsPresent(equal.Right) => NullIntolerant(equal.Left, input),
        UnaryExpr { Operator: "!", Operand: IsNullExpr isNull } => NullIntolerant(isNull.Value, input),
        BinaryExpr { Operator: "!=" } unequal when IsNull(unequal.Right) => NullIntolerant(unequal.Left, input),
        BinaryExpr { Operator: "!=" } unequal when IsNull(unequal.Left) => NullIntolerant(unequal.Right, input),
        _ => [],
    };

    /// <summary>The nullable columns that make the value null when they are null themselves.</summary>
    public static IEnumerable<ColumnExpr> NullIntolerant(ExprSpec value, int input) => value switch
    {
        ColumnExpr column => column.Input == input && column.Type.Nullable ? [column] : [],
        ConvertExpr convert => NullIntolerant(convert.Operand, input),
        UnwrapExpr unwrap => NullIntolerant(unwrap.Operand, input),
        UnaryExpr unary => NullIntolerant(unary.Operand, input),

        // null + "text" is "text" in C#.
        BinaryExpr { Operator: "+" or "-" or "*" or "/" or "%" } binary when !binary.Type.Is(FieldKind.String) =>
            NullIntolerant(binary.Left, input).Concat(NullIntolerant(binary.Right, input)),
        _ => [],
    };

    /// <summary>
    /// Whether the predicate can only be true where an outer join has a row of the input: it compares something that is null
    /// without one. A filter of that kind makes the join a narrower one (semantics 6.1.4).
    /// </summary>
    public static bool NeedsMatch(ExprSpec conjunct, int input) => conjunct switch
    {
        BinaryExpr { Operator: "<" or "<=" or ">" or ">=" } compare =>
            IsNullWithoutMatch(compare.Left, input) || IsNullWithoutMatch(compare.Right, input),
        BinaryExpr { Operator: "==" } equal => (IsPresent(equal.Left) && IsNullWithoutMatch(equal.Right, input))
            || (IsPresent(equal.Right) && IsNullWithoutMatch(equal.Left, input)),
        UnaryExpr { Operator: "!", Operand: IsNullExpr isNull } => IsNullWithoutMatch(isNull.Value, input),
        _ => false,
    };

    private static bool IsNullWithoutMatch(ExprSpec value, int input) => value switch
    {
        ColumnExpr { Type.Nullable: true } column => column.Input == input,
        RowExpr row => row.Input == input,
        ConditionalExpr { Condition: IsNullExpr { Value: RowExpr row } } missing => row.Input == input && IsNull(missing.Then),
        ConvertExpr convert => IsNullWithoutMatch(convert.Operand, input),
        UnwrapExpr unwrap => IsNullWithoutMatch(unwrap.Operand, input),
        _ => false,
    };

    public static ExprSpec NotNull(ColumnExpr column)
    {
        TypeSpec boolean = TypeSpec.Of(FieldKind.Boolean);
        return new UnaryExpr(boolean, "!", new IsNullExpr(boolean, column), false);
    }

    public static bool IsNull(ExprSpec expr) => expr is ConstantExpr { Literal: "null" or "default" }
        || (expr is ConvertExpr convert && IsNull(convert.Operand));

    private static bool IsPresent(ExprSpec expr) => expr is ConstantExpr constant ? constant.Literal is not ("null" or "default")
        : expr is ConvertExpr convert && (!convert.Operand.Type.Nullable || IsPresent(convert.Operand)) && !IsNull(convert.Operand);

    private static bool IsFloating(TypeSpec type) => type.Is(FieldKind.Double) || type.Is(FieldKind.Float);

    private static bool IsTime(TypeSpec type) => type.Is(FieldKind.Timestamp) || type.Is(FieldKind.Duration) || type.Is(FieldKind.Date);

    private static string Bare(string method) =>
        method.StartsWith("global::", StringComparison.Ordinal) ? method.Substring("global::".Length) : method;
}
