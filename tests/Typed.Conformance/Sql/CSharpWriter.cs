using System.Globalization;

namespace Typed.Conformance.Sql;

/// <summary>
/// Writes C# that says the same as an expression of the cases, null by null. SQL's logic has three values, C#'s comparison of
/// nullable values has two and its <c>&amp;</c>, <c>|</c> and <c>!</c> on <c>bool?</c> have three: so comparisons are wrapped, and
/// where only "is true" or "is false" matters (filters, branches) the plain two-valued form is written.
/// </summary>
/// <param name="resolve">What a name stands for.</param>
internal sealed class CSharpWriter(Func<string, Code> resolve)
{
    private readonly CSharpFunctions _functions = new();

    /// <summary>The value of an expression.</summary>
    public Code Value(SqlExpression expression) => expression switch
    {
        SqlLiteral literal => Literal(literal.Value),
        SqlName name => resolve(name.Name),
        SqlUnary { Operator: "not" } not => Negate(Boolean(not.Operand)),
        SqlUnary minus => Minus(Value(minus.Operand)),
        SqlBinary { Operator: "and" or "or" } logic => Logic(logic.Operator == "and" ? "&" : "|", Boolean(logic.Left), Boolean(logic.Right)),
        SqlBinary { Operator: "==" or "!=" or "<" or "<=" or ">" or ">=" or "<=>" } comparison => Comparison(comparison),
        SqlBinary arithmetic => Arithmetic(arithmetic.Operator, Value(arithmetic.Left), Value(arithmetic.Right)),
        SqlIsNull test => IsNull(Value(test.Operand), test.Negated),
        SqlIn test => Value(Alternatives(test)),
        SqlCase choice => Choice(choice.Branches, choice.Otherwise),
        SqlCall { Function: "if", Arguments: [SqlExpression condition, SqlExpression then, SqlExpression otherwise] } =>
            Choice([(condition, then)], otherwise),
        SqlCast cast => Cast(Value(cast.Operand), cast.Type),
        SqlCall call => _functions.Call(call.Function, [.. call.Arguments.Select(Value)]),
        _ => throw new CaseException($"the expression {expression} is not known"),
    };

    /// <summary>C# of type <c>bool</c> that holds exactly if the expression is true, not false or null.</summary>
    public string IsTrue(SqlExpression expression) => Is(expression, true);

    /// <summary>The value converted to a kind that holds it; it may be null where it could be before.</summary>
    public static Code Convert(Code code, SqlType to)
    {
        if (code.Type.Kind == SqlKind.Null)
            return new Code($"(({to.AsNullable().CSharp})null)", to.AsNullable());
        SqlType target = to with { Nullable = code.Nullable };
        return code.Type.Kind == to.Kind ? code : new Code($"(({target.CSharp}){code.Text})", target);
    }

    /// <summary>The value in exactly this C# type, for columns that must agree.</summary>
    public static Code Exactly(Code code, SqlType to) =>
        code.Type == to || to.Kind == SqlKind.String ? new Code(code.Text, to) : new Code($"(({to.CSharp}){code.Text})", to);

    /// <summary>The type in which values of both types can be computed.</summary>
    public static SqlType Common(SqlType left, SqlType right)
    {
        bool nullable = left.Nullable || right.Nullable;
        if (left.Kind == right.Kind)
            return left with { Nullable = nullable };
        if (left.Kind == SqlKind.Null)
            return right.AsNullable();
        if (right.Kind == SqlKind.Null)
            return left.AsNullable();
        if (!left.IsNumber || !right.IsNumber)
            throw new CaseException($"{left.Kind} and {right.Kind} have no common type");
        if (left.Kind == SqlKind.Double || right.Kind == SqlKind.Double)
            return SqlType.Double with { Nullable = nullable };
        SqlType wider = left.Kind == SqlKind.Decimal ? left : right.Kind == SqlKind.Decimal ? right : SqlType.Long;
        return wider with { Nullable = nullable };
    }

