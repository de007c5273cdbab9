using Typed.Conformance.Cases;

namespace Typed.Conformance.Running;

internal enum Result
{
    Passed,
    Failed,
    Skipped,
}

/// <summary>What became of a case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Result">Whether it passed.</param>
/// <param name="Reason">Why it failed or was skipped; of a refusal that passed, by what.</param>
internal sealed record Outcome(ConformanceCase Case, Result Result, string Reason);
