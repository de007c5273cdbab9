using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Text;

/// <summary>Expressions as somebody would write them, for plan texts and comments.</summary>
internal static class ExprText
{
    /// <summary>The expression over columns named as they are; those of input 1 after the name of the table.</summary>
    public static string Of(ExprSpec expr, string? table = null) => Write(expr, table, 0);

    private static string Write(ExprSpec expr, string? table, int outer) => expr switch
    {
        ColumnExpr { Input: 0 } column => column.Name,
        ColumnExpr column => (table ?? "table") + "." + column.Name,
        RowExpr row => row.Input == 0 ? "row" : table ?? "table",
        MemberExpr member => Write(member.Target, table, 20) + "." + member.Name,
        StaticExpr constant => Last(constant.Name),
        UnwrapExpr unwrap => Write(unwrap.Operand, table, outer),
        NoMatchExpr => "no match",
        ConstantExpr constant => Constant(constant),
        ParameterExpr parameter => parameter.Name,
        BatchExpr batch => "Batch." + batch.Member,
        UnaryExpr { Operator: "!", Operand: IsNullExpr isNull } => Enclose(Write(isNull.Value, table, 9) + " is not null", 8, outer),
        UnaryExpr unary => unary.Operator + Write(unary.Operand, table, 15),
        BinaryExpr binary => Binary(binary, table, outer),
        ConvertExpr convert => Write(convert.Operand, table, outer),
        ConditionalExpr conditional => Enclose(
            Write(conditional.Condition, table, 2) + " ? " + Write(conditional.Then, table, 1) + " : " + Write(conditional.Otherwise, table, 1), 1, outer),
        CoalesceExpr coalesce => Enclose(Write(coalesce.Value, table, 3) + " ?? " + Write(coalesce.Otherwise, table, 2), 2, outer),
        IsNullExpr isNull => Enclose(Write(isNull.Value, table, 9) + " is null", 8, outer),
        LetExpr let => Enclose("let v" + let.Id + " = " + Write(let.Value, table, 1) + " in " + Write(let.Body, table, 1), 1, outer),
        LocalExpr local => "v" + local.Id,
        NewRowExpr row => "(" + string.Join(", ", row.Values.Select(value => Write(value, table, 0))) + ")",
        CallExpr call => Call(call, table),
        ElementExpr element => Write(element.Target, table, 20) + "[" + Write(element.Index, table, 0) + "]",
        AnyAllExpr anyAll => Write(anyAll.List, table, 20) + (anyAll.All ? ".All(v" : ".Any(v") + anyAll.Id + " => " + Write(anyAll.Predicate, table, 0) + ")",
        NullSafeEqualExpr equal => "NullSafe.Equal(" + Write(equal.Left, table, 0) + ", " + Write(equal.Right, table, 0) + ")",
        _ => throw new ArgumentOutOfRangeException(nameof(expr), expr.GetType().Name, "An expression that has no text."),
    };

    private static string Binary(BinaryExpr binary, string? table, int outer)
    {
        int strength = Strength(binary.Operator);
        return Enclose(
            Write(binary.Left, table, strength) + " " + binary.Operator + " " + Write(binary.Right, table, strength + 1), strength, outer);
    }

    private static string Call(CallExpr call, string? table)
    {
        IEnumerable<string> arguments = call.Arguments.Skip(call.IsInstance ? 1 : 0).Select(argument => Write(argument, table, 0));
        string target = call.IsInstance ? Write(call.Arguments[0], table, 20) + "." + Last(call.Method)
            : call.IsUserMethod || !call.Method.StartsWith("new ", StringComparison.Ordinal) ? LastTwo(call.Method)
            : "new " + Last(call.Method);
        return target + "(" + string.Join(", ", arguments) + ")";
    }

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
}
