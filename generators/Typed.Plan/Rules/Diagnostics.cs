using System.Collections.Immutable;

namespace Typed.Plan;

/// <summary>
/// The table of diagnostics. Bands of ids: 00xx generator, records and pipelines, 10xx time, 20xx state, joins and windows, 30xx
/// keys, types and expressions, 40xx determinism, 60xx delivery and graph. Each band is a class of its own with its list <c>All</c>.
/// </summary>
internal static class Diagnostics
{
    private static readonly ImmutableDictionary<string, DiagnosticRule> ById = All.ToImmutableDictionary(rule => rule.Id);

    /// <summary>Every diagnostic there is, by band.</summary>
    public static IEnumerable<DiagnosticRule> All =>
    [
        .. PipelineDiagnostics.All,
        .. TimeDiagnostics.All,
        .. StateDiagnostics.All,
        .. SessionDiagnostics.All,
        .. DistinctDiagnostics.All,
        .. QualityDiagnostics.All,
        .. StreamJoinDiagnostics.All,
        .. ProcessorDiagnostics.All,
        .. KeyDiagnostics.All,
        .. ExpressionRules.All,
        .. CodeDiagnostics.All,
    ];

    public static DiagnosticRule Find(string id) => ById[id];

    /// <summary>Whether a finding keeps the generator from writing code.</summary>
    public static bool IsError(string id) => Find(id).IsError;
}
