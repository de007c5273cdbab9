using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;

namespace Typed.Cli;

/// <summary>Who has a checkpoint. The lock is not tried: a query that starts in that moment would be refused.</summary>
/// <param name="Text">What the file <c>owner</c> says; null if there is none.</param>
/// <param name="IsRunning">Whether that process has the lock; null if it cannot be known from here.</param>
internal sealed partial record OwnerView(string? Text, bool? IsRunning)
{
    /// <summary>Looks who has a checkpoint.</summary>
    internal static OwnerView Of(string checkpoint)
    {
        string text;
        try
        {
            text = File.ReadAllText(Path.Combine(checkpoint, "owner")).Trim();
        }
        catch (IOException)
        {
            return new OwnerView(null, false);
        }

        Match match = Process().Match(text);
        if (!match.Success || match.Groups[2].Value != Environment.MachineName)
            return new OwnerView(text, null);
        return new OwnerView(text, Has(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture), Path.Combine(checkpoint, "lock")));
    }

    /// <inheritdoc/>
    public override string ToString() => (Text, IsRunning) switch
    {
        (null, _) => "nobody has run it",
        (_, true) => $"running: {Text}",
        (_, false) => $"not running; the last one was {Text}",
        _ => $"{Text}, which cannot be seen from this machine",
    };

    // A process that has the lock has the file open. Where its files cannot be seen, that it lives has to do.
    private static bool Has(int process, string file)
    {
        try
        {
            using Process found = System.Diagnostics.Process.GetProcessById(process);
        }
        catch (ArgumentException)
        {
            return false;
        }

        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd");
        if (!Directory.Exists(folder))
            return true;
        try
        {
            string? real = Real(file);
            return real is not null && Directory.EnumerateFileSystemEntries(folder).Any(each => new FileInfo(each).LinkTarget == real);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    // The path without links, as the system knows it; null if the file is not there. Opened so, the file is not locked.
    private static string? Real(string file)
    {
        if (!File.Exists(file))
            return null;
        using SafeFileHandle handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{handle.DangerousGetHandle()}")).LinkTarget;
    }

    [GeneratedRegex(@"process (\d+) on (\S+)$")]
    private static partial Regex Process();
}
