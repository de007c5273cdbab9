using Typed.Tests.Compilation;

namespace Typed.Tests.House;

/// <summary>
/// What the generator writes for the samples is committed beside them, under Generated: a change of it is read in review. With
/// TYPED_REWRITE=1 in the environment the test writes the files instead.
/// </summary>
public sealed class SampleTests
{
    /// <summary>The samples whose sources are compiled here.</summary>
    public static TheoryData<string> Samples => ["ClickAttribution", "DelayStorms", "FirstResult", "LateData", "LoginWatch", "Quakes", "UserSessions"];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Generated_code_is_as_committed(string sample)
    {
        string folder = Checkout.At("samples", sample);
        using CompiledSource compiled = CompiledSource.Compile(Sources(sample));
        Assert.NotEmpty(compiled.GeneratedSources);
        string generated = Path.Combine(folder, "Generated");
        if (Environment.GetEnvironmentVariable("TYPED_REWRITE") == "1")
        {
            if (Directory.Exists(generated))
                Directory.Delete(generated, recursive: true);
            Directory.CreateDirectory(generated);
            foreach ((string name, string text) in compiled.GeneratedSources)
                File.WriteAllText(Path.Combine(generated, name), text);
        }

        Assert.Equal(
            compiled.GeneratedSources.Keys.Order(StringComparer.Ordinal),
            Directory.GetFiles(generated).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
        foreach ((string name, string text) in compiled.GeneratedSources)
            Assert.Equal(File.ReadAllText(Path.Combine(generated, name)), text);
    }

    [Fact]
    public void A_first_result_takes_at_most_15_lines_beside_the_records()
    {
        string[] lines = File.ReadAllLines(Checkout.At("samples", "FirstResult", "Program.cs"));
        int code = lines.Count(line => line.Trim() is { Length: > 2 } text && !text.StartsWith("//", StringComparison.Ordinal) && !text.StartsWith('[') && !text.StartsWith("public readonly partial record", StringComparison.Ordinal));
        Assert.InRange(code, 1, 15);
    }

    /// <summary>The files of a sample that declare its records and pipelines.</summary>
    internal static string[] Sources(string sample)
    {
        string[] sources = [.. Directory.GetFiles(Checkout.At("samples", sample), "*.cs").Where(path => Path.GetFileName(path) is not ("Program.cs" or "Report.cs" or "Shop.cs" or "Pages.cs" or "People.cs" or "Market.cs") || sample == "FirstResult").Select(File.ReadAllText)];
        return sample == "FirstResult" ? [.. sources.Select(WithoutStatements)] : sources;
    }

    /// <summary>A library has no top-level statements: keep the types.</summary>
    private static string WithoutStatements(string program) => "using Typed;\n" + program[program.IndexOf("[StreamRecord]", StringComparison.Ordinal)..];
}
