using System.Collections.Immutable;
using static Typed.Plan.DiagnosticRule;

namespace Typed.Plan;

/// <summary>4002–4005: what the methods do that a query calls for its rows: static methods in lambdas, processors, aggregates of the user's own.</summary>
internal static class CodeDiagnostics
{
    private const string Band = "Determinism";

    public static readonly DiagnosticRule Clock = Warning(
        "TYPED4002", Band, "A method of a query gives another value each time",
        "'{0}' reads '{1}', so a batch that is run again after a failure would write other rows. {2}");

    public static readonly DiagnosticRule Shared = Warning(
        "TYPED4003", Band, "A method of a query uses what may change",
        "'{0}' uses '{1}', which lives outside the query: it may change between two runs of a batch, and is what it was at first after a restart. {2}");

    public static readonly DiagnosticRule Blocking = Warning(
        "TYPED4004", Band, "A method of a query waits",
        "'{0}' waits in '{1}', and the batch with it, for one row after the other; what it gets may differ when the batch is run again. {2}");

    public static readonly DiagnosticRule Effect = Warning(
        "TYPED4005", Band, "A method of a query acts on the world outside",
        "'{0}' calls '{1}', and does so again for each row of a batch that is run again after a failure. {2}");

    public static ImmutableArray<DiagnosticRule> All => [Clock, Shared, Blocking, Effect];
}
