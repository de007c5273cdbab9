using Typed.Execution;

namespace Typed.Connect;

/// <summary>Checks of the options that limit how much a micro-batch takes (semantics 14.2, 16.1).</summary>
internal static class RateLimit
{
    /// <summary>Refuses a limit that is zero or negative; null is no limit.</summary>
    internal static void Check(long? limit, string option, string rule = "invalid-rate-limit")
    {
        if (limit is <= 0)
            throw new QueryStartException(StartRules.Limit.As(rule), option, limit);
    }
}
