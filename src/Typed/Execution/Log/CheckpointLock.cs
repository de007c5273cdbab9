using System.Globalization;

namespace Typed.Execution;

/// <summary>
/// One writer for a checkpoint, across processes: an exclusive lock on the file <c>lock</c>, which the system gives up when the process
/// dies. Who holds it stands in the file <c>owner</c>.
/// </summary>
internal sealed class CheckpointLock : IDisposable
{
    private readonly FileStream _file;

    private CheckpointLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="QueryStartException">Another run holds it: rule <c>duplicate-query-id</c>.</exception>
    internal static CheckpointLock Take(string directory, string queryName, Guid runId)
    {
        string path = Path.Combine(directory, "lock");
        string owner = Path.Combine(directory, "owner");
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException e) when (IsHeld(e))
        {
            throw new QueryStartException(
                "duplicate-query-id",
                $"The checkpoint '{directory}' is in use by {ReadOwner(owner)}. A checkpoint belongs to one running query: stop that one first, or give this query a checkpoint of its own.",
                e);
        }

        File.WriteAllText(owner, string.Create(
            CultureInfo.InvariantCulture,
            $"query '{queryName}', run {runId}, process {Environment.ProcessId} on {Environment.MachineName}\n"));
        return new CheckpointLock(file);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Whether a file could not be opened because somebody has it, and not because the disk is read-only, say.</summary>
    private static bool IsHeld(IOException e)
    {
        const int wouldBlockOnLinux = 11;
        const int wouldBlockOnMac = 35;
        const int sharingViolationOnWindows = unchecked((int)0x80070020);
        return e.HResult == (OperatingSystem.IsWindows() ? sharingViolationOnWindows : OperatingSystem.IsMacOS() ? wouldBlockOnMac : wouldBlockOnLinux);
    }

    private static string ReadOwner(string path)
    {
        try
        {
            string text = File.ReadAllText(path).Trim();
            return text.Length == 0 ? "another process" : text;
        }
        catch (IOException)
        {
            // The holder has the lock and has not yet said who it is.
            return "another process";
        }
    }
}
