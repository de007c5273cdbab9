using System.Text.Json;
using Typed.Cli;

namespace Typed.Tests.PlanFiles;

/// <summary><c>typed explain</c>.</summary>
public sealed class ExplainCommandTests
{
    private const string Two = """
        using Typed;

        [StreamRecord] public readonly partial record struct Line(string Text);

        namespace Shop
        {
            public static partial class Outer
            {
                [Pipeline(OutputMode.Append)]
                public sealed partial class Short { public static Stream<Line> Define(Stream<Line> lines) => lines.Where(l => l.Text.Length < 5); }
            }

            [Pipeline(OutputMode.Append)]
            public sealed partial class Long { public static Stream<Line> Define(Stream<Line> lines) => lines.Where(l => l.Text.Length > 5); }
        }
        """;

    [Fact]
    public void It_shows_all_pipelines_of_an_assembly()
    {
        using PlannedSource source = new(Two);
        string text = Said(ExitCode.Done, source.Path);
        Assert.Contains("Long, append mode\n  source-1  the stream lines of Line\n", text, StringComparison.Ordinal);
        Assert.Contains("Short, append mode\n", text, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(Said(ExitCode.Done, source.Path, "--format", "json"));
        Assert.Equal(["Shop.Long", "Shop.Outer.Short"], json.RootElement.EnumerateArray().Select(plan => plan.GetProperty("fullName").GetString()));
    }

    [Theory]
    [InlineData("Short", "json", "{\n  \"form\": 1,\n  \"name\": \"Outer.Short\"")]
    [InlineData("Outer.Short", "Markdown", "# Outer.Short\n")]
    [InlineData("Shop.Outer.Short", "mermaid", "flowchart TD\n")]
    [InlineData("Short", "svg", "<svg ")]
    public void It_shows_one_in_each_format(string pipeline, string format, string begin)
    {
        using PlannedSource source = new(Two);
        Assert.StartsWith(begin, Said(ExitCode.Done, source.Path, "--pipeline", pipeline, "--format", format));
    }

    [Fact]
    public void A_name_that_is_not_there_is_answered_with_those_that_are()
    {
        using PlannedSource source = new(Two);
        Assert.Equal($"'{source.Path}' has no pipeline 'Middle'. It has Long, Outer.Short.\n", Said(ExitCode.NotDone, source.Path, "--pipeline", "Middle"));
    }

    [Fact]
    public void A_picture_is_of_one_pipeline()
    {
        using PlannedSource source = new(Two);
        Assert.Equal($"'{source.Path}' has 2 pipelines, and svg shows one: say which, --pipeline NAME. They are Long, Outer.Short.\n", Said(ExitCode.NotDone, source.Path, "--format", "svg"));
    }

    [Fact]
    public void What_is_no_assembly_is_said_to_be_none()
    {
        using PlannedSource source = new(Two);
        string program = Path.Combine(source.Folder, "Planned.exe");
        File.WriteAllText(program, "no image");
        Assert.Equal($"'{program}' is no .NET assembly. What was compiled lies beside it: '{source.Path}'.\n", Said(ExitCode.NotDone, program));
        string other = Path.Combine(source.Folder, "Other.dll");
        File.WriteAllText(other, "");
        Assert.Equal($"'{other}' is no .NET assembly. Name the .dll that the build wrote, such as bin/Release/net10.0/MyProject.dll.\n", Said(ExitCode.NotDone, other));
    }

    [Fact]
    public void An_assembly_without_pipelines_a_folder_and_nothing_are_said_to_be_so()
    {
        using PlannedSource source = new(Two);
        Assert.StartsWith($"'{typeof(object).Assembly.Location}' has no pipelines: no class in it is marked [Pipeline]", Said(ExitCode.NotDone, typeof(object).Assembly.Location));
        Assert.StartsWith($"'{source.Folder}' is a folder. Name the assembly", Said(ExitCode.NotDone, source.Folder));
        string missing = Path.Combine(source.Folder, "Planed.dll");
        Assert.StartsWith($"'{missing}' is not there; near it are Planned.dll. Build the project", Said(ExitCode.NotDone, missing));
    }

    [Fact]
    public void A_format_that_there_is_not_is_refused()
    {
        Assert.Equal("--format pdf: expected is 'text', 'markdown', 'json', 'mermaid' or 'svg'.\n", Said(ExitCode.NotDone, "a.dll", "--format", "pdf"));
        Assert.Equal("--format 1: expected is 'text', 'markdown', 'json', 'mermaid' or 'svg'.\n", Said(ExitCode.NotDone, "a.dll", "--format", "1"));
    }

    private static string Said(int code, params string[] arguments)
    {
        StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        Assert.Equal(code, CommandLine.Run(["explain", .. arguments], output, error, TextReader.Null));
        return code == ExitCode.Done ? output.ToString() : error.ToString();
    }
}
