using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Typed.Plan;

/// <summary>How names, helpers and query expressions are followed to the operators behind them.</summary>
internal sealed partial class PipelineParser
{
    private const string OtherStatement = "only local variables with their value and one return can stand here";

    /// <summary>The body of a method of this project; null, reported, if there is none.</summary>
    private IBlockOperation? Body(IMethodSymbol method)
    {
        SyntaxNode? syntax = method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(_cancellation);
        if (syntax is null)
            return null;
        _methodsRead.Add(method);

        // The semantic model of the tree at hand: a partial class may have Define in another file than its attribute.
        IOperation? operation = _compilation.GetSemanticModel(syntax.SyntaxTree).GetOperation(syntax, _cancellation);
        return operation switch
        {
            IMethodBodyOperation body => body.BlockBody ?? body.ExpressionBody,
            ILocalFunctionOperation local => local.Body,
            _ => null,
        };
    }

    /// <summary>What a body returns: it may declare local variables and end with one return.</summary>
    private IOperation? ReturnedBy(IBlockOperation body, PlanScope scope)
    {
        foreach (IOperation statement in body.Operations)
        {
            switch (statement)
            {
                case IReturnOperation { ReturnedValue: { } value }:
                    return value;
                case IVariableDeclarationGroupOperation group:
                    foreach (IVariableDeclaratorOperation declarator in group.Declarations.SelectMany(one => one.Declarators))
                    {
                        if (declarator.GetVariableInitializer() is { } initializer)
                            scope.Name(declarator.Symbol, initializer.Value, scope);
                        if (LanguageTypeName(declarator.Symbol.Type).EndsWith("Stream", StringComparison.Ordinal))
                            _localStreams.Add(declarator.Symbol);
                    }

                    break;
                case ILocalFunctionOperation or IEmptyOperation:
                    break;
                case IInvalidOperation:
                    return null;
                default:
                    if (!IsError(statement))
                        NotFollowed(statement, ProblemOf(statement));
                    return null;
            }
        }

        return null;
    }

    /// <summary>Why a statement cannot stand in a query, and what to write instead.</summary>
    private static string ProblemOf(IOperation statement) => statement is IExpressionStatementOperation { Operation: var does }
        ? does switch
        {
            IAssignmentOperation => "a stream is never changed, so the result of an operator needs a name of its own, as in 'var next = …'",
            IInvocationOperation call when LanguageTypeName(call.Type).EndsWith("Stream", StringComparison.Ordinal) => "what the operator returns is used nowhere, so go on from it or give it a name, as in 'var next = …'",
            _ => OtherStatement,
        }
        : OtherStatement;

    /// <summary>Whether the compiler itself refuses something, in which case nothing more is said of it.</summary>
    private bool IsError(IOperation operation) =>
        operation.SemanticModel?.GetDiagnostics(operation.Syntax.Span, _cancellation).Any(one => one.Severity == DiagnosticSeverity.Error) == true;

