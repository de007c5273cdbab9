using System.Globalization;
using Typed.Conformance.Sql;

namespace Typed.Tests.Conformance;

/// <summary>SQL's three-valued logic, evaluated naively: what the C# that is written for the cases must agree with. Integers are long here, whatever their type.</summary>
internal static class SqlEvaluator
{
    public static object? Evaluate(SqlExpression expression, IReadOnlyDictionary<string, object?> row) => expression switch
    {
        SqlLiteral literal => literal.Value,
        SqlName name => row[name.Name],
        SqlUnary { Operator: "not" } not => Evaluate(not.Operand, row) is bool truth ? !truth : null,
        SqlUnary minus => Evaluate(minus.Operand, row) switch { long number => (object)(-number), double number => -number, decimal number => -number, _ => null },
        SqlBinary { Operator: "and" } and => And(Evaluate(and.Left, row), Evaluate(and.Right, row)),
        SqlBinary { Operator: "or" } or => Not(And(Not(Evaluate(or.Left, row)), Not(Evaluate(or.Right, row)))),
        SqlBinary binary => Binary(binary.Operator, Evaluate(binary.Left, row), Evaluate(binary.Right, row)),
        SqlIsNull test => Evaluate(test.Operand, row) is null != test.Negated,
        SqlIn test => test.Items.Select(item => Binary("==", Evaluate(test.Operand, row), Evaluate(item, row))).Aggregate((left, right) => Not(And(Not(left), Not(right)))),
        SqlCase choice => Evaluate(choice.Branches.Where(branch => Evaluate(branch.When, row) is true).Select(branch => branch.Then).FirstOrDefault(choice.Otherwise), row),
        SqlCall { Function: "if" } call => Evaluate(Evaluate(call.Arguments[0], row) is true ? call.Arguments[1] : call.Arguments[2], row),
        SqlCall call => Call(call.Function, [.. call.Arguments.Select(argument => Evaluate(argument, row))]),
        SqlCast cast => Cast(Evaluate(cast.Operand, row), cast.Type),
        _ => throw new InvalidOperationException($"{expression} is not known."),
    };

    private static object? Not(object? value) => value is bool truth ? !truth : null;

    private static object? And(object? left, object? right) => left is false || right is false ? false : left is null || right is null ? null : true;

    private static object? Binary(string symbol, object? left, object? right)
    {
        if (symbol == "<=>")
            return (left is null && right is null) || (left is not null && right is not null && Compare(left, right) == 0);
        if (left is null || right is null)
            return null;
        return symbol switch
        {
            "==" => (object)(Compare(left, right) == 0),
            "!=" => Compare(left, right) != 0,
            "<" => Compare(left, right) < 0,
            "<=" => Compare(left, right) <= 0,
            ">" => Compare(left, right) > 0,
            ">=" => Compare(left, right) >= 0,
            "/" => Double(right) == 0 ? null : (object)(Double(left) / Double(right)),
            "div" => Whole(right) == 0 ? null : (object)(Whole(left) / Whole(right)),
            _ => Arithmetic(symbol, left, right),
        };
    }

    private static object? Arithmetic(string symbol, object left, object right)
    {
        if (left is double || right is double)
        {
            (double a, double b) = (Double(left), Double(right));
            return symbol switch { "+" => (object)(a + b), "-" => a - b, "*" => a * b, _ => b == 0 ? null : a % b };
        }

        (decimal x, decimal y) = (Convert.ToDecimal(left, CultureInfo.InvariantCulture), Convert.ToDecimal(right, CultureInfo.InvariantCulture));
        if (symbol == "%" && y == 0)
            return null;
        decimal result = symbol switch { "+" => x + y, "-" => x - y, "*" => x * y, _ => x % y };
        return left is decimal || right is decimal ? (object)result : (long)result;
    }

    private static int Compare(object left, object right) => (left, right) switch
    {
        (string a, string b) => Math.Sign(string.CompareOrdinal(a, b)),
        (bool a, bool b) => a.CompareTo(b),
        (DateOnly a, DateOnly b) => a.CompareTo(b),
        (DateTimeOffset a, DateTimeOffset b) => a.CompareTo(b),
        _ => Double(left).CompareTo(Double(right)),
    };

    private static object? Call(string function, object?[] values)
    {
        object?[] present = [.. values.Where(value => value is not null)];
        switch (function)
        {
            case "coalesce":
                return present.FirstOrDefault();
            case "greatest":
                return present.Length == 0 ? null : present.Aggregate((a, b) => Compare(b!, a!) > 0 ? b : a);
            case "least":
                return present.Length == 0 ? null : present.Aggregate((a, b) => Compare(b!, a!) < 0 ? b : a);
            case "nullif":
                return Binary("==", values[0], values[1]) is true ? null : values[0];
        }

        if (present.Length < values.Length)
            return null;
        return (function, values) switch
        {
            ("abs", [long number]) => (object)Math.Abs(number),
            ("abs", [double number]) => Math.Abs(number),
            ("floor", [object number]) => (long)Math.Floor(Double(number)),
            ("ceil", [object number]) => (long)Math.Ceiling(Double(number)),
            ("length", [string text]) => (long)text.Length,
            ("upper", [string text]) => text.ToUpperInvariant(),
            ("lower", [string text]) => text.ToLowerInvariant(),
            ("trim", [string text]) => text.Trim(' '),
            ("concat", _) => string.Concat(values),
            ("replace", [string text, string old, string with]) => text.Replace(old, with),
            ("substring", [string text, long from, long count]) => string.Concat(text.Skip((int)from - 1).Take((int)count)),
            _ => throw new InvalidOperationException($"{function} is not known."),
        };
    }

    private static object? Cast(object? value, string type) => (value, type) switch
    {
        (null, _) => null,
        (_, "string") => value is bool truth ? truth ? "true" : "false" : Convert.ToString(value, CultureInfo.InvariantCulture),
        (_, "double") => Double(value),
        _ => Whole(value),
    };

    private static double Double(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private static long Whole(object value) => value is double number ? (long)number : Convert.ToInt64(value, CultureInfo.InvariantCulture);
}
