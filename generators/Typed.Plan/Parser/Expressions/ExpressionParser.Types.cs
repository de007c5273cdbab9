using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;
using Typed.Schema;

namespace Typed.Plan;

internal sealed partial class ExpressionParser
{
    private static readonly ConstantExpr True = new(Bool, "true");
    private static readonly ConstantExpr False = new(Bool, "false");

    private TypeSpec? TypeOf(IOperation operation) => TypeOf(operation, operation.Type);

    private TypeSpec? TypeOf(IOperation place, ITypeSymbol? type)
    {
        if (type is null)
        {
            Unsupported(place, Describe(place), "");
            return null;
        }

        return SpecOf(type);
    }

    // References are taken as not null: what may be null is known from the values, not from C#'s types of expressions.
    private static TypeSpec SpecOf(ITypeSymbol type)
    {
        TypeSpec spec = TypeReader.Read(type) ?? TypeReader.Opaque(type);
        return spec.IsValueType ? spec : spec.AsNullable(false);
    }

    private ExprSpec? ParseConversion(IConversionOperation conversion)
    {
        if (IsNullLiteral(conversion.Operand) && conversion.Type is { } target)
            return Null(SpecOf(target));
        if (conversion.OperatorMethod is { } method && !IsKnownOperator(method))
            return Unsupported(conversion, $"the conversion of {method.ContainingType.Name}", "Call a static method of your own.");
        if (Parse(conversion.Operand) is not { } operand || TypeOf(conversion) is not { } type)
            return null;
        if (conversion.OperatorMethod is { ContainingType.Name: "DateTimeOffset" })
        {
            return Unsupported(conversion, "the conversion of a DateTime to a DateTimeOffset",
                "It depends on the time zone of the machine. Write new DateTimeOffset(value, TimeSpan.Zero).");
        }

        if (conversion.Type!.IsReferenceType || conversion.Operand.Type is { IsReferenceType: true })
            return ParseReferenceConversion(conversion, operand, type);
        if (operand is NewRowExpr row)
            return ConvertRow(conversion, row, type);
        if (operand is MissingRow)
            return operand;
        return operand.Type.CSharp == type.CSharp && operand.Type.Nullable == type.Nullable
            ? operand
            : new ConvertExpr(type, operand, conversion.IsChecked || (!conversion.IsImplicit && IsCheckedContext(conversion.Syntax)));
    }

    // The compiler says it of numbers; of nullable ones and of enums only the place of the conversion tells.
    private bool IsCheckedContext(SyntaxNode place)
    {
        for (SyntaxNode? node = place; node is not null; node = node.Parent)
        {
            switch (node.Kind())
            {
                case SyntaxKind.CheckedExpression or SyntaxKind.CheckedStatement:
                    return true;
                case SyntaxKind.UncheckedExpression or SyntaxKind.UncheckedStatement:
                    return false;
            }
        }

        return compilation.Options is CSharpCompilationOptions { CheckOverflow: true };
    }

    // Between references the value stays what it is: a list as another of its interfaces, a value as object where text is made of it.
    private ExprSpec? ParseReferenceConversion(IConversionOperation conversion, ExprSpec operand, TypeSpec type)
    {
        bool isBoxed = conversion.Type!.SpecialType is SpecialType.System_Object or SpecialType.System_Enum;
        bool sameKind = operand.Type.Value == type.Value && operand.Type.Value == ValueKind.Field && operand.Type.Field == type.Field;
        bool isList = operand.Type.Value == ValueKind.Field && operand.Type.Field is FieldKind.List or FieldKind.Map;
        if (isBoxed || sameKind || isList)
            return operand;
        if (operand.Type.Value == ValueKind.Opaque && type.Value == ValueKind.Opaque && conversion.IsImplicit)
            return operand;
        return Unsupported(conversion, $"the conversion of {operand.Type.CSharp} to {type.CSharp}", "Call a static method of your own.");
    }

    // Members of tuples convert one by one, and any row may become nullable.
    private ExprSpec? ConvertRow(IOperation place, NewRowExpr row, TypeSpec type)
    {
        if (type.Members.Count != row.Values.Count)
            return Unsupported(place, $"the conversion to {type.CSharp}", "Make the row with new.");
        List<ExprSpec> values = [];
        for (int i = 0; i < row.Values.Count; i++)
        {
            TypeSpec member = type.Members[i].Type;
            ExprSpec value = row.Values[i];
            bool same = value.Type.CSharp == member.CSharp && (value.Type.Nullable == member.Nullable || !member.IsValueType);
            values.Add(same || value is NewRowExpr ? value : new ConvertExpr(member, value, false));
        }

        return row with { Type = type.AsNullable(false), Values = values.ToEquatable() };
    }

    private ExprSpec? ParseDefault(IDefaultValueOperation operation)
    {
        if (TypeOf(operation) is not { } type)
            return null;
        if (!type.IsValueType || type.Nullable)
            return Null(type);
        return IsRow(type) || type.Field is FieldKind.List or FieldKind.Map && type.Value == ValueKind.Field
            ? Unsupported(operation, "the default of a row", "Make the row with new.")
            : new ConstantExpr(type, $"default({type.CSharp})");
    }

    private ExprSpec? TryConstant(ITypeSymbol type, object? value)
    {
        if (value is null)
            return type.IsReferenceType && type.SpecialType != SpecialType.System_String ? null : Null(SpecOf(type));
        TypeSpec spec = SpecOf(type).AsNullable(false);
        if (spec.Is(FieldKind.Enum))
            return new ConstantExpr(spec, $"({spec.CSharp})({Convert.ToString(value, CultureInfo.InvariantCulture)})");
        if (value is string text)
            return new ConstantExpr(Text, SymbolDisplay.FormatLiteral(text, quote: true)) { Text = text };
        return Literal(value) is { } literal ? new ConstantExpr(spec, literal) : null;
    }

    // Literals that stand by themselves: typed by a suffix or a cast, and in parentheses where they have a sign.
    private static string? Literal(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        char letter => SymbolDisplay.FormatLiteral(letter, quote: true),
        sbyte or byte or short or ushort => $"({KeywordOf(value)})({Invariant(value)})",
        int number => number < 0 ? $"({Invariant(number)})" : Invariant(number),
        uint => Invariant(value) + "U",
        long number => number < 0 ? $"({Invariant(number)}L)" : Invariant(number) + "L",
        ulong => Invariant(value) + "UL",
        float number => float.IsNaN(number) ? "float.NaN"
            : float.IsInfinity(number) ? (number > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity")
            : $"({number.ToString("R", CultureInfo.InvariantCulture)}F)",
        double number => double.IsNaN(number) ? "double.NaN"
            : double.IsInfinity(number) ? (number > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity")
            : IsNegativeZero(number) ? "(-0.0D)"
            : $"({number.ToString("R", CultureInfo.InvariantCulture)}D)",
        decimal number => $"({number.ToString(CultureInfo.InvariantCulture)}M)",
        _ => null,
    };

    private static bool IsNegativeZero(double number) => BitConverter.DoubleToInt64Bits(number) == long.MinValue;

    private static string Invariant(object value) => Convert.ToString(value, CultureInfo.InvariantCulture);

    private static string KeywordOf(object value) => value switch
    {
        sbyte => "sbyte",
        byte => "byte",
        short => "short",
        _ => "ushort",
    };

    private static ConstantExpr Number(int value) => new(Int, value < 0 ? $"({Invariant(value)})" : Invariant(value));

    private static ConstantExpr TextConstant(string text) => new(Text, SymbolDisplay.FormatLiteral(text, quote: true)) { Text = text };
}
