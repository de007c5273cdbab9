using System.Collections.Immutable;
using static Typed.Plan.DiagnosticRule;

namespace Typed.Plan;

/// <summary>300x: what rows are grouped, joined and summed by.</summary>
internal static class KeyDiagnostics
{
    private const string Band = "Expressions";

    public static readonly DiagnosticRule BinaryFraction = Info(
        "TYPED3001", Band, "A binary fraction is a key",
        "'{0}' compares rows by '{1}', a binary fraction: numbers that come out of different computations, such as 0.1 + 0.2 and 0.3, are different keys. Round it to an integer, or use a decimal.");

    public static readonly DiagnosticRule NullKey = Info(
        "TYPED3002", Band, "Null is among the keys",
        "'{0}' compares rows by '{1}', which may be null: {2}.");

    public static readonly DiagnosticRule SumDigits = Warning(
        "TYPED3004", Band, "The sum of a decimal has no room to grow",
        "'{0}' adds up decimals of {1} digits, and a sum has 38 at most: {2} of the greatest values fail the batch. Give the field fewer digits with [Precision], or convert the value to fewer.");

    public static ImmutableArray<DiagnosticRule> All => [BinaryFraction, NullKey, SumDigits];
}
