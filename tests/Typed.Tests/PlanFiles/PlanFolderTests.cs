extern alias plans;

using plans::Typed.PlanFiles;

namespace Typed.Tests.PlanFiles;

/// <summary>What a build does to the plan files of a project.</summary>
public sealed class PlanFolderTests : IDisposable
{
    private static readonly PlanSheet Plan = PlannedSource.Sheet(PlannedSource.Hours);

    private readonly string _project = Directory.CreateTempSubdirectory("typed-project-").FullName;

    public PlanFolderTests()
    {
        Directory.CreateDirectory(Path.Combine(_project, "Stalls"));
        File.WriteAllText(Path.Combine(_project, "Stalls", "Hours.cs"), "");
    }

    public void Dispose() => Directory.Delete(_project, recursive: true);

    [Fact]
    public void A_file_is_written_beside_the_source_and_left_alone_while_the_plan_is_the_same()
    {
        Assert.Empty(Update(Plan));
        string file = Path.Combine(_project, "Stalls", "Hours.plan.md");
        Assert.Equal(MarkdownPlan.Of(Plan), File.ReadAllText(file));
        DateTime written = File.GetLastWriteTimeUtc(file).AddDays(-1);
        File.SetLastWriteTimeUtc(file, written);
        Assert.Empty(Update(Plan));
        Assert.Equal(written, File.GetLastWriteTimeUtc(file));
        Assert.Empty(Update(Plan with { OutputMode = "Update" }));
        Assert.Contains("**Update mode**", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal(["Hours.cs", "Hours.plan.md"], Directory.GetFiles(Path.Combine(_project, "Stalls")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_file_that_was_deleted_comes_back()
    {
        Update(Plan);
        string file = Path.Combine(_project, "Stalls", "Hours.plan.md");
        File.Delete(file);
        Update(Plan);
        Assert.True(File.Exists(file));
    }

    [Fact]
    public void Line_ends_of_a_working_copy_do_not_count()
    {
        Update(Plan);
        string file = Path.Combine(_project, "Stalls", "Hours.plan.md");
        string windows = File.ReadAllText(file).Replace("\n", "\r\n", StringComparison.Ordinal);
        File.WriteAllText(file, windows);
        Assert.Empty(Update(Plan, verify: true));
        Assert.Empty(Update(Plan));
        Assert.Equal(windows, File.ReadAllText(file));
    }

    [Fact]
    public void Under_ci_nothing_is_written_and_what_is_out_of_date_is_said()
    {
        string file = Path.Combine(_project, "Stalls", "Hours.plan.md");
        PlanComplaint missing = Assert.Single(Update(Plan, verify: true));
        Assert.Equal(("TYPED7001", file), (missing.Code, missing.File));
        Assert.StartsWith("The plan file of Hours is missing. Build it where ContinuousIntegrationBuild is not set", missing.Message);
        Assert.False(File.Exists(file));
        Update(Plan);
        PlanComplaint old = Assert.Single(Update(Plan with { OutputMode = "Update" }, verify: true));
        Assert.StartsWith("This is not the plan of Hours any more.", old.Message);
        Assert.Equal(MarkdownPlan.Of(Plan), File.ReadAllText(file));
    }

    [Fact]
    public void A_file_whose_pipeline_is_gone_is_named_and_other_files_are_not()
    {
        Update(Plan);
        string own = Path.Combine(_project, "trip.plan.md");
        File.WriteAllText(own, "# Where we go\n");
        string file = Path.Combine(_project, "Stalls", "Hours.plan.md");
        PlanComplaint left = Assert.Single(PlanFolder.Of([], _project).Update([file, own], verify: false));
        Assert.Equal(("TYPED7002", file), (left.Code, left.File));
        Assert.Empty(PlanFolder.Of([new AssemblyPlan(Plan, "Stalls/Hours.cs")], _project).Update([file, own], verify: false));
    }

    [Fact]
    public void Two_pipelines_of_a_name_have_files_of_their_full_names()
    {
        PlanFolder folder = PlanFolder.Of(
            [new AssemblyPlan(Plan with { FullName = "A.Hours" }, "Stalls/Hours.cs"), new AssemblyPlan(Plan with { FullName = "B.Hours" }, "Stalls/Hours.cs"), new AssemblyPlan(Plan, "Program.g.cs")], _project);
        Assert.Equal(
            [Path.Combine(_project, "Stalls", "A.Hours.plan.md"), Path.Combine(_project, "Stalls", "B.Hours.plan.md"), Path.Combine(_project, "Hours.plan.md")], folder.Files.Select(file => file.Path));
    }

    [Fact]
    public void Without_the_property_there_is_no_file() => Assert.Empty(PlanFolder.Of([new AssemblyPlan(Plan, "")], _project).Files);

    private IReadOnlyList<PlanComplaint> Update(PlanSheet plan, bool verify = false) => PlanFolder.Of([new AssemblyPlan(plan, "Stalls/Hours.cs")], _project).Update([], verify);
}
