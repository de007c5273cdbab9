using Microsoft.CodeAnalysis;

namespace Typed.Plan;

/// <summary>A kind of problem: what the analyzer reports under one id.</summary>
/// <param name="Id">The id: <c>TYPED</c> and four digits.</param>
/// <param name="Severity">How bad it is; nothing is generated for a pipeline or a record with an error.</param>
/// <param name="Category">The band: Pipeline, Record, Time, State, Expressions, Determinism, Delivery.</param>
/// <param name="Title">A line for lists.</param>
/// <param name="Message">What will happen, why, and the usual ways out; <c>{0}</c> … are the arguments of the finding.</param>
internal sealed record DiagnosticRule(string Id, DiagnosticSeverity Severity, string Category, string Title, string Message)
{
    private DiagnosticDescriptor? _descriptor;

    /// <summary>The rule of the conformance catalogue (<c>unsupported.json</c>) that this one enforces.</summary>
    public string? ConformanceRule { get; init; }

    public bool IsError => Severity == DiagnosticSeverity.Error;

    /// <summary>What Roslyn gets to know.</summary>
    public DiagnosticDescriptor Descriptor => _descriptor ??= Describe();

    public static DiagnosticRule Error(string id, string category, string title, string message, string? conformance = null) =>
        new(id, DiagnosticSeverity.Error, category, title, message) { ConformanceRule = conformance };

    public static DiagnosticRule Warning(string id, string category, string title, string message, string? conformance = null) =>
        new(id, DiagnosticSeverity.Warning, category, title, message) { ConformanceRule = conformance };

    public static DiagnosticRule Info(string id, string category, string title, string message, string? conformance = null) =>
        new(id, DiagnosticSeverity.Info, category, title, message) { ConformanceRule = conformance };

    // The id is not a constant here, so that the release-tracking analyzer of Roslyn does not see it: a test holds this table, the
    // release notes and the pages in docs/diagnostics against each other instead.
    private DiagnosticDescriptor Describe() => new(
        Id,
        Title,
        Message,
        "Typed." + Category,
        Severity,
        isEnabledByDefault: true,
        description: null,
        helpLinkUri: "docs/diagnostics/" + Id + ".md",
        customTags: ConformanceRule is null ? [] : ["conformance:" + ConformanceRule]);
}
