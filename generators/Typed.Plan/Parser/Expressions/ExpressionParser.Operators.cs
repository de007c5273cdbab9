using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Typed.Schema;

namespace Typed.Plan;

internal sealed partial class ExpressionParser
{
    private ExprSpec? ParseUnary(IUnaryOperation unary)
    {
        if (unary.OperatorMethod is not null && !IsKnownOperator(unary.OperatorMethod))
            return Unsupported(unary, $"the operator of {unary.OperatorMethod.ContainingType.Name}", "Call a static method of your own.");
        string? text = unary.OperatorKind switch
        {
            UnaryOperatorKind.Minus => "-",
            UnaryOperatorKind.Plus => "+",
            UnaryOperatorKind.Not => "!",
            UnaryOperatorKind.BitwiseNegation => "~",
            _ => null,
        };
        if (unary.OperatorKind == UnaryOperatorKind.Hat)
            return Unsupported(unary, "an index from the end", "Count from the start: list[list.Count - 1].");
        if (text is null)
            return Unsupported(unary, Describe(unary), "");
        if (Parse(unary.Operand) is not { } operand || TypeOf(unary) is not { } type)
            return null;
        return new UnaryExpr(type, text, operand, unary.IsChecked);
    }

    private ExprSpec? ParseBinary(IBinaryOperation binary)
    {
        if (OperatorText(binary.OperatorKind) is not { } text)
            return Unsupported(binary, Describe(binary), "");
        bool isEquality = text is "==" or "!=";
        if (isEquality && (IsNullLiteral(binary.LeftOperand) || IsNullLiteral(binary.RightOperand)))
            return ParseNullTest(IsNullLiteral(binary.LeftOperand) ? binary.RightOperand : binary.LeftOperand, text == "!=");
        if (binary.OperatorMethod is { } method && !IsKnownOperator(method) && !(isEquality && IsRecordEquality(method)))
            return Unsupported(binary, $"the operator {text} of {method.ContainingType.Name}", "Call a static method of your own.");
        if (binary.Type?.SpecialType == SpecialType.System_String)
            return ParseConcatenation(binary);
        if (!ParseBoth(binary.LeftOperand, binary.RightOperand, out ExprSpec left, out ExprSpec right) || TypeOf(binary) is not { } type)
            return null;
        if (isEquality)
            return ParseEquality(binary, left, right, text == "!=");
        return new BinaryExpr(type, text, left, right, binary.IsChecked);
    }

    private ExprSpec? ParseEquality(IOperation place, ExprSpec left, ExprSpec right, bool negate)
    {
        if (left is MissingRow || right is MissingRow)
            return Unsupported(place, "comparing a whole row that may be missing", "Compare its columns.");

        // A window is one value, so that it can be the key of a join.
        bool isWindow = left.Type.Is(FieldKind.Window) && right.Type.Is(FieldKind.Window);
        if (left is NewRowExpr || right is NewRowExpr || (!isWindow && (IsRow(left.Type) || IsRow(right.Type))))
            return EqualRows(place, left, right, negate);
        if (!HasEquality(place, left.Type))
            return null;
        return new BinaryExpr(Bool, negate ? "!=" : "==", left, right, false);
    }

    // Equality as Equals has it, by which NaN is equal to itself: of the members of records, of Contains.
    private ExprSpec? EqualValues(IOperation place, ExprSpec left, ExprSpec right)
    {
        if (IsRow(left.Type))
            return EqualRows(place, left, right, false);
        return HasEquality(place, left.Type) ? new NullSafeEqualExpr(Bool, left, right) : null;
    }

    private bool HasEquality(IOperation place, TypeSpec type)
    {
        if (type.Value != ValueKind.Field || type.Field is not (FieldKind.List or FieldKind.Map or FieldKind.Binary))
            return true;
        Unsupported(place, "equality of lists, maps or binary values", "C# compares references here. Compare their elements with All.");
        return false;
    }

    // Records and tuples are equal when their members are.
    private ExprSpec? EqualRows(IOperation place, ExprSpec left, ExprSpec right, bool negate)
    {
        bool isRecord = left.Type.Value == ValueKind.Field;
        if (left.Type.Nullable || right.Type.Nullable)
            return EqualNullableRows(place, left, right, negate);
        ExprSpec? result = null;
        for (int i = 0; i < left.Type.Members.Count; i++)
        {
            ExprSpec first = TakeMember(left, i);
            ExprSpec second = TakeMember(right, i);
            ExprSpec? equal = isRecord ? EqualValues(place, first, second) : ParseEquality(place, first, second, false);
            if (equal is null)
                return null;
            result = result is null ? equal : new BinaryExpr(Bool, "&&", result, equal, false);
        }

        result ??= True;
        return negate ? new UnaryExpr(Bool, "!", result, false) : result;
    }

