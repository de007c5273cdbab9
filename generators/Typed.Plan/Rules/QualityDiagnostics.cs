using System.Collections.Immutable;
using static Typed.Plan.DiagnosticRule;

namespace Typed.Plan;

/// <summary>603x: expectations (semantics 18).</summary>
internal static class QualityDiagnostics
{
    /// <summary>How many expectations one operator can have.</summary>
    public const int MostExpectations = 64;

    private const string Band = "Quality";

    public static readonly DiagnosticRule DuplicateName = Error(
        "TYPED6030", Band, "Two expectations of one name",
        "There is an expectation '{0}' already. Counts are kept by name, so they would be those of both: give this one a name of its own.",
        "duplicate-expectation-name");

    public static readonly DiagnosticRule NoExpectations = Error(
        "TYPED6031", Band, "Expectations that cannot be read",
        "'ExpectAll' takes its expectations where it is called, each as a name and a lambda: (\"duration\", v => v.Seconds >= 0). Write them there; at least one.");

    public static readonly DiagnosticRule TooMany = Error(
        "TYPED6032", Band, "Too many expectations in one place",
        "{0} expectations follow one another; one operator judges at most 64. Put another operator, such as a Where, between them.");

    public static ImmutableArray<DiagnosticRule> All => [DuplicateName, NoExpectations, TooMany];
}
