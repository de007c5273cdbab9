using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Typed.Schema;

namespace Typed.Plan;

internal sealed partial class ExpressionParser
{
    private ExprSpec? ParseIsPattern(IIsPatternOperation operation)
    {
        if (Parse(operation.Value) is not { } value)
            return null;

        // A name that the pattern gives is used outside of it, so it stands for the value itself.
        if (Declares(operation.Pattern))
            return Match(operation.Pattern, value);
        bool refused = false;
        ExprSpec result = Let(value, subject =>
        {
            ExprSpec? test = Match(operation.Pattern, subject);
            refused = test is null;
            return test ?? subject;
        });
        return refused ? null : result;
    }

    // "is Type" asks for a type that the value has anyway, so it is a test for null.
    private ExprSpec? ParseIsType(IIsTypeOperation test)
    {
        if (!HasType(test.ValueOperand.Type, test.TypeOperand))
            return Unsupported(test, "a test for another type", "A column has one type.");
        return ParseNullTest(test.ValueOperand, !test.IsNegated);
    }

    private ExprSpec? ParseSwitch(ISwitchExpressionOperation operation)
    {
        if (Parse(operation.Value) is not { } value)
            return null;
        bool refused = false;
        ExprSpec result = Let(value, subject =>
        {
            ExprSpec? choice = ParseArms(operation, 0, subject);
            refused = choice is null;
            return choice ?? subject;
        });
        return refused ? null : result;
    }

    private ExprSpec? ParseArms(ISwitchExpressionOperation operation, int index, ExprSpec subject)
    {
        List<(ISwitchExpressionArmOperation Arm, ExprSpec Test, ExprSpec Value)> arms = [];
        bool complete = true;
        ExprSpec? result = null;
        for (int i = index; i < operation.Arms.Length && result is null; i++)
        {
            ISwitchExpressionArmOperation arm = operation.Arms[i];
            ExprSpec? test = Match(arm.Pattern, subject);
            ExprSpec? guard = arm.Guard is null ? True : Parse(arm.Guard);
            ExprSpec? value = test is null || guard is null ? null : Parse(arm.Value);
            if (test is null || guard is null || value is null || !Whole(arm.Value, ref value))
            {
                complete = false;
                continue;
            }

            ExprSpec all = And(test, guard);
            if (all.Equals(True))
                result = value;
            else
                arms.Add((arm, all, value));
        }

        if (!complete)
            return null;
        if (result is null)
        {
            if (arms.Count == 0)
                return Unsupported(operation, "a switch without arms", "");

            // Without a default the last value's type tells what the missing one would be; rows have no such end.
            if (arms[0].Value is NewRowExpr)
                return Unsupported(operation, "a switch of rows without a default", "Add an arm _ => ….");
            result = new NoMatchExpr(arms[0].Value.Type);
        }

        for (int i = arms.Count - 1; i >= 0 && result is not null; i--)
            result = Choose(arms[i].Arm, arms[i].Test, arms[i].Value, result);
        return result;
    }

    /// <summary>Whether a value fits a pattern. The names that the pattern gives are bound to the value's parts.</summary>
    private ExprSpec? Match(IPatternOperation pattern, ExprSpec subject)
    {
        switch (pattern)
        {
            case IDiscardPatternOperation:
                return True;
            case IConstantPatternOperation constant:
                return MatchConstant(constant, subject);
            case IRelationalPatternOperation relational:
                return MatchRelational(relational, subject);
            case INegatedPatternOperation negated:
                return Match(negated.Pattern, subject) is { } inner ? Not(inner) : null;
            case IBinaryPatternOperation binary:
            {
                bool isAnd = binary.OperatorKind == BinaryOperatorKind.And;
                ExprSpec? left = Match(binary.LeftPattern, subject);
                ExprSpec? right = Match(binary.RightPattern, subject);
                return left is null || right is null ? null : isAnd ? And(left, right) : Or(left, right);
            }

            case IDeclarationPatternOperation declaration:
            {
                // "var x" takes null too; "Type x" does not.
                if (!declaration.MatchesNull && !HasType(declaration.InputType, declaration.MatchedType))
                    return Unsupported(pattern, "a pattern of another type", "A column has one type.");
                if (declaration.DeclaredSymbol is { } name)
                    _names[name] = declaration.MatchesNull ? subject : Present(subject);
                return declaration.MatchesNull ? True : NullTest(subject, negate: true);
            }

            case ITypePatternOperation type:
                return HasType(type.InputType, type.MatchedType)
                    ? NullTest(subject, negate: true)
                    : Unsupported(pattern, "a pattern of another type", "A column has one type.");
            case IRecursivePatternOperation recursive:
                return MatchRecursive(recursive, subject);
            default:
                return Unsupported(pattern, "this pattern", "Use constants, relations, and, or, not, properties, positions, var and _.");
        }
    }

