namespace Typed.Conformance.Sql;

/// <summary>The functions and comparisons of the cases' language in C#.</summary>
internal sealed class CSharpFunctions
{
    /// <summary>A comparison of two values that are known not to be null (or whose operator C# lifts).</summary>
    public static string Compare(string symbol, Code left, Code right)
    {
        if (left.Type.Kind == SqlKind.String && symbol is not ("==" or "!="))
            return $"(string.CompareOrdinal({left.Text}, {right.Text}) {symbol} 0)";
        if (left.Type.Kind == SqlKind.Boolean && symbol is not ("==" or "!="))
            return $"(({left.Value} ? 1 : 0) {symbol} ({right.Value} ? 1 : 0))";
        (left, right) = Aligned(Seconds(left, right), Seconds(right, left));
        return $"({left.Text} {symbol} {right.Text})";
    }

    // A time that is compared with a number counts in seconds.
    private static Code Seconds(Code code, Code other) => code.Type.Kind == SqlKind.Timestamp && other.Type.IsNumber
        ? new Code($"({code.Text}{(code.Nullable ? "?" : "")}.ToUnixTimeSeconds())", SqlType.Long with { Nullable = code.Nullable })
        : code;

    /// <summary>Equality that holds for two nulls: C#'s own.</summary>
    public static string Same(Code left, Code right)
    {
        (left, right) = Aligned(left, right);
        return left.Type.Kind == SqlKind.Null && right.Type.Kind == SqlKind.Null ? "true"
            : left.Type.Kind == SqlKind.Null ? Same(right, left)
            : right.Type.Kind == SqlKind.Null && !left.Nullable ? "false"
            : $"({left.Text} == {right.Text})";
    }

    /// <summary>A value as text.</summary>
    public static Code Text(Code value)
    {
        SqlType type = SqlType.String with { Nullable = value.Nullable };
        string text = value.Type.Kind switch
        {
            SqlKind.String => value.Text,
            SqlKind.Boolean => $"({value.Value} ? \"true\" : \"false\")",
            SqlKind.Int or SqlKind.Long or SqlKind.Decimal => $"$\"{{{value.Value}}}\"",
            _ => throw new CaseException($"a cast of {value.Type.Kind} to string is not known"),
        };
        return value.Type.Kind == SqlKind.String ? value : Guard(text, type, value);
    }

    /// <summary>A number from text or a boolean.</summary>
    public static Code Parse(Code value, SqlType to)
    {
        string name = to.NotNull().CSharp;
        string text = value.Type.Kind == SqlKind.Boolean
            ? $"({value.Value} ? ({name})1 : ({name})0)"
            : $"{name}.Parse({value.Text}.Trim(), System.Globalization.CultureInfo.InvariantCulture)";
        return Guard(text, to, value);
    }

    public Code Call(string function, IReadOnlyList<Code> arguments) => (function, arguments) switch
    {
        ("abs", [Code value]) => value.Nullable ? new Code($"({value.Text} < 0 ? -{value.Text} : {value.Text})", value.Type) : new Code($"Math.Abs({value.Text})", value.Type),
        ("coalesce", _) => Coalesce(arguments),
        ("nullif", [Code value, Code other]) => NullIf(value, other),
        ("greatest", _) => Extreme(">", arguments),
        ("least", _) => Extreme("<", arguments),
        ("length", [Code text]) => Guard($"{text.Text}.Length", SqlType.Int, text),
        ("upper", [Code text]) => Guard($"{text.Text}.ToUpperInvariant()", SqlType.String, text),
        ("lower", [Code text]) => Guard($"{text.Text}.ToLowerInvariant()", SqlType.String, text),
        ("trim", [Code text]) => Guard($"{text.Text}.Trim(' ')", SqlType.String, text),
        ("concat", _) => Guard("(" + string.Join(" + ", arguments.Select(argument => Text(argument).Text)) + ")", SqlType.String, [.. arguments]),
        ("substring" or "substr", [Code text, Code from, Code count]) => Substring(text, from, count),
        ("replace", [Code text, Code old, Code with]) => Guard($"{text.Text}.Replace({old.Text}, {with.Text})", SqlType.String, text, old, with),
        ("floor", [Code value]) => Round("Floor", value),
        ("ceil" or "ceiling", [Code value]) => Round("Ceiling", value),
        ("window_time", [Code window]) => new Code($"{window.Text}.Time", SqlType.Timestamp.NotNull()),
        ("current_timestamp", []) => new Code("Batch.Now", SqlType.Timestamp.NotNull()),
        _ => throw new Plans.NoFormException($"the function {function} with {arguments.Count} arguments"),
    };

