using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Typed.Analyzers;

/// <summary>602x: settings of sources and of a start that are constants in the source. What only the run knows is refused at start by the same rule.</summary>
internal static class SettingsDiagnostics
{
    public static readonly DiagnosticDescriptor Interval = Of(
        "TYPED6020", "A trigger interval that is none",
        "The query would not start: '{0}' cannot be the time between batches, because {1}. Write a number and a unit up to weeks, such as \"30 seconds\".",
        "invalid-trigger-interval");

    public static readonly DiagnosticDescriptor Limit = Of(
        "TYPED6021", "A number of rows, files or bytes that is not above zero",
        "The query would not start: {0} is {1}, and it must be above zero. Leave it out for no limit.",
        "invalid-rate-limit", "rate-source-options");

    public static readonly DiagnosticDescriptor TwoLimits = Of(
        "TYPED6022", "Two limits that exclude each other",
        "The query would not start: MaxFilesPerTrigger and MaxBytesPerTrigger are both set, but a micro-batch is limited by one of them. Leave one out.",
        "conflicting-rate-limits");

    public static ImmutableArray<DiagnosticDescriptor> All => [Interval, Limit, TwoLimits];

    private static DiagnosticDescriptor Of(string id, string title, string message, params string[] conformance) => new(
        id,
        title,
        message,
        "Typed.Delivery",
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        helpLinkUri: "docs/diagnostics/" + id + ".md",
        customTags: [.. conformance.Select(rule => "conformance:" + rule)]);
}
