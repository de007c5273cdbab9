using Typed.Plan;
using Typed.Schema;
using Typed.State;

namespace Typed.Generator.Emitter.Text;

/// <summary>
/// Expressions as somebody would write them, for plan texts and comments; and exactly, for what is stored beside state: there two expressions
/// have one text only if they give the same values.
/// </summary>
internal static class ExprText
{
    /// <summary>The expression over columns named as they are; those of input 1 after the name of the table.</summary>
    public static string Of(ExprSpec expr, string? table = null) => Write(expr, new Style(table ?? "table"), 0);

    /// <summary>
    /// The expression with its conversions and whole names, so that another value has another text; of one plan it is the same however the query is
    /// written. Parts of a schema are told apart by semicolons, so it has none. Parameters of the pipeline stand in braces: their values are added at run time.
    /// </summary>
    public static string Exact(ExprSpec expr) => ExactOver(expr, "table");

    /// <summary>The same for an expression over two inputs: columns of input 1 after the name of the table.</summary>
    public static string ExactOver(ExprSpec expr, string table) =>
        Write(ExprTree.Renumber([RowShape.WithoutLift(expr)])[0], new Style(table, IsExact: true), 0).Replace(";", "\\u003b");

    /// <summary>How a field of the user's stands in an exact text: a schema has its value beside, as those of parameters.</summary>
    public static string Marked(StaticExpr value) => "{" + Whole(value.Name) + "}";

    /// <summary>What is aggregated, exactly, but for a widening of a number around it: that changes no value, and goes where the column itself is widened.</summary>
    public static string Aggregated(ExprSpec expr)
    {
        ExprSpec value = RowShape.WithoutLift(expr);
        return Exact(value is ConvertExpr { Operand: var number } && NumberKind(number.Type) is { } narrow && NumberKind(value.Type) is { } wide && ValueEvolution.IsWider(narrow, wide) ? number : value);
    }

    private static StateTypeKind? NumberKind(TypeSpec type) =>
        type.Value == ValueKind.Field && StateLayoutText.Number(type.CSharp) is { } word ? new StateLayoutParser(word).ReadType().Kind : null;

    private static string Write(ExprSpec expr, Style style, int outer) => expr switch
    {
        { Type.Field: FieldKind.Duration } when style.IsExact && Length(expr) is { } micros => DurationWording.Of(micros),
        ColumnExpr { Input: 0 } column => column.Name,
        ColumnExpr column => style.Table + "." + column.Name,
        RowExpr row => row.Input == 0 ? "row" : style.Table,
        MemberExpr member => Write(member.Target, style, 20) + "." + member.Name,
        StaticExpr { IsUsers: true } value when style.IsExact => Marked(value),
        StaticExpr constant => style.IsExact ? Whole(constant.Name) : Last(constant.Name),
        UnwrapExpr unwrap => Write(unwrap.Operand, style, outer),
        NoMatchExpr => "no match",
        ConstantExpr constant => style.IsExact ? Exact(constant) : Constant(constant),
        ParameterExpr parameter => style.IsExact ? "{" + parameter.Name + "}" : parameter.Name,
        BatchExpr batch => "Batch." + batch.Member,
        UnaryExpr { Operator: "!", Operand: IsNullExpr isNull } => Enclose(Write(isNull.Value, style, 9) + " is not null", 8, outer),
        UnaryExpr unary => Enclose(unary.Operator + Write(unary.Operand, style, 15), 15, outer),
        BinaryExpr binary => Binary(binary, style, outer),
        ConvertExpr convert when style.IsExact && convert.Type.AsNullable() != convert.Operand.Type.AsNullable() =>
            Enclose($"({Whole(convert.Type.AsNullable(false).CSharp)})" + Write(convert.Operand, style, 15), 15, outer),
        ConvertExpr convert => Write(convert.Operand, style, outer),
        ConditionalExpr conditional => Enclose(
            Write(conditional.Condition, style, 2) + " ? " + Write(conditional.Then, style, 1) + " : " + Write(conditional.Otherwise, style, 1), 1, outer),
        CoalesceExpr coalesce => Enclose(Write(coalesce.Value, style, 3) + " ?? " + Write(coalesce.Otherwise, style, 2), 2, outer),
        IsNullExpr isNull => Enclose(Write(isNull.Value, style, 9) + " is null", 8, outer),
        LetExpr let => Enclose("let v" + let.Id + " = " + Write(let.Value, style, 1) + " in " + Write(let.Body, style, 1), 1, outer),
        LocalExpr local => "v" + local.Id,
        NewRowExpr row => "(" + string.Join(", ", row.Values.Select(value => Write(value, style, 0))) + ")",
        CallExpr call => Call(call, style),
        ElementExpr element => Write(element.Target, style, 20) + "[" + Write(element.Index, style, 0) + "]",
        AnyAllExpr anyAll => Write(anyAll.List, style, 20) + (anyAll.All ? ".All(v" : ".Any(v") + anyAll.Id + " => " + Write(anyAll.Predicate, style, 0) + ")",
        NullSafeEqualExpr equal => "NullSafe.Equal(" + Write(equal.Left, style, 0) + ", " + Write(equal.Right, style, 0) + ")",
        _ => throw new ArgumentOutOfRangeException(nameof(expr), expr.GetType().Name, "An expression that has no text."),
    };

