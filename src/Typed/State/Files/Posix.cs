using System.Runtime.InteropServices;

namespace Typed.State;

/// <summary>What .NET does not offer: a link that fails if the name is taken, flushing a directory, and threads that let others go first.</summary>
internal static partial class Posix
{
    internal const int FileExists = 17;

    /// <summary>With 0 for which one: the thread that calls. On Linux only; elsewhere this is the process.</summary>
    internal const int OfThread = 0;
    private const int NotPermitted = 1;
    private const int NotImplemented = 38;
    private const int NotSupported = 95;

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Link(string existing, string created);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    internal static partial int SetPriority(int of, uint which, int niceness);

    /// <summary>Why a link could not be made, as an exception that names the file.</summary>
    internal static IOException LinkFailure(string path) => Marshal.GetLastPInvokeError() is NotPermitted or NotImplemented or NotSupported
        ? new IOException($"'{path}' cannot be made: its file system has no hard links, by which a second writer is excluded. Put the folder on another file system.")
        : Failure("Linking", path);

    /// <summary>The last error as an exception that names the file.</summary>
    internal static IOException Failure(string what, string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{what} '{path}' failed: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");
    }
}