    // Both null, or both there and equal.
    private ExprSpec? EqualNullableRows(IOperation place, ExprSpec left, ExprSpec right, bool negate)
    {
        bool refused = false;
        ExprSpec result = Let(left, one => Let(right, other =>
        {
            ExprSpec? equal = EqualRows(place, Present(one), Present(other), false);
            refused |= equal is null;
            ExprSpec present = And(NullTest(other, negate: true), equal ?? False);
            return new ConditionalExpr(Bool, NullTest(one, negate: false), NullTest(other, negate: false), present);
        }));
        return refused ? null : negate ? new UnaryExpr(Bool, "!", result, false) : result;
    }

    private ExprSpec? ParseTupleEquality(ITupleBinaryOperation tuples)
    {
        if (!ParseBoth(tuples.LeftOperand, tuples.RightOperand, out ExprSpec left, out ExprSpec right))
            return null;
        return EqualRows(tuples, left, right, tuples.OperatorKind == BinaryOperatorKind.NotEquals);
    }

    private ExprSpec? ParseNullTest(IOperation value, bool negate)
    {
        while (value is IConversionOperation { IsImplicit: true, OperatorMethod: null } conversion)
            value = conversion.Operand;
        if (IsNullLiteral(value))
            return negate ? False : True;
        return Parse(value) is { } parsed ? NullTest(parsed, negate) : null;
    }

    private static ExprSpec NullTest(ExprSpec value, bool negate)
    {
        if (value is MissingRow missing)
            value = missing.Row;
        if (value is NewRowExpr || (value.Type.IsValueType && !value.Type.Nullable))
            return negate ? True : False;
        ExprSpec test = new IsNullExpr(Bool, value);
        return negate ? new UnaryExpr(Bool, "!", test, false) : test;
    }

    private ExprSpec? ParseConditional(IConditionalOperation conditional)
    {
        if (conditional.WhenFalse is null)
            return Unsupported(conditional, "an if without an else", "Use a conditional expression.");
        ExprSpec? condition = Parse(conditional.Condition);
        ExprSpec? then = Parse(conditional.WhenTrue);
        ExprSpec? otherwise = Parse(conditional.WhenFalse);
        if (condition is null || then is null || otherwise is null || !Whole(conditional.WhenTrue, ref then) || !Whole(conditional.WhenFalse, ref otherwise))
            return null;
        return Choose(conditional, condition, then, otherwise);
    }

    // Rows of both branches are chosen member by member, so that their members can be taken.
    private ExprSpec? Choose(IOperation place, ExprSpec condition, ExprSpec then, ExprSpec otherwise)
    {
        if (then is NewRowExpr || otherwise is NewRowExpr)
        {
            NewRowExpr shape = then as NewRowExpr ?? (NewRowExpr)otherwise;
            if (then.Type.Nullable || otherwise.Type.Nullable)
            {
                // A nested record that may be null keeps the choice; the writer stores one or the other.
                return shape.Type.CSharp.Length > 0
                    ? new ConditionalExpr(shape.Type.AsNullable(), condition, then, otherwise)
                    : Unsupported(place, "a row without a name that may be null", "Use a record marked [StreamRecord].");
            }

            return Let(condition, test => shape with
            {
                Type = shape.Type with
                {
                    Members = shape.Type.Members.Select((member, i) => member with
                    {
                        Type = Wider(TakeMember(then, i).Type, TakeMember(otherwise, i).Type),
                    }).ToEquatable(),
                },
                Values = shape.Values.Select((_, i) => Choice(test, TakeMember(then, i), TakeMember(otherwise, i))).ToEquatable(),
            });
        }

        return Choice(condition, then, otherwise);
    }

    private static ExprSpec Choice(ExprSpec condition, ExprSpec then, ExprSpec otherwise) =>
        then.Equals(otherwise) && IsRepeatable(then)
            ? then
            : new ConditionalExpr(Wider(then.Type, otherwise.Type), condition, then, otherwise);

    // Of a string, a list and other references only the nullability differs between branches.
    private static TypeSpec Wider(TypeSpec left, TypeSpec right) => left.Nullable || !right.Nullable ? left : left.AsNullable();

