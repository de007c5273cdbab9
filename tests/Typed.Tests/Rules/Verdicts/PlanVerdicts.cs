using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Typed.Tests.Compilation;
using Typed.Tests.Plan;

namespace Typed.Tests.Rules.Verdicts;

/// <summary>What a build says of many plans: the generator and all analyzers run once over all of them.</summary>
internal sealed partial class PlanVerdicts
{
    // What every plan here may say: Define has inputs that only some of them read.
    private const string UnusedInput = "TYPED6009";

    private readonly Dictionary<string, string[]> _said;

    private PlanVerdicts(Dictionary<string, string[]> said) => _said = said;

    /// <summary>Builds the plans.</summary>
    public static PlanVerdicts Of(IEnumerable<WrittenPlan> plans)
    {
        WrittenPlan[] all = [.. plans];
        using CompiledSource built = CompiledSource.CompileAndAnalyze([PlanReading.Records, .. all.Select((plan, number) => plan.Source("Query" + number))]);
        ILookup<string, string> said = built.Diagnostics.Where(one => one.Id != UnusedInput && one.Severity >= DiagnosticSeverity.Warning).ToLookup(FileOf, Text);
        return new PlanVerdicts(all.Select((plan, number) => (plan.Name, Said: said[$"Source{number + 1}"].Concat(said["Query" + number]).Distinct().Order().ToArray())).ToDictionary(one => one.Name, one => one.Said));
    }

    /// <summary>The ids of errors and warnings of a plan and what they point at.</summary>
    public string[] this[string name] => _said[name];

    // A generated file is that of its class: what is generated has to compile as well.
    private static string FileOf(Diagnostic one)
    {
        string path = one.Location.SourceTree?.FilePath ?? "";
        return Path.GetFileNameWithoutExtension(path) is var file && Generated().Match(path) is { Success: true } match ? match.Value : file;
    }

    private static string Text(Diagnostic one) => $"{one.Id} {one.Location.SourceTree?.GetText().ToString(one.Location.SourceSpan)}";

    [GeneratedRegex("Query[0-9]+")]
    private static partial Regex Generated();
}

/// <summary>A plan in a table.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Mode">The output mode.</param>
/// <param name="Body">The body of Define: an expression or a block.</param>
/// <param name="Members">What stands beside Define.</param>
public sealed record WrittenPlan(string Name, string Mode, string Body, string Members = "")
{
    /// <summary>The class.</summary>
    public string Source(string name) => PlanReading.Usings + PlanReading.Pipeline(Body, mode: Mode, members: Members).Replace(" class Query", " class " + name);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
