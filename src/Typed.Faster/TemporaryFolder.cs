namespace Typed.Faster;

/// <summary>
/// A folder of files beside those of other processes, and of which it shows whether its process is alive: a file in it is locked as long as the folder is in use, and the system gives
/// the lock up when the process dies. Others that share the folder for temporary files, containers too, see the same lock.
/// </summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string LockName = "spill.lock";
    private readonly FileStream _lock;

    private TemporaryFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    /// <summary>Where it is.</summary>
    internal string Path { get; }

    /// <summary>Makes it.</summary>
    internal static TemporaryFolder Make(string path)
    {
        Directory.CreateDirectory(path);

        // Elsewhere than on Windows a file is there before it is locked: it has its name when it is. Where the system locks nothing it never has, and is left alone.
        string named = System.IO.Path.Combine(path, LockName);
        string made = OperatingSystem.IsWindows() ? named : named + ".new";
        FileStream held = new(made, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1);
        if (made != named && IsLocked(made))
            File.Move(made, named);
        return new TemporaryFolder(path, held);
    }

    /// <summary>Deletes folders that dead processes have left. One of which that is not certain stays: without a file that can be locked, or of another user.</summary>
    /// <param name="root">Where they are.</param>
    /// <param name="prefix">What their names begin with.</param>
    internal static void DeleteLeft(string root, string prefix)
    {
        try
        {
            foreach (string folder in Directory.EnumerateDirectories(root, prefix + "*"))
                DeleteIfLeft(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder for temporary files that cannot be listed, or is not there, is told of when something is spilled.
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Empty(Path, _lock);
        _lock.Dispose();
    }

    private static void DeleteIfLeft(string folder)
    {
        string named = System.IO.Path.Combine(folder, LockName);
        if (!File.Exists(named) || new DirectoryInfo(folder).LinkTarget is not null)
            return;
        try
        {
            using FileStream held = new(named, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1);
            if (IsLocked(named))
                Empty(folder, held);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody has it, or deletes it at this moment, or it is another user's: it is not for this process to delete.
        }
    }

    // The lock goes last: who is killed before leaves a folder that can still be known.
    private static void Empty(string folder, FileStream held)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            if (System.IO.Path.GetFileName(file) != LockName)
                File.Delete(file);
        }

        // An open file that nobody may share cannot be deleted on Windows.
        if (OperatingSystem.IsWindows())
            held.Dispose();
        Directory.Delete(folder, recursive: true);
        held.Dispose();
    }

    // Also this process cannot open a file that is locked. Where it can, locks are switched off, or the file system has none, and a lock says nothing.
    private static bool IsLocked(string file)
    {
        try
        {
            using FileStream open = new(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1);
            return false;
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return true;
        }
    }
}
