using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;
using Typed.Plan;
using Typed.Schema;

namespace Typed.Generator.Emitter.Expressions;

internal sealed partial class ExpressionWriter
{
    private static string WriteConstant(ConstantExpr constant)
    {
        if (constant.Literal == "null")
            return $"default({TypeText(constant.Type, false)})";
        if (constant.Text is { } text)
            return TextLiteral(text);
        return constant.Literal;
    }

    // A half of a surrogate pair is no text; UTF-8 has U+FFFD for it.
    private static string TextLiteral(string text) => text.Length == 0
        ? $"{Utf8}.Empty"
        : $"{Utf8}.Constant({SymbolDisplay.FormatLiteral(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), quote: true)}u8)";

    private string WriteUnary(UnaryExpr unary)
    {
        string operand = Write(unary.Operand);
        return unary.Operator == "!" ? $"!({operand})" : Checking(unary.Type, unary.Checked, $"{unary.Operator}({operand})");
    }

    private string WriteBinary(BinaryExpr binary)
    {
        string left = Write(binary.Left);
        string right = Write(binary.Right);
        if (IsText(binary.Left.Type) || IsText(binary.Right.Type))
        {
            return binary.Operator switch
            {
                "==" => $"{Utf8}.Equal({left}, {right})",
                "!=" => $"!{Utf8}.Equal({left}, {right})",
                _ => throw new InvalidOperationException($"Strings have no operator {binary.Operator}; concatenation is a call."),
            };
        }

        // C# refuses what it can see to fail; the program the user wrote hid it behind a name.
        if (binary.Right is ConstantExpr && (binary.Left is ConstantExpr || binary.Operator is "/" or "%"))
            right = $"{Columns}Values.Of({right})";
        return Checking(binary.Type, binary.Checked, $"{left} {binary.Operator} {right}");
    }

    // The options of the user's project do not reach the generated code: whether overflow is checked is always said.
    private static string Checking(TypeSpec type, bool isChecked, string text) =>
        IsInteger(type) ? $"{(isChecked ? "checked" : "unchecked")}({text})" : $"({text})";

    private static bool IsInteger(TypeSpec type) => type.Value == ValueKind.Char || (type.Value == ValueKind.Field && type.Field
        is FieldKind.SByte or FieldKind.Byte or FieldKind.Int16 or FieldKind.UInt16 or FieldKind.Int32 or FieldKind.UInt32
        or FieldKind.Int64 or FieldKind.UInt64 or FieldKind.Enum);

    private string WriteConvert(ConvertExpr convert)
    {
        string operand = Write(convert.Operand);
        if (TypeText(convert) == TypeText(convert.Operand) || IsComposite(convert.Type))
            return operand;
        string text = $"({convert.Type.Declared})({operand})";
        return IsInteger(convert.Type) ? Checking(convert.Type, convert.Checked, text) : $"({text})";
    }

    private string WriteConditional(ConditionalExpr conditional)
    {
        bool isManaged = IsManaged(conditional);
        string condition = Write(conditional.Condition);
        return $"({condition} ? {Branch(conditional.Then, conditional.Type, isManaged)} : {Branch(conditional.Otherwise, conditional.Type, isManaged)})";
    }

    // A value where one of a wider type is expected: of a nullable type, or a .NET object beside one.
    private string Branch(ExprSpec value, TypeSpec type, bool isManaged)
    {
        if (value is NoMatchExpr)
            return Write(value);
        if (isManaged)
            return $"({type.Declared})({WriteManaged(value)})";
        string text = Write(value);
        return IsNullableValue(type) && !IsNullableValue(value.Type) ? $"({type.Declared})({text})" : text;
    }

    private string WriteCoalesce(CoalesceExpr coalesce)
    {
        bool isManaged = IsManaged(coalesce);
        if (isManaged)
            return $"({WriteManaged(coalesce.Value)} ?? {WriteManaged(coalesce.Otherwise)})";
        string value = Write(coalesce.Value);
        string otherwise = Write(coalesce.Otherwise);
        if (IsText(coalesce.Type) || IsComposite(coalesce.Type))
        {
            string name = NewName("t");
            return $"({value} is {{ IsNull: false }} {name} ? {name} : {otherwise})";
        }

        return IsNullableValue(coalesce.Value.Type) || !coalesce.Value.Type.IsValueType ? $"({value} ?? {otherwise})" : value;
    }

    private string WriteIsNull(IsNullExpr test)
    {
        if (IsDirect(test.Value) && TryPath(test.Value) is { } path && path.Type.Nullable)
            return IsNullAt(BindPath(null, path), _inputs[path.Input].Row);
        string value = Write(test.Value);
        if (IsManaged(test.Value) || test.Value.Type.Value == ValueKind.Opaque)
            return $"({value} is null)";
        if (IsText(test.Value.Type) || IsComposite(test.Value.Type))
            return $"{value}.IsNull";
        return test.Value.Type.Nullable ? $"({value} is null)" : "false";
    }

    private string WriteUnwrap(UnwrapExpr unwrap)
    {
        if (IsDirect(unwrap.Operand) && TryPath(unwrap.Operand) is { } path && !IsComposite(path.Type))
            return Load(BindPath(null, path), unwrap.Type, _inputs[path.Input].Row);
        string operand = Write(unwrap.Operand);
        if (IsManaged(unwrap.Operand) && unwrap.Type.IsValueType)
            return $"{operand}.GetValueOrDefault()";
        return IsNullableValue(unwrap.Operand.Type) ? $"{operand}.GetValueOrDefault()" : operand;
    }

    private string WriteNullSafeEqual(NullSafeEqualExpr equal)
    {
        string left = Write(equal.Left);
        string right = Write(equal.Right);
        if (IsText(equal.Left.Type))
            return $"{Utf8}.Equal({left}, {right})";
        string type = equal.Left.Type.Nullable ? equal.Left.Type.Declared : equal.Right.Type.Declared;
        return equal.Left.Type.Nullable || equal.Right.Type.Nullable || equal.Left.Type.Field is FieldKind.Float or FieldKind.Double
            ? $"global::System.Collections.Generic.EqualityComparer<{type}>.Default.Equals({left}, {right})"
            : $"({left} == {right})";
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
