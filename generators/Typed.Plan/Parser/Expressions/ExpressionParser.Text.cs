using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Typed.Schema;

namespace Typed.Plan;

internal sealed partial class ExpressionParser
{
    private static readonly HashSet<string> TextMethods =
    [
        "Equals", "StartsWith", "EndsWith", "Contains", "IndexOf", "LastIndexOf", "Compare", "CompareOrdinal", "CompareTo", "ToUpperInvariant",
        "ToLowerInvariant", "Trim", "TrimStart", "TrimEnd", "Substring", "Replace", "Split", "IsNullOrEmpty", "IsNullOrWhiteSpace", "Concat",
    ];

    // What has no kernel is done on .NET strings for each row; all of it is independent of the culture.
    private static readonly HashSet<string> RowTextMethods = ["PadLeft", "PadRight", "Insert", "Remove"];

    private ExprSpec? ParseTextCall(IInvocationOperation invocation)
    {
        IMethodSymbol method = invocation.TargetMethod;
        string name = method.Name;
        if (name is "ToUpper" or "ToLower")
            return Report(ExpressionDiagnostics.Culture, invocation, $"string.{name}", $"Write {name}Invariant().");
        if (RowTextMethods.Contains(name))
        {
            return ParseAll(InOrder(invocation)) is { } parts
                ? new CallExpr(Text, $"string.{name}", parts.ToEquatable()) { IsInstance = true, IsUserMethod = true }
                : null;
        }

        if (!TextMethods.Contains(name))
            return Report(ExpressionDiagnostics.NoSuchMethod, invocation, $"string.{name}", "Call it in a static method of your own, which is then called for each row.");
        if (name == "Concat")
            return ParseConcat(invocation);
        if (name == "Split")
            return ParseSplit(invocation);
        if (ParseComparison(invocation, out string suffix) is not { } operands || ParseAll(operands) is not { } values)
            return null;
        if (name is "Trim" or "TrimStart" or "TrimEnd" && values.Count == 2 && values[1].Type.Value != ValueKind.Char)
            return Unsupported(invocation, $"{name} of several chars", "Trim one char after the other.");
        if (name is "Replace" && suffix.Length > 0)
            return Unsupported(invocation, "Replace that ignores case", "Use a [GeneratedRegex] with RegexOptions.IgnoreCase.");
        if (name is "Equals" && values.Any(value => value.Type is not { Value: ValueKind.Field, Field: FieldKind.String }))
            return Unsupported(invocation, "Equals of a string and something else", "Compare strings.");
        if (name is "Compare" or "CompareOrdinal" or "CompareTo")
        {
            return values.Count == 2
                ? new CallExpr(Int, "string.Compare" + suffix, values.ToEquatable())
                : Unsupported(invocation, $"{name} of parts of strings", "Compare what Substring gives.");
        }

        return new CallExpr(SpecOf(method.ReturnType), $"string.{name}{suffix}", values.ToEquatable()) { IsInstance = !method.IsStatic };
    }

    /// <summary>
    /// The operands without the comparison, which becomes a suffix: none for code units, IgnoreCase for the same after invariant upper-casing.
    /// What the culture of the machine would decide is refused, or done by code units with a warning where users mean that.
    /// </summary>
    private IEnumerable<IOperation>? ParseComparison(IInvocationOperation invocation, out string suffix)
    {
        suffix = "";
        IMethodSymbol method = invocation.TargetMethod;
        List<IOperation> operands = InOrder(invocation).ToList();
        int comparison = operands.FindIndex(operand => operand.Type is { Name: "StringComparison" });
        if (comparison >= 0)
        {
            switch (operands[comparison].ConstantValue)
            {
                case { HasValue: true, Value: (int)StringComparison.Ordinal }:
                    break;
                case { HasValue: true, Value: (int)StringComparison.OrdinalIgnoreCase }:
                    suffix = "IgnoreCase";
                    break;
                default:
                    Report(ExpressionDiagnostics.Culture, operands[comparison], $"string.{method.Name} by culture", "Use StringComparison.Ordinal or OrdinalIgnoreCase.");
                    return null;
            }

            operands.RemoveAt(comparison);
            return operands;
        }

        bool byText = method.Parameters.Length > 0 && method.Parameters[0].Type.SpecialType == SpecialType.System_String;
        switch (method.Name)
        {
            case "Compare" or "CompareTo":
                Report(ExpressionDiagnostics.Culture, invocation, $"string.{method.Name}", "Write string.CompareOrdinal(a, b).");
                return null;
            case "StartsWith" or "EndsWith" or "IndexOf" or "LastIndexOf" when byText:
                if (method.Parameters.Length > 1 && method.Parameters.Any(parameter => parameter.Type.SpecialType is SpecialType.System_Boolean or SpecialType.None))
                {
                    Report(ExpressionDiagnostics.Culture, invocation, $"string.{method.Name} by culture", "Use StringComparison.Ordinal or OrdinalIgnoreCase.");
                    return null;
                }

                Report(ExpressionDiagnostics.CultureIgnored, invocation, $"string.{method.Name}", "Pass StringComparison.Ordinal to say so.");
                return operands;
            case "Replace" when method.Parameters.Length > 2:
                Report(ExpressionDiagnostics.Culture, invocation, "string.Replace by culture", "Leave the culture out.");
                return null;
            default:
                return operands;
        }
    }

    private ExprSpec? ParseConcat(IInvocationOperation invocation)
    {
        if (invocation.TargetMethod.Parameters.Any(parameter => parameter.Type.SpecialType is not (SpecialType.System_String or SpecialType.System_Object)))
            return Unsupported(invocation, "string.Concat of a list", "Join it in a static method of your own.");
        return ParseAll(InOrder(invocation)) is { } values && values.All(value => CanFormat(invocation, value)) ? Concat(values) : null;
    }