    private ExprSpec? MatchConstant(IConstantPatternOperation pattern, ExprSpec subject)
    {
        if (IsNullLiteral(pattern.Value))
            return NullTest(subject, negate: false);
        if (Parse(pattern.Value) is not { } constant)
            return null;
        if (subject is NewRowExpr or MissingRow)
            return Unsupported(pattern, "a constant for a whole row", "");

        // A pattern asks with Equals, so NaN fits NaN.
        if (subject.Type.Field is FieldKind.Float or FieldKind.Double && subject.Type.Value == ValueKind.Field && constant is ConstantExpr { Literal: "float.NaN" or "double.NaN" })
            return And(NullTest(subject, negate: true), new CallExpr(Bool, $"{constant.Type.CSharp}.IsNaN", EquatableArray.Of(Present(subject))));
        ExprSpec known = constant.Type.CSharp == subject.Type.CSharp ? constant : new ConvertExpr(subject.Type.AsNullable(false), constant, true);
        return new BinaryExpr(Bool, "==", subject, Widen(known, subject.Type), false);
    }

    private ExprSpec? MatchRelational(IRelationalPatternOperation pattern, ExprSpec subject)
    {
        if (Parse(pattern.Value) is not { } constant || OperatorText(pattern.OperatorKind) is not { } text)
            return null;
        ExprSpec known = constant.Type.CSharp == subject.Type.CSharp ? constant : new ConvertExpr(subject.Type.AsNullable(false), constant, true);
        return new BinaryExpr(Bool, text, subject, Widen(known, subject.Type), false);
    }

    // { Name: pattern, Other.Member: pattern } and (pattern, pattern), after a test for null.
    private ExprSpec? MatchRecursive(IRecursivePatternOperation pattern, ExprSpec subject)
    {
        if (!HasType(pattern.InputType, pattern.MatchedType))
            return Unsupported(pattern, "a pattern of another type", "A column has one type.");
        ExprSpec? test = NullTest(subject, negate: true);
        ExprSpec present = Present(subject);
        if (pattern.DeclaredSymbol is { } name)
            _names[name] = present;
        for (int i = 0; i < pattern.DeconstructionSubpatterns.Length && test is not null; i++)
        {
            if (i >= present.Type.Members.Count || present.Type.Members.Count != pattern.DeconstructionSubpatterns.Length)
                return Unsupported(pattern, "taking this value apart", "Use a property pattern.");
            test = Match(pattern.DeconstructionSubpatterns[i], TakeMember(present, i)) is { } part ? And(test, part) : null;
        }

        foreach (IPropertySubpatternOperation property in pattern.PropertySubpatterns)
        {
            if (test is null)
                return null;
            _receivers.Push(present);
            ExprSpec? member = Parse(property.Member);
            _receivers.Pop();
            test = member is not null && Match(property.Pattern, member) is { } part ? And(test, part) : null;
        }

        return test;
    }

    private static bool HasType(ITypeSymbol? input, ITypeSymbol? matched) =>
        matched is null || input is null || SymbolEqualityComparer.Default.Equals(Underlying(input), Underlying(matched));

    private static ITypeSymbol Underlying(ITypeSymbol type) =>
        type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T ? ((INamedTypeSymbol)type).TypeArguments[0] : type;

    private static bool Declares(IOperation pattern) =>
        pattern is IDeclarationPatternOperation { DeclaredSymbol: not null } or IRecursivePatternOperation { DeclaredSymbol: not null } || pattern.ChildOperations.Any(Declares);

    private static ExprSpec And(ExprSpec left, ExprSpec right) =>
        left.Equals(True) ? right : right.Equals(True) ? left : new BinaryExpr(Bool, "&&", left, right, false);

    private static ExprSpec Or(ExprSpec left, ExprSpec right) =>
        left.Equals(True) ? True : new BinaryExpr(Bool, "||", left, right, false);

    private static ExprSpec Not(ExprSpec test) =>
        test.Equals(True) ? False : test is UnaryExpr { Operator: "!", Operand: var inner } ? inner : new UnaryExpr(Bool, "!", test, false);
}
