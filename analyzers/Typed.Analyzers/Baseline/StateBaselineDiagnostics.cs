using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Typed.Analyzers.Baseline;

/// <summary>50xx: what a change of a pipeline does to state that was shipped. Nothing of it is said in a project without a baseline.</summary>
internal static class StateBaselineDiagnostics
{
    public static readonly DiagnosticDescriptor Changed = Of(
        "TYPED5001", DiagnosticSeverity.Error, "State is not what the baseline says",
        "The state of '{1}' in {0} is not what the baseline says: it {2}. Verdict: {3}.");

    public static readonly DiagnosticDescriptor NotNamed = Of(
        "TYPED5002", DiagnosticSeverity.Error, "An operator with state has no name of its own",
        "'{1}' in {0} keeps state and has no name but its kind and a count: a query that gets another such operator in front of it would look for this state under another name. Name it before shipping: .Named(\"{2}\") behind it.");

    public static readonly DiagnosticDescriptor Unreadable = Of(
        "TYPED5003", DiagnosticSeverity.Error, "Stored values that cannot be read any more",
        "The state of '{1}' in {0} that was shipped cannot be read: it {2}. {3}.");

    public static readonly DiagnosticDescriptor Gone = Of(
        "TYPED5004", DiagnosticSeverity.Warning, "A shipped operator is gone",
        "{0} no longer has an operator with state '{1}', which is in the baseline: its state would be left behind, and a start from a checkpoint that has it is refused. Bring it back, or take it away with '{0} / {1} *RETIRED*' in Typed.State.Unshipped.txt and begin with a new checkpoint.");

    public static readonly DiagnosticDescriptor Length = Of(
        "TYPED5005", DiagnosticSeverity.Warning, "How long state stays has changed",
        "The state of '{1}' in {0} goes by '{2}' now, and by '{3}' in the baseline: a start goes on from what is stored, of which each part goes by the length of its time. If that is meant, note it in Typed.State.Unshipped.txt.");

    public static readonly DiagnosticDescriptor WithoutIds = Of(
        "TYPED5008", DiagnosticSeverity.Info, "A stored record has fields without an id",
        "'{0}' is kept in the state of '{1}', and {2} no id: stored fields are then found by their names, and one that is renamed cannot be read. Give each an [Id].");

    public static readonly DiagnosticDescriptor Malformed = Of(
        "TYPED5009", DiagnosticSeverity.Error, "The state baseline cannot be read",
        "This line of {0} cannot be read: {1}. What the baseline says of operators is not checked until it can.");

    public static readonly DiagnosticDescriptor RetiresNothing = Of(
        "TYPED5010", DiagnosticSeverity.Warning, "A line retires an operator that was never there",
        "'{0} / {1} *RETIRED*' takes away an operator that neither Typed.State.Shipped.txt nor the query has: is its name another one? If it was never shipped, take the line away.");

    public static ImmutableArray<DiagnosticDescriptor> All { get; } = [Changed, NotNamed, Unreadable, Gone, Length, WithoutIds, Malformed, RetiresNothing];

    private static DiagnosticDescriptor Of(string id, DiagnosticSeverity severity, string title, string message) =>
        new(id, title, message, "Typed.State", severity, isEnabledByDefault: true, description: null, helpLinkUri: "docs/diagnostics/" + id + ".md");
}
