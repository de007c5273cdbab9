using System.Reflection;
using Typed.Tests.Plan;

namespace Typed.Tests.Rules.Metamorphic;

/// <summary>A plan of the tables by which the rules are tested: one that breaks a rule, or a near miss.</summary>
/// <param name="Body">The body of Define.</param>
/// <param name="Mode">The output mode.</param>
/// <param name="Members">What stands beside Define.</param>
internal sealed record TabledPlan(string Body, string Mode, string Members)
{
    private static readonly Type[] Tables =
    [
        typeof(PlanRuleTests), typeof(DistinctRuleTests), typeof(TopRuleTests), typeof(StreamJoinRuleTests), typeof(ExpectRuleTests), typeof(ExpressionRuleTests),
        typeof(KeyRuleTests), typeof(WaitRuleTests), typeof(StateNameRuleTests), typeof(PipelineShapeTests),
    ];

    /// <summary>The plans of all tables whose body is one expression.</summary>
    public static IReadOnlyList<TabledPlan> All { get; } =
    [
        .. Tables.SelectMany(table => table.GetMethods()).SelectMany(OfTheory).Distinct()
            .Where(plan => !plan.Body.TrimStart().StartsWith('{') && !plan.Body.Contains("throw", StringComparison.Ordinal)),
    ];

    /// <summary>The class of a plan, by its number.</summary>
    public static string NameOf(int number) => "Query" + number;

    /// <summary>The source of the class, without the records.</summary>
    public string Source(int number) => PlanReading.Usings + PlanReading.Pipeline(Body, mode: Mode, members: Members).Replace(" class Query", " class " + NameOf(number));

    private static IEnumerable<TabledPlan> OfTheory(MethodInfo theory)
    {
        string[] parameters = [.. theory.GetParameters().Select(parameter => parameter.Name!)];
        int body = Array.IndexOf(parameters, "body");
        int mode = Array.IndexOf(parameters, "mode");
        int members = Array.IndexOf(parameters, "members");
        if (body < 0 || parameters.Any(name => name is not ("body" or "mode" or "members" or "expected")))
            yield break;
        foreach (InlineDataAttribute row in theory.GetCustomAttributes<InlineDataAttribute>())
        {
            string text = (string)row.Data[body]!;
            string usual = theory.DeclaringType == typeof(PipelineShapeTests) && text.Contains("GroupBy", StringComparison.Ordinal) ? "Update" : "Append";
            yield return new TabledPlan(text, mode < 0 ? usual : (string)row.Data[mode]!, members < 0 ? "" : (string)row.Data[members]!);
        }
    }
}
