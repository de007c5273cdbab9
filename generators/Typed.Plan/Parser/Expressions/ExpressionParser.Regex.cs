using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Typed.Plan;

internal sealed partial class ExpressionParser
{
    // Digits().IsMatch(text) and Digits().Replace(text, "") with a source-generated Regex. False if it is no call of a regex.
    private bool ParseRegexCall(IInvocationOperation invocation, out ExprSpec? result)
    {
        result = null;
        IMethodSymbol method = invocation.TargetMethod;
        if (method.ContainingType is not { Name: "Regex", ContainingNamespace.Name: "RegularExpressions" })
            return false;
        if (method.IsStatic || GeneratedRegex(invocation.Instance!) is not { } regex)
        {
            Unsupported(invocation, $"Regex.{method.Name} of a pattern that is not compiled by the generator of .NET", "Declare [GeneratedRegex(\"…\")] static partial Regex Name() and call it.");
            return true;
        }

        if (method.Name is not ("IsMatch" or "Replace" or "Count") || method.Parameters.Any(parameter => parameter.Type.SpecialType is not SpecialType.System_String))
        {
            Unsupported(invocation, $"Regex.{method.Name} in this form", "Use IsMatch(text), Replace(text, replacement), Count(text), Match(text).Value, .Success or .Groups[…].Value.");
            return true;
        }

        result = ParseArguments(invocation.Arguments) is { } values
            ? new CallExpr(SpecOf(method.ReturnType), $"Regex.{method.Name}", values.Prepend(regex).ToEquatable()) { IsUserMethod = true }
            : null;
        return true;
    }

    // Name().Match(text).Value, .Success, .Index, .Length, .Groups[1].Value, .Groups["name"].Success.
    private ExprSpec? ParseMatchMember(IPropertyReferenceOperation reference)
    {
        string name = reference.Property.Name;
        IOperation match = reference.Instance!;
        IOperation? group = null;
        if (match is IPropertyReferenceOperation { Property.IsIndexer: true, Instance: IPropertyReferenceOperation { Property.Name: "Groups", Instance: { } whole }, Arguments: [var index] })
        {
            match = whole;
            group = index.Value;
        }

        if (match is not IInvocationOperation { TargetMethod: { Name: "Match", IsStatic: false, Parameters.Length: 1 }, Instance: { } instance, Arguments: [var argument] }
            || GeneratedRegex(instance) is not { } regex || name is not ("Value" or "Success" or "Index" or "Length"))
        {
            return Unsupported(reference, "this use of a Regex", "Use Name().Match(text).Value, .Success, .Index, .Length or .Groups[…].Value of a [GeneratedRegex].");
        }

        if (Parse(argument.Value) is not { } text)
            return null;
        List<ExprSpec> values = [regex, text];
        if (group is not null)
        {
            if (Parse(group) is not { } which)
                return null;
            values.Add(which);
        }

        return new CallExpr(SpecOf(reference.Property.Type), (group is null ? "Match." : "Group.") + name, values.ToEquatable()) { IsUserMethod = true };
    }

    private static bool IsMatchMember(IPropertySymbol property) =>
        property.ContainingType is { Name: "Match" or "Group" or "Capture", ContainingNamespace.Name: "RegularExpressions" };

    private static StaticExpr? GeneratedRegex(IOperation instance) => instance switch
    {
        IInvocationOperation { TargetMethod: { IsStatic: true, Parameters.Length: 0 } method } when IsGenerated(method) => Named(method, "()"),
        IPropertyReferenceOperation { Property: { IsStatic: true } property } when IsGenerated(property) => Named(property, ""),
        _ => null,
    };

    private static bool IsGenerated(ISymbol member) => member.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "GeneratedRegexAttribute");

    private static StaticExpr Named(ISymbol member, string call) => new(
        new TypeSpec(ValueKind.Opaque, default, "global::System.Text.RegularExpressions.Regex", false), $"{TypeReader.Name(member.ContainingType)}.{member.Name}{call}");
}
