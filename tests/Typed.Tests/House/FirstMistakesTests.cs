using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Typed.Tests.Compilation;
using Typed.Tests.Fixes;

namespace Typed.Tests.House;

/// <summary>
/// The page about first mistakes: what the compiler says to the example of the README when it was not written down well. With TYPED_REWRITE=1 in the environment
/// the test writes the page instead.
/// </summary>
public sealed partial class FirstMistakesTests
{
    private const string Intro =
        """
        # First mistakes

        The example of the [README](../../README.md), written down with the mistakes that are made first, and what the compiler says to each: all of it, and nothing else. What is offered as
        a fix is one key away in the editor. A test writes this page.

        """;

    private static readonly string Example = ReadExample();

    [Fact]
    public void The_example_itself_has_none()
    {
        using CompiledSource compiled = CompiledSource.CompileAndAnalyze(Example);
        Assert.Empty(Told(compiled));
    }

    [Fact]
    public async Task The_page_says_what_the_compiler_says()
    {
        StringBuilder page = new(Intro);
        foreach ((string section, FirstMistake[] mistakes) in FirstMistake.All)
        {
            page.Append($"\n## {section}\n");
            foreach (string text in await Task.WhenAll(mistakes.Select(mistake => Task.Run(() => DescribeAsync(mistake)))))
                page.Append(text);
        }

        string path = Checkout.At("docs", "diagnostics", "first-mistakes.md");
        if (Environment.GetEnvironmentVariable("TYPED_REWRITE") == "1")
            await File.WriteAllTextAsync(path, page.ToString(), TestContext.Current.CancellationToken);
        Assert.Equal(page.ToString(), await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }

    private static async Task<string> DescribeAsync(FirstMistake mistake)
    {
        string source = Example;
        foreach ((string right, string wrong) in mistake.Edits)
        {
            Assert.True(source.Contains(right, StringComparison.Ordinal), $"{mistake.Title}: the README has no '{right}'");
            source = source.Replace(right, wrong, StringComparison.Ordinal);
        }

        using CompiledSource compiled = CompiledSource.CompileAndAnalyze(source);
        using FixedProject project = new(source);
        Diagnostic[] told = Told(compiled);
        Assert.True(told.Length > 0, $"{mistake.Title}: nothing is said");
        Assert.All(told, one => Assert.Equal("Source0.cs", one.Location.SourceTree!.FilePath));
        Assert.Equal((mistake.Title, mistake.Places), (mistake.Title, told.Select(one => one.Location.GetLineSpan().StartLinePosition.Line).Distinct().Count()));
        StringBuilder text = new($"\n### {mistake.Title}\n\n```diff\n{Difference(Example, source)}```\n\n```text\n");
        SourceText lines = SourceText.From(source);
        foreach (Diagnostic one in told)
            text.Append(Shown(one, lines));
        text.Append("```\n\n").Append(mistake.Advice);
        string[] ids = [.. told.Select(one => one.Id).Where(id => id.StartsWith("TYPED", StringComparison.Ordinal)).Distinct()];
        if (ids.Length > 0)
            text.Append(" More: ").AppendJoin(", ", ids.Select(id => $"[{id}]({id}.md)")).Append('.');
        List<string> offers = [];
        foreach (string id in ids)
            offers.AddRange(await project.OffersAsync(id));
        return text.Append(offers.Count == 0 ? "" : $" Fix: {string.Join(" or ", offers.Select(offer => $"*{offer}*"))}.").Append('\n').ToString();
    }

    private static Diagnostic[] Told(CompiledSource compiled) =>
        [.. compiled.Diagnostics.Where(one => one.Severity > DiagnosticSeverity.Hidden).OrderBy(one => one.Location.SourceSpan.Start).ThenBy(one => one.Id)];

    // As compilers show it: what is said, the line, and a mark below what is meant.
    private static string Shown(Diagnostic one, SourceText lines)
    {
        FileLinePositionSpan at = one.Location.GetLineSpan();
        string line = lines.Lines[at.StartLinePosition.Line].ToString();
        int end = at.EndLinePosition.Line == at.StartLinePosition.Line ? at.EndLinePosition.Character : line.Length;
        int indent = line.Length - line.TrimStart().Length;
        string mark = new string(' ', at.StartLinePosition.Character - indent) + new string('~', Math.Max(1, end - at.StartLinePosition.Character));
        return $"{Severity(one)} {one.Id}: {one.GetMessage(CultureInfo.InvariantCulture)}\n    {line.TrimStart()}\n    {mark}\n";
    }

    private static string Severity(Diagnostic one) => one.Severity == DiagnosticSeverity.Info ? "information" : one.Severity.ToString().ToLowerInvariant();

    // The edits are few and small, so the longest common subsequence of lines is quick to find.
    private static string Difference(string before, string after)
    {
        string[] left = before.Split('\n');
        string[] right = after.Split('\n');
        int[,] common = new int[left.Length + 1, right.Length + 1];
        for (int i = left.Length - 1; i >= 0; i--)
        {
            for (int j = right.Length - 1; j >= 0; j--)
                common[i, j] = left[i] == right[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        }

        StringBuilder text = new();
        for ((int i, int j) = (0, 0); i < left.Length || j < right.Length;)
        {
            if (i < left.Length && j < right.Length && left[i] == right[j])
                (i, j) = (i + 1, j + 1);
            else if (j == right.Length || (i < left.Length && common[i + 1, j] >= common[i, j + 1]))
                text.Append('-').Append(left[i++]).Append('\n');
            else
                text.Append('+').Append(right[j++]).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The first two blocks of the README as a program: types, and the statements that start the query.</summary>
    private static string ReadExample()
    {
        string[] blocks = [.. CodeBlock().Matches(File.ReadAllText(Checkout.At("README.md"))).Take(2).Select(block => block.Groups[1].Value)];
        string statements = string.Concat(blocks[1].TrimEnd().Split('\n').Select(line => $"        {line}\n"));
        return $"using System.Threading.Tasks;\nusing Typed;\n\n{blocks[0]}\npublic static class Program\n{{\n    public static async Task Main()\n    {{\n{statements}    }}\n}}\n";
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