    /// <summary>
    /// Goes from an operation to the one behind it that says something: through conversions, query expressions, locals, parameters of
    /// helpers and helpers. Null if that failed, which has been reported.
    /// </summary>
    /// <param name="operation">The operation.</param>
    /// <param name="scope">What names stand for there.</param>
    /// <param name="untilHelper">Whether to stop at a helper that returns a stream.</param>
    private IOperation? Follow(IOperation operation, ref PlanScope scope, bool untilHelper = false)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation { Conversion.Exists: false }:
                    return null;
                case IConversionOperation conversion when conversion.OperatorMethod is null || LanguageTypeName(conversion.OperatorMethod.ContainingType) == "OrderedStream":
                    operation = conversion.Operand;
                    break;
                case IParenthesizedOperation parenthesized:
                    operation = parenthesized.Operand;
                    break;
                case ITranslatedQueryOperation query:
                    operation = query.Operation;
                    break;
                case ILocalReferenceOperation { Local: var local } when scope.TryFind(local, out IOperation value, out PlanScope at):
                    (operation, scope) = (value, at);
                    _read.Add(local);
                    break;
                case ILocalReferenceOperation { Local.HasConstantValue: false }:
                    NotFollowed(operation, "the variable has no value where it is declared");
                    return null;
                case IParameterReferenceOperation { Parameter: var parameter } when scope.TryFind(parameter, out IOperation value, out PlanScope at):
                    (operation, scope) = (value, at);
                    break;
                case IInvocationOperation invocation when untilHelper && IsStreamHelper(invocation):
                    return invocation;
                case IInvocationOperation invocation when LanguageTypeName(invocation.TargetMethod.ContainingType).Length == 0:
                    if (EnterHelper(invocation, ref scope) is not { } result)
                        return null;
                    operation = result;
                    break;
                case IInvalidOperation:
                    return null;
                default:
                    return operation;
            }
        }
    }

    private static bool IsStreamHelper(IInvocationOperation call) =>
        LanguageTypeName(call.TargetMethod.ContainingType).Length == 0 && LanguageTypeName(call.TargetMethod.ReturnType) is "Stream" or "OrderedStream";

    private IOperation? EnterHelper(IInvocationOperation call, ref PlanScope scope)
    {
        IMethodSymbol method = call.TargetMethod.OriginalDefinition;
        string? problem = method switch
        {
            { IsGenericMethod: true } => "the helper is generic, so the columns of its rows are not known in it",
            { IsStatic: false, MethodKind: not MethodKind.LocalFunction } when !SymbolEqualityComparer.Default.Equals(method.ContainingType, _pipeline) =>
                "it is not a static method",
            { IsVirtual: true } or { IsOverride: true } or { IsAbstract: true } => "which method runs is known only at run time",
            _ => null,
        };
        if (problem is null && scope.IsReading(method))
        {
            Report(PipelineDiagnostics.Recursive, OperatorPlace(call), method.Name);
            return null;
        }

        IBlockOperation? body = problem is null ? Body(method) : null;
        if (problem is null && body is null)
            problem = "its source is not in this project";
        if (problem is not null)
        {
            NotFollowed(call, problem);
            return null;
        }

        PlanScope inner = new(method, scope);
        foreach (IArgumentOperation argument in call.Arguments)
        {
            if (argument.Parameter is { } parameter)
                inner.Name(parameter.OriginalDefinition, argument.Value, scope);
        }

        scope = inner;
        return ReturnedBy(body!, inner);
    }

    private void NotFollowed(IOperation operation, string problem) =>
        Report(PipelineDiagnostics.NotFollowed, operation.Syntax.GetLocation(), Shorten(operation.Syntax.ToString()), problem);

    private static string Shorten(string text)
    {
        string line = text.Split('\n')[0].Trim();
        return line.Length <= 60 ? line : line.Substring(0, 59) + "…";
    }

    /// <summary>The name of the operator in a call, or the keyword of the query clause that stands for it.</summary>
    private static Location OperatorPlace(IInvocationOperation call) => call.Syntax switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => access.Name.GetLocation(),
        InvocationExpressionSyntax { Expression: var called } => called.GetLocation(),
        OrderingSyntax { Parent: OrderByClauseSyntax clause } ordering => clause.Orderings[0] == ordering ? clause.OrderByKeyword.GetLocation() : ordering.GetLocation(),
        QueryClauseSyntax or SelectOrGroupClauseSyntax or QueryContinuationSyntax => call.Syntax.GetFirstToken().GetLocation(),
        _ => call.Syntax.GetLocation(),
    };

    /// <summary>An argument by the name of its parameter; null if it was left out.</summary>
    private static IOperation? Argument(IInvocationOperation call, string name) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == name && argument.ArgumentKind != ArgumentKind.DefaultValue)?.Value;

    private static bool HasArgument(IInvocationOperation call, string name) => Argument(call, name) is not null;

    private static Location ArgumentPlace(IOperation argument) =>
        argument.Syntax is ArgumentSyntax syntax ? syntax.Expression.GetLocation() : argument.Syntax.GetLocation();

    /// <summary>The constant an argument stands for; false, reported, if there is none.</summary>
    private bool TryConstant<T>(IOperation argument, string what, PlanScope scope, out T value)
    {
        // Before the conversions are taken off: 1 as a double is a constant double.
        value = default!;
        if (argument.ConstantValue is { HasValue: true, Value: T direct })
        {
            value = direct;
            return true;
        }

        if (Follow(argument, ref scope) is not { } source)
            return false;
        if (source.ConstantValue is { HasValue: true, Value: T constant })
        {
            value = constant;
            return true;
        }

        Report(PipelineDiagnostics.NotConstant, ArgumentPlace(argument), what);
        return false;
    }
}
