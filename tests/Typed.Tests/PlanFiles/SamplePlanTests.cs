extern alias plans;

using plans::Typed.PlanFiles;
using Typed.Tests.House;

namespace Typed.Tests.PlanFiles;

/// <summary>
/// The plan files of the samples are committed beside their sources, as those of a user would be. With TYPED_REWRITE=1 in the environment the test writes them instead.
/// </summary>
public sealed class SamplePlanTests
{
    [Theory]
    [MemberData(nameof(SampleTests.Samples), MemberType = typeof(SampleTests))]
    public void Plan_files_are_as_committed(string sample)
    {
        string folder = Checkout.At("samples", sample);
        using PlannedSource source = new(SampleTests.Sources(sample));
        Dictionary<string, string> made = source.Sheets.ToDictionary(plan => plan.Name + ".plan.md", MarkdownPlan.Of);
        Assert.NotEmpty(made);
        if (Environment.GetEnvironmentVariable("TYPED_REWRITE") == "1")
        {
            foreach ((string name, string text) in made)
                File.WriteAllText(Path.Combine(folder, name), text);
        }

        Assert.Equal(made.Keys.Order(StringComparer.Ordinal), Directory.GetFiles(folder, "*.plan.md").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        foreach ((string name, string text) in made)
            Assert.Equal(File.ReadAllText(Path.Combine(folder, name)), text);
    }

    [Fact]
    public void The_page_shows_the_plan_file_of_a_sample()
    {
        string page = File.ReadAllText(Checkout.At("docs", "plan-files.md"));
        string file = File.ReadAllText(Checkout.At("samples", "DelayStorms", "DelayStorms.plan.md"));
        int begin = page.IndexOf("````markdown\n", StringComparison.Ordinal) + "````markdown\n".Length;
        Assert.Equal(file, page[begin..page.IndexOf("````\n", begin, StringComparison.Ordinal)]);
    }
}
