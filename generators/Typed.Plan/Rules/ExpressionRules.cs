using System.Collections.Immutable;
using static Typed.Plan.DiagnosticRule;

namespace Typed.Plan;

/// <summary>305x and 40xx: what an expression may hold. The ids are those of <see cref="ExpressionDiagnostics"/>.</summary>
internal static class ExpressionRules
{
    private const string Band = "Expressions";

    public static readonly DiagnosticRule NotSupported = Error(
        ExpressionDiagnostics.NotSupported, Band, "Expressions have no such construct",
        "An expression cannot hold {0}, because it is compiled into loops over columns. {1}");

    public static readonly DiagnosticRule NoSuchMethod = Error(
        ExpressionDiagnostics.NoSuchMethod, Band, "Expressions have no such method",
        "'{0}' is not known in expressions, so it cannot be compiled into loops over columns. {1}");

    public static readonly DiagnosticRule NoSuchType = Error(
        ExpressionDiagnostics.NoSuchType, Band, "Expressions have no such type",
        "A value of type '{0}' cannot stand in an expression: {1}.");

    public static readonly DiagnosticRule Culture = Error(
        ExpressionDiagnostics.Culture, Band, "The result depends on the culture of the machine",
        "'{0}' gives another result on a machine with another culture, so a replayed batch could differ. {1}");

    public static readonly DiagnosticRule CultureIgnored = Warning(
        ExpressionDiagnostics.CultureIgnored, Band, "Compared by code units, not by the culture",
        "'{0}' would ask the culture of the machine in C#; in a query it compares code units. {1}");

    public static readonly DiagnosticRule RowCallAllocates = Info(
        ExpressionDiagnostics.RowCallAllocates, Band, "Called for each row with .NET objects",
        "'{0}' is called for each row, and the strings, lists or records it takes or gives are allocated for it. Where speed matters, write what it does as an expression.");

    public static readonly DiagnosticRule NotDeterministic = Error(
        ExpressionDiagnostics.NotDeterministic, "Determinism", "Another value when the batch is run again",
        "'{0}' gives another value each time, so a batch that is run again after a failure would write other rows. {1}");

    public static readonly DiagnosticRule Captured = Error(
        ExpressionDiagnostics.Captured, "Determinism", "A lambda of a query captures nothing",
        "'{0}' is a variable of the method around the lambda, which never runs. Make it a const or an init property of the pipeline class.");

    public static readonly DiagnosticRule Mutable = Error(
        ExpressionDiagnostics.Mutable, "Determinism", "A value that may change while the query runs",
        "'{0}' may change while the query runs, and a batch that is run again would write other rows. {1}");

    public static ImmutableArray<DiagnosticRule> All =>
        [NotSupported, NoSuchMethod, NoSuchType, Culture, CultureIgnored, RowCallAllocates, NotDeterministic, Captured, Mutable];
}