    private static Code Literal(object? value) => value switch
    {
        null => new Code("null", SqlType.Null),
        bool truth => new Code(truth ? "true" : "false", SqlType.Boolean.NotNull()),
        string text => new Code(Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(text, true), SqlType.String.NotNull()),
        long whole when whole is >= int.MinValue and <= int.MaxValue => new Code(Signed(whole.ToString(CultureInfo.InvariantCulture)), SqlType.Int.NotNull()),
        long whole => new Code(Signed(whole.ToString(CultureInfo.InvariantCulture) + "L"), SqlType.Long.NotNull()),
        double number => new Code(Signed(number.ToString("R", CultureInfo.InvariantCulture) + "d"), SqlType.Double.NotNull()),
        _ => throw new CaseException($"the literal {value} is not known"),
    };

    private static string Signed(string number) => number.StartsWith('-') ? $"({number})" : number;

    private static Code Negate(Code value) => new($"(!{value.Text})", value.Type);

    private static Code Minus(Code value) => value.Type.Kind == SqlKind.Null ? value : new Code($"(-{value.Text})", value.Type);

    private static Code Logic(string symbol, Code left, Code right) =>
        new($"({left.Text} {symbol} {right.Text})", SqlType.Boolean with { Nullable = left.Nullable || right.Nullable });

    private static Code IsNull(Code value, bool negated)
    {
        SqlType type = SqlType.Boolean.NotNull();
        return value.Type.Kind == SqlKind.Null ? new Code(negated ? "false" : "true", type)
            : value.Nullable ? new Code($"({value.Text} {(negated ? "!=" : "==")} null)", type)
            : new Code(negated ? "true" : "false", type);
    }

