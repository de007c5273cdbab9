using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Typed.Plan;

internal sealed partial class ExpressionParser
{
    private ExprSpec? ParseBody(IBlockOperation block) => ParseStatements(block.Operations, 0);

    // Locals become Let, an if that returns becomes a choice between its value and that of the statements after it.
    private ExprSpec? ParseStatements(IReadOnlyList<IOperation> statements, int next)
    {
        if (next >= statements.Count)
            return null;
        switch (statements[next])
        {
            case IReturnOperation { ReturnedValue: { } returned }:
                return ParseReturned(returned);
            case IVariableDeclarationGroupOperation declaration:
                return ParseDeclarations([.. declaration.Declarations.SelectMany(part => part.Declarators)], 0, statements, next);
            case IBlockOperation block when next == statements.Count - 1:
                return ParseStatements(block.Operations, 0);
            case IConditionalOperation choice when Returns(choice.WhenTrue) && (choice.WhenFalse is null || Returns(choice.WhenFalse)):
            {
                ExprSpec? condition = Parse(choice.Condition);
                ExprSpec? then = ParseStatements(Statements(choice.WhenTrue), 0);
                ExprSpec? otherwise = choice.WhenFalse is { } branch ? ParseStatements(Statements(branch), 0) : ParseStatements(statements, next + 1);
                return condition is null || then is null || otherwise is null ? null : Choose(choice, condition, then, otherwise);
            }

            default:
                return Unsupported(
                    statements[next], $"this statement", "A lambda may declare locals, return, and choose between returns with if. Put more into a static method of your own.");
        }
    }

    private ExprSpec? ParseReturned(IOperation returned)
    {
        ExprSpec? value = Parse(returned);
        return value is not null && Whole(returned, ref value) ? value : null;
    }

    private ExprSpec? ParseDeclarations(IReadOnlyList<IVariableDeclaratorOperation> declared, int index, IReadOnlyList<IOperation> statements, int next)
    {
        if (index == declared.Count)
            return ParseStatements(statements, next + 1);
        IVariableDeclaratorOperation declarator = declared[index];
        if (declarator.GetVariableInitializer()?.Value is not { } initializer)
            return Unsupported(declarator, "a local without a value", "Give it one where it is declared.");
        if (Parse(initializer) is not { } value)
            return null;
        bool refused = false;
        ExprSpec result = Let(value, named =>
        {
            _names[declarator.Symbol] = named;
            ExprSpec? body = ParseDeclarations(declared, index + 1, statements, next);
            refused = body is null;
            return body ?? named;
        });
        return refused ? null : result;
    }

    private static IReadOnlyList<IOperation> Statements(IOperation branch) => branch is IBlockOperation block ? block.Operations : [branch];

    private static bool Returns(IOperation branch) => Statements(branch) is { Count: > 0 } statements && statements[statements.Count - 1] switch
    {
        IReturnOperation => true,
        IConditionalOperation { WhenFalse: { } otherwise } choice => Returns(choice.WhenTrue) && Returns(otherwise),
        _ => false,
    };

    // Where(IsGood) is Where(x => IsGood(x)).
    private ExprSpec? ParseMethodGroup(IMethodReferenceOperation group)
    {
        if (!group.Method.IsStatic)
            return Report(ExpressionDiagnostics.Mutable, group, group.Method.Name, "Make the method static.");
        List<ExprSpec> arguments = [];
        foreach (IParameterSymbol parameter in group.Method.Parameters)
        {
            ExprSpec? argument = scope.Bind(parameter) switch
            {
                RowBinding row => RowOf(row.Input, row.Row),
                ValueBinding value => value.Value,
                _ => null,
            };
            if (argument is null)
                return Unsupported(group, "a method as a function here", "Write a lambda that calls it.");
            if (!Whole(group, ref argument))
                return null;
            arguments.Add(argument);
        }

        return UserCall(group, group.Method, arguments);
    }
}
