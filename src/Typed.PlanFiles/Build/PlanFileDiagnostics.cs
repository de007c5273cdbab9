namespace Typed.PlanFiles;

/// <summary>What the build says of plan files: 70xx. They are diagnostics of the build, not of the compiler, so the analyzers do not know them; each has a page like all others.</summary>
internal static class PlanFileDiagnostics
{
    public static readonly PlanFileDiagnostic OutOfDate = new("TYPED7001", "Warning", "A plan file is out of date");

    public static readonly PlanFileDiagnostic LeftOver = new("TYPED7002", "Warning", "A plan file has no pipeline");

    public static readonly PlanFileDiagnostic Failed = new("TYPED7003", "Error", "Plan files could not be written");

    /// <summary>All of them, by id.</summary>
    public static IReadOnlyList<PlanFileDiagnostic> All => [OutOfDate, LeftOver, Failed];
}

/// <summary>A kind of message about plan files.</summary>
/// <param name="Id">The id.</param>
/// <param name="Severity">Warning or Error.</param>
/// <param name="Title">A line for lists.</param>
internal sealed record PlanFileDiagnostic(string Id, string Severity, string Title);