    private static Code Arithmetic(string symbol, Code left, Code right)
    {
        if (symbol is "+" or "-" && left.Type.Kind == SqlKind.Timestamp)
        {
            return right.Type.Kind == SqlKind.Int
                ? new Code($"({left.Text} {symbol} Durations.Seconds({right.Text}))", left.Type)
                : throw new CaseException("arithmetic on timestamps other than with seconds is not part of the cases' language");
        }

        SqlType common = symbol switch
        {
            "/" => SqlType.Double,
            "div" => SqlType.Long,
            _ => Common(left.Type, right.Type),
        };
        common = common with { Nullable = left.Nullable || right.Nullable };
        if (left.Type.Kind == SqlKind.Null || right.Type.Kind == SqlKind.Null)
            return new Code($"(({common.AsNullable().CSharp})null)", common.AsNullable());
        if (symbol is "+" or "-" or "*")
            return new Code($"({Convert(left, common).Text} {symbol} {Convert(right, common).Text})", common);

        // A zero divisor gives null.
        string sign = symbol == "div" ? "/" : symbol;
        string plain = $"{Convert(left, common).Text} {sign} {Convert(right, common).Text}";
        if (int.TryParse(right.Text.Trim('(', ')'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int divisor))
            return divisor == 0 ? new Code($"(({common.AsNullable().CSharp})null)", common.AsNullable()) : new Code($"({plain})", common);
        return new Code($"({right.Text} == 0 ? ({common.AsNullable().CSharp})null : {plain})", common.AsNullable());
    }

    private static Code Cast(Code value, string type)
    {
        SqlType to = SqlType.Parse(type) with { Nullable = value.Nullable };
        return to.Kind == SqlKind.String ? CSharpFunctions.Text(value)
            : value.Type.Kind is SqlKind.String or SqlKind.Boolean && to.Kind is not SqlKind.Boolean ? CSharpFunctions.Parse(value, to)
            : Convert(value, to);
    }

    /// <summary>a in (x, y) is a == x or a == y.</summary>
    private static SqlExpression Alternatives(SqlIn test) =>
        test.Items.Select(item => (SqlExpression)new SqlBinary("==", test.Operand, item)).Aggregate((left, right) => new SqlBinary("or", left, right));

    private static string NotNull(params ReadOnlySpan<Code> values)
    {
        string text = "";
        foreach (Code value in values)
            text += value.Nullable ? $"{value.Text} != null && " : "";
        return text;
    }

    private Code Boolean(SqlExpression expression) => Convert(Value(expression), SqlType.Boolean);

    private Code Comparison(SqlBinary comparison)
    {
        Code left = Value(comparison.Left);
        Code right = Value(comparison.Right);
        if (comparison.Operator == "<=>")
            return new Code(CSharpFunctions.Same(left, right), SqlType.Boolean.NotNull());
        if (left.Type.Kind == SqlKind.Null || right.Type.Kind == SqlKind.Null)
            return new Code("((bool?)null)", SqlType.Boolean);
        string test = CSharpFunctions.Compare(comparison.Operator, left, right);
        if (!left.Nullable && !right.Nullable)
            return new Code(test, SqlType.Boolean.NotNull());
        string unknown = string.Join(" || ", new[] { left, right }.Where(one => one.Nullable).Select(one => one.Text + " == null"));
        return new Code($"({unknown} ? (bool?)null : {test})", SqlType.Boolean);
    }

    private Code Choice(IReadOnlyList<(SqlExpression When, SqlExpression Then)> branches, SqlExpression otherwise)
    {
        Code last = Value(otherwise);
        List<Code> values = [.. branches.Select(branch => Value(branch.Then))];
        SqlType type = values.Aggregate(last.Type, (common, value) => Common(common, value.Type));
        if (type.Kind == SqlKind.Null)
            return last;
        string text = Convert(last, type).Text;
        for (int i = branches.Count - 1; i >= 0; i--)
            text = $"({IsTrue(branches[i].When)} ? {Typed(values[i], type)} : {text})";
        return new Code(text, type);
    }

    // One branch of a conditional has to name the type where the other is the null literal.
    private static string Typed(Code value, SqlType type) => type.Kind == SqlKind.String ? value.Text : $"({type.CSharp}){value.Text}";

    private string Is(SqlExpression expression, bool wanted)
    {
        switch (expression)
        {
            case SqlLiteral { Value: bool truth }:
                return truth == wanted ? "true" : "false";
            case SqlUnary { Operator: "not" } not:
                return Is(not.Operand, !wanted);
            case SqlBinary { Operator: "and" or "or" } logic:
                return $"({Is(logic.Left, wanted)} {((logic.Operator == "and") == wanted ? "&&" : "||")} {Is(logic.Right, wanted)})";
            case SqlIn test:
                return Is(Alternatives(test), wanted);
            case SqlBinary { Operator: "==" or "!=" or "<" or "<=" or ">" or ">=" } comparison:
                Code left = Value(comparison.Left);
                Code right = Value(comparison.Right);
                if (left.Type.Kind == SqlKind.Null || right.Type.Kind == SqlKind.Null)
                    return "false";
                string symbol = wanted ? comparison.Operator : Opposite(comparison.Operator);
                bool lifted = symbol is "<" or "<=" or ">" or ">=" && left.Type.Kind is not (SqlKind.String or SqlKind.Boolean);
                string nulls = lifted ? "" : symbol == "==" && (!left.Nullable || !right.Nullable) ? "" : NotNull(left, right);
                return $"({nulls}{CSharpFunctions.Compare(symbol, left, right)})";
            default:
                Code value = Boolean(expression);
                return value.Nullable ? $"({value.Text} == {(wanted ? "true" : "false")})" : wanted ? value.Text : $"(!{value.Text})";
        }
    }

    private static string Opposite(string symbol) => symbol switch
    {
        "==" => "!=",
        "!=" => "==",
        "<" => ">=",
        "<=" => ">",
        ">" => "<=",
        _ => "<",
    };
}
