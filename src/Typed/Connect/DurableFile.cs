using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Typed.State;

namespace Typed.Connect;

/// <summary>Files that are there whole or not at all, also after the power has gone.</summary>
internal static class DurableFile
{
    /// <summary>Writes a file through a temporary one beside it; an existing one is replaced.</summary>
    internal static void Write(string path, ReadOnlySpan<byte> content)
    {
        string temporary = WriteTemporary(path, content);
        File.Move(temporary, path, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>
    /// Makes a file appear under a name that must be free. A hard link is made, for that fails if somebody else was first, where
    /// <see cref="File.Move(string, string, bool)"/> is a check followed by a rename.
    /// </summary>
    /// <returns>False if the name was taken.</returns>
    internal static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        string temporary = WriteTemporary(path, content);
        try
        {
            return TryLink(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Gives a file a second name, which must be free, and makes the name durable.</summary>
    /// <returns>False if the name was taken.</returns>
    internal static bool TryLink(string existing, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                // On Windows a move without replacement is one step.
                File.Copy(existing, path, overwrite: false);
                return true;
            }
            catch (IOException) when (File.Exists(path))
            {
                return false;
            }
        }

        if (Posix.Link(existing, path) == 0)
        {
            SyncDirectory(Path.GetDirectoryName(path)!);
            return true;
        }

        if (Marshal.GetLastPInvokeError() == Posix.FileExists)
            return false;
        throw Posix.LinkFailure(path);
    }

    /// <summary>Waits until the content of a file is on the disk.</summary>
    internal static void Sync(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Waits until the names in a directory are on the disk.</summary>
    internal static void SyncDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        int descriptor = Posix.Open(directory, 0);
        if (descriptor < 0)
            throw new IOException($"The directory {directory} could not be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
        int failed = Posix.Sync(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = Posix.Close(descriptor);
        const int notSupported = 22;
        if (failed != 0 && error != notSupported)
            throw new IOException($"The directory {directory} could not be written to the disk: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    private static string WriteTemporary(string path, ReadOnlySpan<byte> content)
    {
        string directory = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(directory);
        string temporary = Path.Combine(directory, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using FileStream file = new(temporary, FileMode.CreateNew, FileAccess.Write);
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        return temporary;
    }
}
