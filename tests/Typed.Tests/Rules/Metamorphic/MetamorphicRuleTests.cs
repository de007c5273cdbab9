extern alias generator;

using generator::Typed.Plan;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Typed.Tests.Compilation;
using Typed.Tests.Plan;

namespace Typed.Tests.Rules.Metamorphic;

/// <summary>A rule does not depend on how a plan is written: all plans by which rules are tested, right and wrong ones, each written in other ways.</summary>
public class MetamorphicRuleTests
{
    private static readonly Lazy<(CSharpCompilation Compilation, string[][] Found)> Written = new(() =>
    {
        CSharpCompilation compilation = CompiledSource.CreateCompilation([PlanReading.Records, .. TabledPlan.All.Select((plan, number) => plan.Source(number))]);
        return (compilation, [.. TabledPlan.All.Select((_, number) => Found(compilation, number))]);
    });

    [Theory]
    [InlineData("variables")]
    [InlineData("helpers")]
    [InlineData("renamed")]
    [InlineData("queries")]
    [InlineData("returns")]
    [InlineData("two files")]
    public void The_same_is_found_in_the_same_plan(string way)
    {
        Rewriting rewriting = Rewriting.Of(way);
        (CSharpCompilation before, string[][] found) = Written.Value;
        List<string> sources = [];
        int changed = 0;
        foreach ((TabledPlan plan, int number) in TabledPlan.All.Select((plan, number) => (plan, number)))
        {
            SyntaxTree tree = before.GetTypeByMetadataName(TabledPlan.NameOf(number))!.DeclaringSyntaxReferences[0].SyntaxTree;
            string[] files = [.. rewriting.Apply(tree, before.GetSemanticModel(tree))];
            changed += files.Length > 1 || files[0] != tree.ToString() ? 1 : 0;
            sources.AddRange(files);
        }

        CSharpCompilation after = CompiledSource.CreateCompilation([PlanReading.Records, .. sources]);
        Assert.True(changed > TabledPlan.All.Count * 3 / 5, $"only {changed} of {TabledPlan.All.Count} plans are written in another way");
        List<string> differences = [];
        for (int number = 0; number < TabledPlan.All.Count; number++)
        {
            string[] expected = [.. found[number].Select(rewriting.Common).Order(StringComparer.Ordinal)];
            string[] actual = [.. Found(after, number).Select(rewriting.Common).Order(StringComparer.Ordinal)];
            if (!expected.SequenceEqual(actual))
                differences.Add($"{TabledPlan.All[number].Body} [{TabledPlan.All[number].Mode}]\n    was {string.Join(" | ", expected)}\n    is  {string.Join(" | ", actual)}");
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void The_tables_have_plans_of_most_rules_on_plans()
    {
        HashSet<string> ids = [.. Written.Value.Found.SelectMany(one => one).Where(one => one != "There is no plan").Select(one => one[..9])];
        Assert.True(TabledPlan.All.Count > 250, $"{TabledPlan.All.Count} plans");
        Assert.True(ids.Count > 60, string.Join(' ', ids.Order()));
    }

    // A class that is no C# any more has no plan, which is seen here: to compile everything for it would take most of the time.
    private static string[] Found(CSharpCompilation compilation, int number)
    {
        ParsedPipeline parsed = PipelineParser.Parse(compilation.GetTypeByMetadataName(TabledPlan.NameOf(number))!, compilation, CancellationToken.None);
        IEnumerable<string> found = parsed.AllFindings().Where(one => one.DiagnosticId != PipelineDiagnostics.UnusedInput.Id).Select(PlanReading.Place);
        return [.. found, .. parsed.Spec is null ? ["There is no plan"] : Array.Empty<string>()];
    }
}
