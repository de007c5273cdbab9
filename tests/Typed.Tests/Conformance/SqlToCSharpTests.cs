using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Typed.Conformance.Plans;
using Typed.Conformance.Sql;
using Typed.Tests.Compilation;

namespace Typed.Tests.Conformance;

/// <summary>The C# that the conformance runner writes says what the expression of the case says, null by null.</summary>
public sealed class SqlToCSharpTests
{
    private const int RandomExpressions = 200;
    private const int RowsEach = 16;

    private static readonly SqlColumn[] Columns =
    [
        new("a", "a", SqlType.Int), new("b", "b", SqlType.Long), new("c", "c", SqlType.Int.NotNull()), new("d", "d", SqlType.Double),
        new("p", "p", SqlType.Boolean), new("q", "q", SqlType.Boolean), new("s", "s", SqlType.String), new("t", "t", SqlType.String),
    ];

    [Theory]
    [InlineData("1 + 2 * 3 - 4", 3L)]
    [InlineData("-2 * -3", 6L)]
    [InlineData("7 div 2 * 2", 6L)]
    [InlineData("-7 % 3", -1L)]
    [InlineData("1 / 4", 0.25)]
    [InlineData("not 1 == 2 and 3 < 4", true)]
    [InlineData("true or false and false", true)]
    [InlineData("2 between 1 and 3 and 5 not in (1, 2)", true)]
    [InlineData("null <=> null", true)]
    [InlineData("case when null then 1 when 2 > 1 then 2 end", 2L)]
    [InlineData("substring('abcdef', 2, 3)", "bcd")]
    [InlineData("1 div 0", null)]
    public void Precedence_and_literals(string text, object? expected) =>
        Assert.Equal(expected, SqlEvaluator.Evaluate(SqlParser.Parse(text), new Dictionary<string, object?>()));

    [Fact]
    public void Random_expressions_agree_with_the_naive_evaluation()
    {
        Random random = new(20260131);
        List<SqlExpression> expressions = [];
        StringBuilder source = new("using System;\nusing Typed;\npublic static class Written\n{\n");
        for (int i = 0; i < RandomExpressions; i++)
        {
            SqlExpression expression = (i % 4) switch { 0 => Number(random, 3), 1 => Text(random, 3), _ => Truth(random, 3) };
            Code code = new RowScope("r", Columns).Writer.Value(expression);
            string parameters = "(int? a, long? b, int c, double? d, bool? p, bool? q, string? s, string? t) r";
            source.Append($"    public static object? Value{i}({parameters}) => {(code.Type.Kind == SqlKind.Null ? "null" : code.Text)};\n");
            if (i % 4 > 1)
                source.Append($"    public static object? IsTrue{i}({parameters}) => {new RowScope("r", Columns).Writer.IsTrue(expression)};\n");
            expressions.Add(expression);
        }

        Assembly assembly = Load(source.Append("}\n").ToString());
        Type type = assembly.GetType("Written")!;
        for (int i = 0; i < expressions.Count; i++)
        {
            for (int row = 0; row < RowsEach; row++)
            {
                object?[] values = [.. Columns.Select(column => RandomValue(random, column.Type))];
                object? expected = SqlEvaluator.Evaluate(expressions[i], Columns.Select((column, n) => (column.Name, Value: Widen(values[n]))).ToDictionary(entry => entry.Name, entry => entry.Value));
                object tuple = ((int?)values[0], (long?)values[1], (int)values[2]!, (double?)values[3], (bool?)values[4], (bool?)values[5], (string?)values[6], (string?)values[7]);
                Assert.Equal(Number(expected), Number(type.GetMethod("Value" + i)!.Invoke(null, [tuple])));
                if (i % 4 > 1)
                    Assert.Equal(expected is true, type.GetMethod("IsTrue" + i)!.Invoke(null, [tuple]));
            }
        }
    }

