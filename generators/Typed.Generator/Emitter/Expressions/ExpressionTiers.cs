using Typed.Plan;

namespace Typed.Generator.Emitter.Expressions;

/// <summary>Which tier an expression lands in, and why; shown beside the generated loop, in the plan and as a diagnostic.</summary>
internal static class ExpressionTiers
{
    /// <summary>The tier of an expression.</summary>
    public static ExpressionTier TierOf(ExprSpec expression) =>
        Calls(expression).Any() ? ExpressionTier.RowCall
        : VectorPredicate.TryRead(expression) is not null ? ExpressionTier.Vector
        : ExpressionTier.Columnar;

    /// <summary>What its tier is called.</summary>
    public static string Name(ExprSpec expression) => TierOf(expression) switch
    {
        ExpressionTier.Vector => "kernel",
        ExpressionTier.Columnar => "loop over columns",
        _ => "row call",
    };

    /// <summary>Why it is in its tier and in no faster one.</summary>
    public static string Why(ExprSpec expression, bool isFilter)
    {
        string[] allocates = [.. Allocations(expression)];
        return TierOf(expression) switch
        {
            ExpressionTier.Vector => "it compares columns of numbers with what is the same for all rows",
            ExpressionTier.Columnar when isFilter => VectorPredicate.WhyNot(expression),
            ExpressionTier.Columnar => "values are computed row by row; kernels are for filters",
            _ when allocates.Length == 0 => "a method of yours is called for each row, with values that are not allocated",
            _ => $"a method of yours is called for each row; {string.Join(" and ", allocates)} {(allocates.Length == 1 ? "takes or gives" : "take or give")} .NET objects, which are allocated",
        };
    }

    /// <summary>What makes an expression a row call: the methods, by their short names; empty for none.</summary>
    public static string Reason(ExprSpec expression) => string.Join(", ", Calls(expression).Select(ShortName).Distinct());

    /// <summary>The row calls that allocate, since they take or give strings, lists or records as .NET objects; by their short names.</summary>
    public static IEnumerable<string> Allocations(ExprSpec expression) => Calls(expression)
        .Where(call => !call.Method.EndsWith(".IsMatch", StringComparison.Ordinal) && (IsObject(call.Type) || call.Arguments.Any(argument => IsObject(argument.Type))))
        .Select(ShortName).Distinct();

    private static IEnumerable<CallExpr> Calls(ExprSpec expression) => expression.Nodes().OfType<CallExpr>().Where(call => call.IsUserMethod);

    private static bool IsObject(TypeSpec type) => !type.IsValueType
        || (type.Value is ValueKind.Field or ValueKind.Row && type.Members.Any(member => IsObject(member.Type)));

    private static string ShortName(CallExpr call)
    {
        string name = call.Method.Replace("global::", "");
        int generic = name.IndexOf('<');
        string plain = generic < 0 ? name : name.Substring(0, generic);
        int dot = plain.LastIndexOf('.');
        int before = dot <= 0 ? -1 : plain.LastIndexOf('.', dot - 1);
        return before < 0 ? name : name.Substring(before + 1);
    }
}