    private ExprSpec? ParseConcatenation(IBinaryOperation binary)
    {
        // A long chain leans to the left; it is one concatenation.
        List<IOperation> parts = [];
        IOperation left = binary;
        while (left is IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, Type.SpecialType: SpecialType.System_String, ConstantValue.HasValue: false } sum)
        {
            parts.Insert(0, sum.RightOperand);
            left = sum.LeftOperand;
        }

        parts.Insert(0, left);
        return ParseAll(parts) is { } values && values.All(value => CanFormat(binary, value)) ? Concat(values) : null;
    }

    private CallExpr Concat(IEnumerable<ExprSpec> values) =>
        new(Text, "string.Concat", values.Select(value => AsText(value, null)).SelectMany(Flatten).ToEquatable());

    private static IEnumerable<ExprSpec> Flatten(ExprSpec value) => value is CallExpr { Method: "string.Concat" } concat ? concat.Arguments : [value];

    private ExprSpec? ParseInterpolation(IInterpolatedStringOperation interpolated)
    {
        if (interpolated.Type?.SpecialType != SpecialType.System_String)
            return Unsupported(interpolated, "an interpolated string that is not a string", "Give it to a string.");
        List<ExprSpec> parts = [];
        bool complete = true;
        foreach (IInterpolatedStringContentOperation content in interpolated.Parts)
        {
            switch (content)
            {
                case IInterpolatedStringTextOperation { Text.ConstantValue: { HasValue: true, Value: string text } }:
                    parts.Add(TextConstant(text));
                    break;
                case IInterpolationOperation { Alignment: not null } aligned:
                    complete = Unsupported(aligned, "an alignment in an interpolation", "Use PadLeft or PadRight.") is not null;
                    break;
                case IInterpolationOperation hole:
                    ExprSpec? value = Parse(hole.Expression);
                    string? format = hole.FormatString?.ConstantValue.Value as string;
                    if (value is null || !CanFormat(hole, value) || (format is not null && !HasFormat(hole, value)))
                        complete = false;
                    else
                        parts.Add(AsText(value, format));
                    break;
                default:
                    complete = Unsupported(content, Describe(content), "") is not null;
                    break;
            }
        }

        return complete ? new CallExpr(Text, "string.Concat", parts.SelectMany(Flatten).ToEquatable()) : null;
    }

    // A value inside text, formatted as the invariant culture does.
    private static ExprSpec AsText(ExprSpec value, string? format)
    {
        if (value.Type is { Value: ValueKind.Field, Field: FieldKind.String })
            return value;
        return new CallExpr(Text.AsNullable(value.Type.Nullable), "Typed.Format", format is null ? EquatableArray.Of(value) : EquatableArray.Of(value, TextConstant(format)));
    }

    private bool CanFormat(IOperation place, ExprSpec value)
    {
        bool can = Intrinsics.IsPlainValue(value.Type) || (value.Type is { Value: ValueKind.Opaque, IsValueType: true, CSharp: "global::System.DateTime" or "global::System.TimeOnly" });
        if (!can)
            Unsupported(place, $"text of a {(value.Type.CSharp.Length == 0 ? "row" : value.Type.CSharp)}", "Use its members.");
        return can;
    }

    private bool HasFormat(IOperation place, ExprSpec value)
    {
        if (value.Type is not { Value: ValueKind.Field, Field: FieldKind.Enum or FieldKind.String or FieldKind.Boolean } and not { Value: ValueKind.Char })
            return true;
        Unsupported(place, $"a format for a {value.Type.CSharp}", "Leave the format out.");
        return false;
    }

    // x.ToString(), x.ToString(CultureInfo.InvariantCulture), x.ToString("format", CultureInfo.InvariantCulture).
    private ExprSpec? ParseToString(IInvocationOperation invocation)
    {
        if (Parse(invocation.Instance!) is not { } value || !CanFormat(invocation, value))
            return null;
        string? format = null;
        bool isInvariant = false;
        foreach (IArgumentOperation argument in invocation.Arguments)
        {
            if (argument.Value.ConstantValue is { HasValue: true, Value: string text })
                format = text;
            else if (IsInvariantCulture(argument.Value))
                isInvariant = true;
            else
                return Report(ExpressionDiagnostics.Culture, argument, "ToString by culture", "Write CultureInfo.InvariantCulture, and a constant format if any.");
        }

        bool byCulture = value.Type.Value == ValueKind.Opaque
            || (value.Type.Value == ValueKind.Field && value.Type.Field is FieldKind.Float or FieldKind.Double or FieldKind.Decimal or FieldKind.Timestamp or FieldKind.Date);
        if (!isInvariant && (byCulture || (format is not null && !value.Type.Is(FieldKind.Guid) && !value.Type.Is(FieldKind.Duration))))
            return Report(ExpressionDiagnostics.Culture, invocation, $"{invocation.TargetMethod.ContainingType.Name}.ToString", $"Write ToString({(format is null ? "" : $"\"{format}\", ")}CultureInfo.InvariantCulture).");
        if (format is not null && !HasFormat(invocation, value))
            return null;

        // A null Nullable gives the empty string; a null string throws.
        ExprSpec result = AsText(value, format);
        return value.Type.Nullable && value.Type.IsValueType
            ? new CoalesceExpr(Text, result, TextConstant(""))
            : result with { Type = Text };
    }

    private static bool IsInvariantCulture(IOperation operation) => operation switch
    {
        IConversionOperation conversion => IsInvariantCulture(conversion.Operand),
        IPropertyReferenceOperation { Property: { Name: "InvariantCulture" or "InvariantInfo", IsStatic: true } } => true,
        _ => false,
    };
}
