using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Typed.Analyzers.Settings;

/// <summary>What values are that stand in the source.</summary>
internal static class Constants
{
    /// <summary>A constant, or a span of time that is made of constants; null for null and for what only the run knows.</summary>
    public static object? Of(IOperation value)
    {
        IOperation written = Written(value);
        return written.ConstantValue is { HasValue: true, Value: var constant } ? constant : TimeOf(written);
    }

    /// <summary>A value without the conversions that the compiler has put around it, until it is a constant.</summary>
    public static IOperation Written(IOperation value)
    {
        while (!value.ConstantValue.HasValue && value is IConversionOperation { IsImplicit: true, OperatorMethod: null } conversion)
            value = conversion.Operand;
        return value;
    }

    /// <summary>Whether null is written.</summary>
    public static bool IsNull(IOperation written) =>
        written.ConstantValue is { HasValue: true, Value: null } || (written is IDefaultValueOperation { Type: { } type } && (type.IsReferenceType || IsNullable(type)));

    /// <summary>Whether a type is that of a value or null.</summary>
    public static bool IsNullable(ITypeSymbol? type) => type?.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;

    private static TimeSpan? TimeOf(IOperation value) => value switch
    {
        IFieldReferenceOperation { Field: { Name: "Zero", ContainingType: var type } } when IsTime(type) => TimeSpan.Zero,
        IDefaultValueOperation { Type: { } type } when IsTime(type) => TimeSpan.Zero,
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Minus, Operand: var operand } => -TimeOf(operand),
        IInvocationOperation { TargetMethod: { IsStatic: true, ContainingType: var type } } call when IsTime(type) => TimeOf(call),
        IObjectCreationOperation { Type: { } type, Arguments: { Length: 3 } parts } when IsTime(type) && parts.All(part => part.Value.ConstantValue.HasValue) =>
            new TimeSpan(Number(parts[0].Value), Number(parts[1].Value), Number(parts[2].Value)),
        _ => null,
    };

    private static TimeSpan? TimeOf(IInvocationOperation call)
    {
        IArgumentOperation[] written = [.. call.Arguments.Where(argument => argument.ArgumentKind == ArgumentKind.Explicit)];
        if (written is not [{ Value.ConstantValue: { HasValue: true, Value: IConvertible number } }])
            return null;
        double count = number.ToDouble(CultureInfo.InvariantCulture);
        double? milliseconds = call.TargetMethod.Name switch
        {
            "FromDays" => count * 86_400_000,
            "FromHours" => count * 3_600_000,
            "FromMinutes" => count * 60_000,
            "FromSeconds" => count * 1000,
            "FromMilliseconds" => count,
            "FromMicroseconds" => count / 1000,
            "FromTicks" => count / TimeSpan.TicksPerMillisecond,
            _ => null,
        };
        double? ticks = milliseconds * TimeSpan.TicksPerMillisecond;
        return ticks is > long.MinValue and < long.MaxValue ? new TimeSpan((long)ticks.Value) : null;
    }

    private static int Number(IOperation value) => Convert.ToInt32(value.ConstantValue.Value, CultureInfo.InvariantCulture);

    private static bool IsTime(ITypeSymbol type) => type is { Name: "TimeSpan", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } };
}
