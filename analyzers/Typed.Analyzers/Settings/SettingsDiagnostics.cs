using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Typed.Execution;

namespace Typed.Analyzers.Settings;

/// <summary>6001, 602x: sinks and settings that are seen in the source. What only the run knows is refused at start by the same rule, in the same words.</summary>
internal static class SettingsDiagnostics
{
    public static readonly DiagnosticDescriptor Once = new(
        "TYPED6028",
        "A trigger that takes everything at once",
        "Trigger.Once puts everything there is into one batch, whatever the limits of the sources, and closes no windows after it. Trigger.AvailableNow takes the same in batches that fit, with one at the end for what can close.",
        Category,
        DiagnosticSeverity.Info,
        isEnabledByDefault: true,
        helpLinkUri: Page("TYPED6028"),
        customTags: ["conformance:trigger-once-deprecated"]);

    private const string Category = "Typed.Delivery";

    private static readonly ImmutableDictionary<string, DiagnosticDescriptor> s_refusals = StartRules.All.ToImmutableDictionary(rule => rule.Id, Describe);

    public static ImmutableArray<DiagnosticDescriptor> All => [.. StartRules.All.Select(Of), Once];

    /// <summary>The diagnostic of a rule.</summary>
    public static DiagnosticDescriptor Of(StartRule rule) => s_refusals[rule.Id];

    private static DiagnosticDescriptor Describe(StartRule rule) => new(
        rule.Id,
        rule.Title,
        "The query would not start: " + rule.Message,
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: Page(rule.Id),
        customTags: [.. rule.OtherNames.Prepend(rule.Name).Select(name => "conformance:" + name)]);

    private static string Page(string id) => "docs/diagnostics/" + id + ".md";
}
