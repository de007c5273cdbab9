namespace Typed.Plan;

/// <summary>Ways through an expression.</summary>
internal static class ExprWalk
{
    /// <summary>Whether the expression or a part of it fits.</summary>
    public static bool Any(ExprSpec expression, Func<ExprSpec, bool> fits) =>
        expression.Nodes().Any(fits);

    /// <summary>
    /// The expression with its parts replaced: <paramref name="replace"/> sees each part from outside in and returns what is to stand
    /// there, or null to let the walk go on inside.
    /// </summary>
    public static ExprSpec Replace(ExprSpec expression, Func<ExprSpec, ExprSpec?> replace) =>
        replace(expression) ?? expression.WithOperands(part => Replace(part, replace));
}
