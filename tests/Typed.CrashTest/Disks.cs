using System.Diagnostics;
using System.Globalization;

namespace Typed.CrashTest;

/// <summary>A disk that becomes full, and one that becomes read-only: a small file system in memory, where this machine lets one be mounted.</summary>
internal sealed class Disks(string root, int seed, Checks checks)
{
    private const int Files = 150;
    private readonly string _disk = Path.Combine(root, "disk");

    /// <summary>Checks both.</summary>
    public void Run()
    {
        string input = Path.Combine(root, "disk-input");
        Inputs.Write(input, Files, seed);
        Folders calm = new(input, Path.Combine(root, "disk-undisturbed"));
        (int code, string said) = RunOnce(calm);
        if (code != 0 || Rounds.End(calm) is not null)
        {
            checks.Add("the undisturbed run beside the small disk", said);
            return;
        }

        Output expected = Output.Of(calm);
        Directory.CreateDirectory(_disk);
        if (!Mount("-t", "tmpfs", "-o", "size=256k", "tmpfs", _disk))
        {
            checks.Skip("a full disk", "no file system can be mounted here");
            checks.Skip("a read-only disk", "no file system can be mounted here");
            return;
        }

        try
        {
            Full(input, expected);
            ReadOnly(input, expected);
        }
        finally
        {
            Shell("umount", _disk);
        }
    }

    private void Full(string input, Output expected)
    {
        Folders folders = new(input, Path.Combine(_disk, "full"));
        int stops = 0;
        int code;
        string said;
        int kilobytes = 256;
        while (true)
        {
            (code, said) = RunOnce(folders);
            if (code != 3)
                break;
            stops++;
            if (!said.Contains("No space left", StringComparison.Ordinal) || stops > 100)
            {
                checks.Add("a full disk", $"it was refused for another reason: {said}");
                return;
            }

            kilobytes += 128;
            Mount("-o", string.Create(CultureInfo.InvariantCulture, $"remount,size={kilobytes}k"), _disk);
        }

        Mount("-o", "remount,size=64m", _disk);
        string? failure = code != 0 ? $"it ended with {code}: {said}" : stops == 0 ? "the disk was never full" : Rounds.End(folders);
        checks.Add("a full disk", failure ?? Output.Of(folders).DiffersFrom(expected));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  the disk was full {stops} times, and got 128 KB more each time"));
    }

    private void ReadOnly(string input, Output expected)
    {
        Folders folders = new(input, Path.Combine(_disk, "read-only"));
        using Process child = Rounds.Start(folders, Shape.Plain, Execution.FaultPoint.AfterCommit, 5);
        child.WaitForExit();
        Mount("-o", "remount,ro", _disk);
        (int code, string said) = RunOnce(folders);
        Mount("-o", "remount,rw", _disk);
        string? failure = code != 3 || !said.Contains("Read-only", StringComparison.Ordinal) ? $"on a read-only disk it ended with {code}: {said}" : null;
        if (failure is null)
        {
            (code, said) = RunOnce(folders);
            failure = code != 0 ? $"it ended with {code} once the disk could be written: {said}" : Rounds.End(folders);
        }

        checks.Add("a read-only disk", failure ?? Output.Of(folders).DiffersFrom(expected));
    }

    private static (int Code, string Said) RunOnce(Folders folders)
    {
        using Process child = Rounds.Start(folders, Shape.Plain, null, 0);
        string said = child.StandardError.ReadToEnd();
        child.WaitForExit();
        return (child.ExitCode, said);
    }

    private static bool Mount(params string[] arguments) => Shell("mount", arguments);

    private static bool Shell(string command, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
