using Microsoft.CodeAnalysis;

namespace Typed.Analyzers;

/// <summary>What is wrong between a query and its start.</summary>
internal static class StartDiagnostics
{
    public static readonly DiagnosticDescriptor NotMarked = new(
        "TYPED0064", "A query that is no pipeline",
        "'{0}' has a method Define that returns a stream, and is not marked, so that nothing is compiled and there is no From to start it with. Write [Pipeline(OutputMode.Append)] before the class; give the method another name if other queries call it.",
        "Typed.Pipeline", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/TYPED0064.md");

    public static readonly DiagnosticDescriptor NoSink = new(
        "TYPED6040", "A query without a sink",
        "The query would not start: '{0}' is given no sink, so its rows have nowhere to go. Say where they go before StartAsync: .To(ConsoleSink.Table()).",
        "Typed.Delivery", DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/TYPED6040.md");

    public static readonly DiagnosticDescriptor NobodyWaits = new(
        "TYPED6041", "Nobody waits for the query",
        "'{0}' is disposed of as soon as it has started, which stops the query wherever it is. Wait for its end: await {0}.Completion.",
        "Typed.Delivery", DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: "docs/diagnostics/TYPED6041.md");
}