    private ExprSpec? ParseCoalesce(ICoalesceOperation coalesce)
    {
        if (!ParseBoth(coalesce.Value, coalesce.WhenNull, out ExprSpec value, out ExprSpec otherwise) || TypeOf(coalesce) is not { } type)
            return null;
        if (value is MissingRow missing)
            return Choose(coalesce, NullTest(missing, negate: true), missing.Present(), otherwise);
        if (value is NewRowExpr)
            return value;
        if (value.Type.IsValueType)
            return new CoalesceExpr(type, value, otherwise);
        return new CoalesceExpr(value.Type.AsNullable(otherwise.Type.Nullable), value, otherwise);
    }

    private ExprSpec? ParseConditionalAccess(IConditionalAccessOperation access)
    {
        if (Parse(access.Operation) is not { } receiver)
            return null;
        bool refused = false;
        ExprSpec result = Let(receiver, subject =>
        {
            _receivers.Push(Present(subject));
            ExprSpec? member = Parse(access.WhenNotNull);
            _receivers.Pop();
            if (member is null)
            {
                refused = true;
                return subject;
            }

            // The columns of a missing row are null, so the column is the answer, and stays one for the planner to see.
            if (subject is MissingRow && member is ColumnExpr column)
                return column with { Type = column.Type.AsNullable() };
            if (member is NewRowExpr && member.Type.CSharp.Length == 0)
            {
                refused = true;
                Unsupported(access, "a row without a name that may be null", "Take one member of it.");
                return subject;
            }

            TypeSpec type = member.Type.AsNullable();
            return new ConditionalExpr(type, NullTest(subject, negate: false), Null(type), Widen(member, type));
        });
        return refused ? null : result;
    }

    // What stands behind "?." or a successful null test.
    private static ExprSpec Present(ExprSpec value) => value switch
    {
        MissingRow missing => missing.Present(),
        { Type: { Nullable: true, IsValueType: true } } => new UnwrapExpr(value.Type.AsNullable(false), value),
        LocalExpr local => local with { Type = local.Type.AsNullable(false) },
        { Type.Nullable: true } => new UnwrapExpr(value.Type.AsNullable(false), value),
        _ => value,
    };

    private static ExprSpec Widen(ExprSpec value, TypeSpec type) =>
        value.Type.IsValueType && !value.Type.Nullable && type.Nullable ? new ConvertExpr(type, value, false) : value;

    private static ConstantExpr Null(TypeSpec type) => new(type.AsNullable(), "null");

    private static bool IsNullLiteral(IOperation operation) =>
        operation.ConstantValue is { HasValue: true, Value: null }
        || (operation is IConversionOperation { Operand: var operand } && IsNullLiteral(operand))
        || (operation is IDefaultValueOperation { Type.IsReferenceType: true });

    private static bool IsRow(TypeSpec type) =>
        type.Value == ValueKind.Row || (type.Value == ValueKind.Field && type.Field is FieldKind.Record or FieldKind.Window);

    private static bool IsRecordEquality(IMethodSymbol method) =>
        (method.ContainingType.IsRecord && method.IsImplicitlyDeclared) || method.ContainingType is { Name: "TimeWindow", ContainingNamespace.Name: "Typed" };

    // Operators that .NET's own values define: C# writes them as it writes built-in ones.
    private static bool IsKnownOperator(IMethodSymbol method) =>
        method.ContainingType.SpecialType is not SpecialType.None and not SpecialType.System_Object and not SpecialType.System_Delegate and not SpecialType.System_MulticastDelegate
        || Intrinsics.IsValueType(method.ContainingType);

    private static string? OperatorText(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.Add => "+",
        BinaryOperatorKind.Subtract => "-",
        BinaryOperatorKind.Multiply => "*",
        BinaryOperatorKind.Divide => "/",
        BinaryOperatorKind.Remainder => "%",
        BinaryOperatorKind.LeftShift => "<<",
        BinaryOperatorKind.RightShift => ">>",
        BinaryOperatorKind.UnsignedRightShift => ">>>",
        BinaryOperatorKind.And => "&",
        BinaryOperatorKind.Or => "|",
        BinaryOperatorKind.ExclusiveOr => "^",
        BinaryOperatorKind.ConditionalAnd => "&&",
        BinaryOperatorKind.ConditionalOr => "||",
        BinaryOperatorKind.Equals => "==",
        BinaryOperatorKind.NotEquals => "!=",
        BinaryOperatorKind.LessThan => "<",
        BinaryOperatorKind.LessThanOrEqual => "<=",
        BinaryOperatorKind.GreaterThan => ">",
        BinaryOperatorKind.GreaterThanOrEqual => ">=",
        _ => null,
    };
}
