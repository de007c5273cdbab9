namespace Typed.Cli;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    /// <summary>Done; the checkpoint is whole.</summary>
    internal const int Done = 0;

    /// <summary>The checkpoint is damaged, and a query can go on from it, as it is or after a repair.</summary>
    internal const int Damaged = 1;

    /// <summary>The checkpoint is damaged so that no repair helps.</summary>
    internal const int Lost = 2;

    /// <summary>It was not done: wrong arguments, nothing there by that name, a query runs, no permission.</summary>
    internal const int NotDone = 3;

    /// <summary>The codes as the help says them.</summary>
    internal const string Help = "Exit codes: 0 done, whole; 1 damaged, and repairable; 2 damaged, and not repairable; 3 not done (wrong arguments, nothing by that name, a query runs, no permission).";
}

/// <summary>A command cannot do what it was asked to.</summary>
/// <param name="message">What happened, why, and what to do.</param>
internal sealed class CommandException(string message) : Exception(message);
