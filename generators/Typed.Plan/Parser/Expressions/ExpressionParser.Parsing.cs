using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Typed.Schema;

namespace Typed.Plan;

internal sealed partial class ExpressionParser
{
    // int.Parse(text) and its like: the text must be a value, or the batch fails. Typed.Parse has the forms that give null.
    private ExprSpec? ParseParse(IInvocationOperation invocation)
    {
        IMethodSymbol method = invocation.TargetMethod;
        INamedTypeSymbol owner = method.ContainingType;
        if (method.Name == "TryParse")
            return Unsupported(invocation, $"{owner.Name}.TryParse", $"Write Typed.Parse.{OrNull(owner)}(text), which is null where the text is no value.");
        if (owner.SpecialType == SpecialType.System_Enum)
            return ParseEnum(invocation);
        TypeSpec type = SpecOf(owner);
        bool isKnown = type.Value == ValueKind.Field && type.Field is not FieldKind.String && Intrinsics.IsPlainValue(type);
        if (!isKnown || method.Parameters.Length == 0 || method.Parameters[0].Type.SpecialType != SpecialType.System_String)
            return Report(ExpressionDiagnostics.NoSuchMethod, invocation, $"{owner.Name}.{method.Name}", "Call it in a static method of your own, which is then called for each row.");
        List<IOperation> operands = InOrder(invocation).ToList();
        bool isInvariant = operands.RemoveAll(IsInvariantCulture) > 0;
        bool needsCulture = type.Field is not (FieldKind.Boolean or FieldKind.Guid);
        if (needsCulture && !isInvariant)
            return Report(ExpressionDiagnostics.Culture, invocation, $"{owner.Name}.{method.Name}", "Pass CultureInfo.InvariantCulture.");
        IOperation? styles = operands.FirstOrDefault(operand => operand.Type is { Name: "DateTimeStyles" });
        if (type.Is(FieldKind.Timestamp) && !AssumesUniversal(styles))
        {
            return Report(
                ExpressionDiagnostics.NotDeterministic, invocation, $"{owner.Name}.{method.Name}",
                "Text without an offset is taken in the time zone of the machine; pass DateTimeStyles.AssumeUniversal, or write Typed.Parse.TimestampOrNull(text).");
        }

        if (operands.Skip(1).Any(operand => !operand.ConstantValue.HasValue && operand is not IDefaultValueOperation))
            return Unsupported(invocation, "a format that is not constant", "Write the format as a constant.");
        return ParseAll(operands) is { } values ? new CallExpr(type, $"{type.CSharp}.{method.Name}", values.ToEquatable()) : null;
    }

    private static bool AssumesUniversal(IOperation? styles) =>
        styles?.ConstantValue is { HasValue: true, Value: int flags } && (flags & (int)System.Globalization.DateTimeStyles.AssumeUniversal) != 0;

    // Enum.Parse<Color>(text) and Enum.Parse<Color>(text, ignoreCase).
    private ExprSpec? ParseEnum(IInvocationOperation invocation)
    {
        IMethodSymbol method = invocation.TargetMethod;
        if (method.TypeArguments.Length != 1 || method.Parameters[0].Type.SpecialType != SpecialType.System_String)
            return Unsupported(invocation, "Enum.Parse without a type argument", "Write Enum.Parse<T>(text).");
        if (invocation.Arguments.Skip(1).Any(argument => !argument.Value.ConstantValue.HasValue))
            return Unsupported(invocation, "ignoreCase that is not constant", "Write true or false.");
        return ParseAll(InOrder(invocation)) is { } values ? new CallExpr(SpecOf(method.TypeArguments[0]), "Enum.Parse", values.ToEquatable()) : null;
    }

    private static string OrNull(INamedTypeSymbol type) => type.Name switch
    {
        "DateTimeOffset" or "DateTime" => "TimestampOrNull",
        "DateOnly" => "DateOrNull",
        "TimeSpan" => "DurationOrNull",
        "Enum" => "EnumOrNull",
        _ => type.Name + "OrNull",
    };
}
