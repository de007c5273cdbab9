extern alias generator;

using System.Collections;
using System.Reflection;
using generator::Typed.Generator.Incremental;
using generator::Typed.Generator.Planner;
using generator::Typed.Plan;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Typed.Tests.Compilation;
using Typed.Tests.Plan;

namespace Typed.Tests.Generator;

/// <summary>What the generator keeps between edits holds nothing of the compiler's: no symbol, syntax, compilation or location.</summary>
public class SpecGraphTests
{
    private const string Body =
        """
        rows.Where(p => p.Quantity > Least && p.Tags.Any(t => t != "") && p.Note!.StartsWith("x"))
            .WithWatermark(p => p.Time, "10 minutes")
            .Join(products, on: (p, t) => p.UserId == t.Id, select: (p, t) => new { p.Category, p.Time, Price = t.Price * 2 })
            .GroupBy(x => x.Category, Window.Sliding("1 hour", every: "10 minutes"), on: x => x.Time)
            .Select(g => new WindowResult(g.Window.Start, g.Window.End, g.Key, g.Count(x => x.Price > 1)))
        """;

    // Define reads a parameter of the pipeline, so it belongs to an instance.
    private static readonly string Source = PlanReading.Pipeline(Body, "WindowResult", members: "public int Least { get; init; } = 3;")
        .Replace("public static Stream", "public Stream");

    [Fact]
    public void Tracked_specs_hold_nothing_of_the_compiler()
    {
        CSharpCompilation compilation = CompiledSource.CreateCompilation(
            PlanReading.Records + Source);
        GeneratorRunResult run = CompiledSource.CreateDriver().RunGenerators(compilation, TestContext.Current.CancellationToken).GetRunResult().Results[0];
        foreach (string step in new[] { StepNames.RecordSpec, StepNames.PipelineSpec })
        {
            object[] specs = [.. run.TrackedSteps[step].SelectMany(one => one.Outputs).Select(output => output.Value)];
            Assert.NotEmpty(specs);
            foreach (object spec in specs)
                Assert.Empty(Foreign(spec));
        }
    }

    [Fact]
    public void A_physical_plan_holds_nothing_of_the_compiler()
    {
        PipelineSpec spec = PlanReading.Read(Source).Accepted()!;
        Assert.Empty(Foreign(PlanBuilder.Build(spec)));
    }

    [Fact]
    public void The_walk_finds_what_it_looks_for() => Assert.NotEmpty(Foreign(new { Inner = new object[] { Location.None } }));

    [Fact]
    public void Equal_sources_make_equal_specs_and_plans()
    {
        PipelineSpec one = PlanReading.Read(Source).Accepted()!;
        PipelineSpec other = PlanReading.Read(Source).Accepted()!;
        Assert.NotSame(one, other);
        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.Equal(PlanBuilder.Build(one), PlanBuilder.Build(other));
    }

    /// <summary>The types of compiler objects that can be reached from an object.</summary>
    private static IReadOnlyCollection<Type> Foreign(object root)
    {
        HashSet<Type> foreign = [];
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Stack<object> left = new([root]);
        while (left.TryPop(out object? one))
        {
            if (!seen.Add(one))
                continue;
            Type type = one.GetType();
            if (one is ISymbol or SyntaxNode or SyntaxTree or Microsoft.CodeAnalysis.Compilation or Location or SemanticModel or IOperation
                || type.Namespace?.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) == true)
            {
                foreign.Add(type);
                continue;
            }

            if (type.IsPrimitive || type.IsEnum || one is string or Type)
                continue;
            if (one is IEnumerable items)
            {
                foreach (object? item in items)
                {
                    if (item is not null)
                        left.Push(item);
                }
            }

            for (Type? level = type; level is not null; level = level.BaseType)
            {
                foreach (FieldInfo field in level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    if (field.GetValue(one) is { } value)
                        left.Push(value);
                }
            }
        }

        return foreign;
    }
}