    private static string Binary(BinaryExpr binary, Style style, int outer)
    {
        int strength = Strength(binary.Operator);
        return Enclose(
            Write(binary.Left, style, strength) + " " + binary.Operator + " " + Write(binary.Right, style, strength + 1), strength, outer);
    }

    private static string Call(CallExpr call, Style style)
    {
        IEnumerable<string> arguments = call.Arguments.Skip(call.IsInstance && !style.IsExact ? 1 : 0).Select(argument => Write(argument, style, 0));
        string target = style.IsExact ? Whole(call.Method)
            : call.IsInstance ? Write(call.Arguments[0], style, 20) + "." + Last(call.Method)
            : call.IsUserMethod || !call.Method.StartsWith("new ", StringComparison.Ordinal) ? LastTwo(call.Method)
            : "new " + Last(call.Method);
        return target + "(" + string.Join(", ", arguments) + ")";
    }

    // Five minutes are five minutes, whichever method says so.
    private static long? Length(ExprSpec expr) => expr is ConstantExpr { Literal: "default(global::System.TimeSpan)" } ? 0
        : TimeSum.Of(expr) is { Terms.Count: 0, Number: 0, RoundedBy: 0 } sum && sum.Micros == decimal.Truncate(sum.Micros) && Math.Abs(sum.Micros) < long.MaxValue ? (long)sum.Micros
        : null;

    private static string Exact(ConstantExpr constant) => constant.Text is null ? Whole(constant.Literal) : constant.Literal;

    private static string Whole(string name) => name.Replace("global::", "");

    private static string Enclose(string text, int strength, int outer) => strength < outer ? "(" + text + ")" : text;

    private static int Strength(string operation) => operation switch
    {
        "*" or "/" or "%" => 12,
        "+" or "-" => 11,
        "<<" or ">>" or ">>>" => 10,
        "<" or "<=" or ">" or ">=" => 9,
        "==" or "!=" => 8,
        "&" => 7,
        "^" => 6,
        "|" => 5,
        "&&" => 4,
        _ => 3,
    };

    private static string Last(string name) => name.Substring(name.LastIndexOfAny(['.', ':']) + 1);

    private static string LastTwo(string name)
    {
        int last = name.LastIndexOf('.');
        int before = last <= 0 ? -1 : name.LastIndexOfAny(['.', ':'], last - 1);
        return name.Substring(before + 1);
    }

    // As people write it: without the suffix, the cast and the parentheses that only the compiler needs.
    private static string Constant(ConstantExpr constant)
    {
        string literal = constant.Literal;
        return constant.Type.Is(FieldKind.Enum) || literal.Length == 0 || !(char.IsDigit(literal[0]) || literal[0] == '(')
            ? literal
            : literal.Substring(literal.LastIndexOf('(') + 1).TrimEnd(')').TrimEnd('U', 'L', 'F', 'D', 'M');
    }

    private sealed record Style(string Table, bool IsExact = false);
}
