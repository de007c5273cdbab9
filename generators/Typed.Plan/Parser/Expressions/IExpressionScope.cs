using Microsoft.CodeAnalysis;

namespace Typed.Plan;

/// <summary>What an <see cref="ExpressionParser"/> asks of the place an expression stands in.</summary>
internal interface IExpressionScope
{
    /// <summary>What a lambda parameter stands for; null if it is not one of this scope.</summary>
    Binding? Bind(IParameterSymbol parameter);

    /// <summary>
    /// Asked before anything else is tried, for every operation: the value of <c>g.Key</c>, <c>g.Count()</c> and the like. Null to let
    /// the parser go on. A scope that has reported a problem returns <see cref="ExpressionParser.Refused"/>.
    /// </summary>
    ExprSpec? TryResolve(IOperation operation);

    /// <summary>The value of an <c>init</c> property of the pipeline; null if the property is none.</summary>
    ParameterExpr? Parameter(IPropertySymbol property);

    /// <summary>Notes that a method of the user's own is called for the rows.</summary>
    void Called(IMethodSymbol method, Location place);

    /// <summary>Reports a problem at its own place; the parser then returns null.</summary>
    void Report(string diagnosticId, Location location, params string[] arguments);
}

/// <summary>What a lambda parameter stands for.</summary>
internal abstract record Binding;

/// <summary>The row of an input. If its type is nullable, as on the right of a left join, the row may be missing and then all of its columns are null.</summary>
internal sealed record RowBinding(int Input, RowSpec Row) : Binding;

/// <summary>One value: the element of a list, a part of a row that has been taken apart.</summary>
internal sealed record ValueBinding(ExprSpec Value) : Binding;