    private static Assembly Load(string source)
    {
        using MemoryStream image = new();
        Microsoft.CodeAnalysis.Emit.EmitResult result = CompiledSource.CreateCompilation(source).Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error)));
        return Assembly.Load(image.ToArray());
    }

    // Where a double meets an integer, C#'s result is a double and the naive one may still be the integer.
    private static object? Number(object? value) => value is int or long or double ? Convert.ToDouble(value, null) : value;

    private static object? Widen(object? value) => value is int number ? (long)number : value;

    private static object? RandomValue(Random random, SqlType type) => type.Nullable && random.Next(3) == 0 ? null : type.Kind switch
    {
        SqlKind.Int => random.Next(-4, 5),
        SqlKind.Long => random.NextInt64(-4, 5),
        SqlKind.Double => random.Next(-8, 9) / 2.0,
        SqlKind.Boolean => random.Next(2) == 0,
        _ => new[] { "", "a", "b", "B", "ab", " a " }[random.Next(6)],
    };

    private static SqlExpression Number(Random random, int depth)
    {
        if (depth == 0)
            return random.Next(5) is int pick && pick < 4 ? new SqlName("abcd"[pick].ToString()) : new SqlLiteral((long)random.Next(-3, 6));
        SqlExpression Inner() => Number(random, depth - 1);
        return random.Next(13) switch
        {
            0 or 1 => new SqlBinary("+-*"[random.Next(3)].ToString(), Inner(), Inner()),
            2 => new SqlBinary("/", Inner(), Inner()),
            3 => new SqlBinary("%", Inner(), Inner()),
            4 => new SqlUnary("-", Inner()),
            5 => new SqlCall(random.Next(2) == 0 ? "greatest" : "least", [Inner(), Inner(), Inner()]),
            6 => new SqlCall("coalesce", [Inner(), Inner()]),
            7 => new SqlCall("nullif", [Inner(), Inner()]),
            8 => new SqlCase([(Truth(random, depth - 1), Inner())], random.Next(2) == 0 ? new SqlLiteral(null) : Inner()),
            9 => new SqlCall("length", [Text(random, depth - 1)]),
            10 => new SqlCall("if", [Truth(random, depth - 1), Inner(), Inner()]),
            11 => new SqlCall("floor", [Inner()]),
            _ => Number(random, 0),
        };
    }

    private static SqlExpression Text(Random random, int depth)
    {
        if (depth == 0)
            return random.Next(3) is int pick && pick < 2 ? new SqlName("st"[pick].ToString()) : new SqlLiteral("a");
        SqlExpression Inner() => Text(random, depth - 1);
        return random.Next(8) switch
        {
            0 => new SqlCall("upper", [Inner()]),
            1 => new SqlCall("trim", [Inner()]),
            2 => new SqlCall("concat", [Inner(), new SqlLiteral("x"), Inner()]),
            3 => new SqlCall("substring", [Inner(), new SqlLiteral((long)random.Next(1, 4)), new SqlLiteral((long)random.Next(3))]),
            4 => new SqlCall("replace", [Inner(), new SqlLiteral("a"), new SqlLiteral("q")]),
            5 => new SqlCall(random.Next(2) == 0 ? "greatest" : "coalesce", [Inner(), Inner()]),
            6 => new SqlCase([(Truth(random, depth - 1), Inner()), (Truth(random, depth - 1), Inner())], new SqlLiteral(null)),
            _ => Text(random, 0),
        };
    }

    private static SqlExpression Truth(Random random, int depth)
    {
        if (depth == 0)
            return random.Next(5) is int pick && pick < 4 ? new SqlName("pq"[pick % 2].ToString()) : new SqlLiteral(random.Next(2) == 0);
        SqlExpression Inner() => Truth(random, depth - 1);
        string comparison = new[] { "==", "!=", "<", "<=", ">", ">=", "<=>" }[random.Next(7)];
        return random.Next(9) switch
        {
            0 => new SqlBinary("and", Inner(), Inner()),
            1 => new SqlBinary("or", Inner(), Inner()),
            2 => new SqlUnary("not", Inner()),
            3 => new SqlBinary(comparison, Text(random, depth - 1), Text(random, depth - 1)),
            4 => new SqlIsNull(Number(random, depth - 1), random.Next(2) == 0),
            5 => new SqlIn(Number(random, depth - 1), [Number(random, 0), new SqlLiteral(2L)]),
            6 => new SqlBinary(comparison, Inner(), Inner()),
            _ => new SqlBinary(comparison, Number(random, depth - 1), Number(random, depth - 1)),
        };
    }
}