    /// <summary>null where any of the values is null, else the text.</summary>
    private static Code Guard(string text, SqlType type, params ReadOnlySpan<Code> values)
    {
        string tests = "";
        foreach (Code value in values)
        {
            if (value.Type.Kind == SqlKind.Null)
                return new Code("null", SqlType.Null);
            if (value.Nullable)
                tests += (tests.Length == 0 ? "" : " || ") + value.Text + " == null";
        }

        if (tests.Length == 0)
            return new Code(text, type.NotNull());
        string none = type.Kind == SqlKind.String ? "null" : $"({type.AsNullable().CSharp})null";
        return new Code($"({tests} ? {none} : {text})", type.AsNullable());
    }

    // C# compares and computes numbers of different types itself, except decimals with doubles.
    private static (Code Left, Code Right) Aligned(Code left, Code right)
    {
        bool mixed = (left.Type.Kind == SqlKind.Decimal && right.Type.Kind == SqlKind.Double) || (left.Type.Kind == SqlKind.Double && right.Type.Kind == SqlKind.Decimal);
        return mixed ? (CSharpWriter.Convert(left, SqlType.Double), CSharpWriter.Convert(right, SqlType.Double)) : (left, right);
    }

    private static Code Coalesce(IReadOnlyList<Code> arguments)
    {
        SqlType type = arguments.Select(argument => argument.Type).Aggregate(CSharpWriter.Common);
        List<Code> values = [];
        foreach (Code argument in arguments)
        {
            if (argument.Type.Kind == SqlKind.Null)
                continue;
            values.Add(CSharpWriter.Convert(argument, type));
            if (!argument.Nullable)
                break;
        }

        if (values.Count == 0)
            return new Code("null", SqlType.Null);
        SqlType result = type with { Nullable = values[^1].Nullable };
        return values.Count == 1 ? values[0] : new Code($"({string.Join(" ?? ", values.Select(value => value.Text))})", result);
    }

    private static Code NullIf(Code value, Code other)
    {
        if (value.Type.Kind == SqlKind.Null || other.Type.Kind == SqlKind.Null)
            return value;
        SqlType type = value.Type.AsNullable();
        string none = type.Kind == SqlKind.String ? "null" : $"({type.CSharp})null";

        // Two nulls are equal in C#: that gives null, which the value is anyway.
        return new Code($"({Compare("==", value, other)} ? {none} : {value.Text})", type);
    }

    private static Code Extreme(string symbol, IReadOnlyList<Code> arguments)
    {
        SqlType type = arguments.Select(argument => argument.Type).Aggregate(CSharpWriter.Common);
        Code best = default;
        foreach (Code argument in arguments.Where(argument => argument.Type.Kind != SqlKind.Null))
        {
            Code next = CSharpWriter.Convert(argument, type);
            best = best.Text is null ? next : Better(symbol, best, next, type);
        }

        return best.Text is null ? new Code("null", SqlType.Null) : best;
    }

    private static Code Better(string symbol, Code best, Code next, SqlType type)
    {
        if (!best.Nullable && !next.Nullable && type.IsNumber)
            return new Code($"Math.{(symbol == ">" ? "Max" : "Min")}({best.Text}, {next.Text})", best.Type);
        bool nullable = best.Nullable && next.Nullable;
        bool guarded = next.Nullable && (!nullable || type.Kind is SqlKind.String or SqlKind.Boolean);
        string replace = (best.Nullable ? $"{best.Text} == null || " : "")
            + (guarded ? $"({next.Text} != null && {Compare(symbol, next, best)})" : Compare(symbol, next, best));
        return nullable
            ? new Code($"({replace} ? {next.Text} : {best.Text})", type.AsNullable())
            : new Code($"({replace} ? {next.Value} : {best.Value})", type.NotNull());
    }

    private static Code Round(string method, Code value) => value.Type.Kind is SqlKind.Int or SqlKind.Long
        ? CSharpWriter.Convert(value, SqlType.Long with { Nullable = value.Nullable })
        : Guard($"(long)Math.{method}({value.Value})", SqlType.Long, value);

    /// <summary>Positions count from 1; what lies outside of the text is left out.</summary>
    private static Code Substring(Code text, Code from, Code count)
    {
        if (!int.TryParse(from.Text, out int start) || !int.TryParse(count.Text, out int length) || start < 1 || length < 0)
            return Guard($"SqlText.Substring({text.Text}, {from.Value}, {count.Value})", SqlType.String, text, from, count);
        string value = text.Text;
        return Guard(
            $"({value}.Length < {start} ? \"\" : {value}.Substring({start - 1}, Math.Min({length}, {value}.Length - {start - 1})))",
            SqlType.String,
            text);
    }
}
