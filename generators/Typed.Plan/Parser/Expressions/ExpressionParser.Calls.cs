using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Typed.Plan;

internal sealed partial class ExpressionParser
{
    private ExprSpec? ParseInvocation(IInvocationOperation invocation)
    {
        IMethodSymbol method = invocation.TargetMethod;
        INamedTypeSymbol owner = method.ContainingType;
        if (Intrinsics.WayOutOfClock(owner, method.Name) is { } wayOut)
            return Report(ExpressionDiagnostics.NotDeterministic, invocation, $"{owner.Name}.{method.Name}", wayOut);
        if (Intrinsics.IsLocalTime(owner, method.Name))
            return Report(ExpressionDiagnostics.NotDeterministic, invocation, $"{owner.Name}.{method.Name}", "It depends on the time zone of the machine; use UtcDateTime.");
        if (method.Name is "Parse" or "ParseExact" or "TryParse" && Intrinsics.IsSystem(owner))
            return ParseParse(invocation);
        if (method.Name == "ToString" && !method.IsStatic)
            return ParseToString(invocation);
        if (owner.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return ParseNullableCall(invocation);
        if (owner.SpecialType == SpecialType.System_String)
            return ParseTextCall(invocation);
        if (Intrinsics.HasMethod(method))
            return ParseKnownCall(invocation);
        if (method is { Name: "HasFlag", ContainingType.SpecialType: SpecialType.System_Enum })
            return ParseHasFlag(invocation);
        if (IsTyped(owner, "Durations") || IsTyped(owner, "Parse") || (IsTyped(owner, "TimeWindow") && method.Name == "Of"))
            return ParseTypedCall(invocation);
        if (IsTyped(owner, "NullSafe"))
            return ParseNullSafe(invocation);
        if (ParseRegexCall(invocation, out ExprSpec? matched))
            return matched;
        if (ParseListCall(invocation, out ExprSpec? found))
            return found;
        if (!method.IsStatic)
        {
            return Report(
                invocation.Instance is IInstanceReferenceOperation ? ExpressionDiagnostics.Mutable : ExpressionDiagnostics.NoSuchMethod,
                invocation, $"{owner.Name}.{method.Name}", "Call it in a static method of your own, which is then called for each row.");
        }

        if (!IsUsers(owner) || IsTyped(owner, owner.Name))
        {
            return Report(
                ExpressionDiagnostics.NoSuchMethod, invocation, $"{owner.Name}.{method.Name}",
                CodeEffect.OfMember(method, owner)?.WayOut ?? "Call it in a static method of your own, which is then called for each row.");
        }

        return CanCall(invocation, method) && ParseArguments(invocation.Arguments) is { } arguments ? UserCall(invocation, method, arguments) : null;
    }

    private CallExpr? UserCall(IOperation place, IMethodSymbol method, List<ExprSpec> arguments)
    {
        if (!CanCall(place, method))
            return null;
        if (arguments.Any(IsNameless) || method.TypeArguments.Any(argument => argument.IsAnonymousType))
        {
            Unsupported(place, "passing an anonymous object to a method", "Pass its members, or a record.");
            return null;
        }

        TypeSpec declared = TypeReader.Read(method.ReturnType) ?? TypeReader.Opaque(method.ReturnType);
        if (!declared.IsValueType && method.ReturnType.NullableAnnotation == NullableAnnotation.None && !method.ReturnType.IsValueType)
            declared = declared.AsNullable();
        string arity = method.TypeArguments.Length == 0 ? "" : $"<{string.Join(", ", method.TypeArguments.Select(CSharpText))}>";
        if (IsObject(declared) || arguments.Any(argument => IsObject(argument.Type)))
            Report(ExpressionDiagnostics.RowCallAllocates, place, $"{method.ContainingType.Name}.{method.Name}");
        scope.Called(method, place.Syntax.GetLocation());
        return new CallExpr(declared, $"{TypeReader.Name(method.ContainingType)}.{method.Name}{arity}", arguments.ToEquatable()) { IsUserMethod = true };
    }

    private bool CanCall(IOperation place, IMethodSymbol method)
    {
        (string Construct, string WayOut)? problem =
            method.MethodKind == MethodKind.LocalFunction ? ("a local function", "Make it a static method of the class.")
            : !method.IsStatic ? ("an instance method", "Make the method static.")
            : method.ReturnsVoid || method.RefKind != RefKind.None || method.Parameters.Any(parameter => parameter.RefKind is not (RefKind.None or RefKind.In))
                ? ("a method with out, ref or no result", "Return the value, or null.")
            : method.IsAsync || method.ReturnType.Name is "Task" or "ValueTask" ? ("an asynchronous method", "Look values up in a Table<T> with Join.")
            : null;
        if (problem is null)
            return true;
        Unsupported(place, problem.Value.Construct, problem.Value.WayOut);
        return false;
    }

    // What is allocated for each row: strings, lists, classes, and structs that hold them.
    private static bool IsObject(TypeSpec type) => !type.IsValueType || type.Members.Any(member => IsObject(member.Type));

    private static bool IsNameless(ExprSpec value) => value.Type.Value == ValueKind.Row && value.Type.CSharp.Length == 0;

    private static string CSharpText(ITypeSymbol type) => SpecOf(type).CSharp + (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T ? "?" : "");

    private CallExpr? ParseKnownCall(IInvocationOperation invocation)
    {
        IMethodSymbol method = invocation.TargetMethod;
        IEnumerable<IOperation> operands = InOrder(invocation);
        if (ParseAll(operands) is not { } values)
            return null;
        return new CallExpr(SpecOf(method.ReturnType), $"{TypeReader.Name(method.ContainingType)}.{method.Name}", values.ToEquatable()) { IsInstance = !method.IsStatic };
    }

    private static IEnumerable<IOperation> InOrder(IInvocationOperation invocation)
    {
        IEnumerable<IOperation> arguments = invocation.Arguments.OrderBy(argument => argument.Parameter!.Ordinal).Select(argument => argument.Value);
        return invocation.Instance is { } instance ? [instance, .. arguments] : arguments;
    }

    // value.GetValueOrDefault() and value.GetValueOrDefault(other).
    private ExprSpec? ParseNullableCall(IInvocationOperation invocation)
    {
        if (invocation.TargetMethod.Name != "GetValueOrDefault" || Parse(invocation.Instance!) is not { } value)
            return invocation.TargetMethod.Name == "GetValueOrDefault" ? null : Unsupported(invocation, Describe(invocation), "Use ??.");
        if (value is MissingRow)
            return Unsupported(invocation, "the default of a row", "Take the columns with ?. and ??.");
        TypeSpec type = value.Type.AsNullable(false);
        ExprSpec? otherwise = invocation.Arguments.Length == 0 ? new ConstantExpr(type, $"default({type.CSharp})") : Parse(invocation.Arguments[0].Value);
        if (otherwise is null)
            return null;
        return value.Type.Nullable ? new CoalesceExpr(type, value, otherwise) : value;
    }

    private ExprSpec? ParseHasFlag(IInvocationOperation invocation)
    {
        if (ParseAll(InOrder(invocation)) is not { Count: 2 } values)
            return null;
        TypeSpec type = values[0].Type;
        return Let(values[1], flag => new BinaryExpr(Bool, "==", new BinaryExpr(type, "&", values[0], flag, false), flag, false));
    }

    // Durations.Minutes(5), Parse.Int32OrNull(text), TimeWindow.Of(time, size): this library's own, which the writer knows.
    private CallExpr? ParseTypedCall(IInvocationOperation invocation)
    {
        IMethodSymbol method = invocation.TargetMethod;
        if (ParseAll(InOrder(invocation)) is not { } values)
            return null;
        return new CallExpr(SpecOf(method.ReturnType), $"{TypeReader.Name(method.ContainingType)}.{method.Name}", values.ToEquatable());
    }

    private NullSafeEqualExpr? ParseNullSafe(IInvocationOperation invocation) =>
        ParseAll(InOrder(invocation)) is { Count: 2 } values ? new NullSafeEqualExpr(Bool, values[0], values[1]) : null;

    private static bool IsTyped(INamedTypeSymbol type, string name) =>
        TypeReader.IsTyped(type, name) && type.ContainingAssembly.Name == "Typed";
}
