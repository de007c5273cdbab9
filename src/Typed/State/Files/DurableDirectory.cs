using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Typed.State;

/// <summary>
/// A directory whose files appear whole or not at all, also after a loss of power: written under another name, flushed, given their
/// name, and the directory flushed.
/// </summary>
internal sealed class DurableDirectory : IDisposable
{
    private const string TemporarySuffix = ".tmp";
    private readonly string _suffix = $".{Guid.NewGuid():N}{TemporarySuffix}";
    private int _descriptor = -1;

    /// <summary>Opens a directory; makes it if it is not there.</summary>
    internal DurableDirectory(string path)
    {
        Path = path;
        Directory.CreateDirectory(path);
        if (OperatingSystem.IsWindows())
            return;
        const int readOnly = 0;
        int closeOnExec = OperatingSystem.IsLinux() ? 0x80000 : OperatingSystem.IsMacOS() ? 0x1000000 : 0;
        _descriptor = Posix.Open(path, readOnly | closeOnExec);
        if (_descriptor < 0)
            throw Posix.Failure("Opening the directory", path);
    }

    internal string Path { get; }

    /// <summary>
    /// Makes a new file. <c>File.Move(overwrite: false)</c> is a check and a plain rename on Unix, so a second writer could slip in
    /// between; <c>link(2)</c> fails if the name is taken.
    /// </summary>
    /// <returns>False if a file of this name is there already.</returns>
    internal bool TryCreate(string name, ReadOnlySpan<byte> content)
    {
        string target = System.IO.Path.Combine(Path, name);
        string temporary = System.IO.Path.Combine(Path, "." + name + _suffix);
        try
        {
            using (SafeFileHandle file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write, FileShare.Read))
            {
                RandomAccess.Write(file, content, 0);
                RandomAccess.FlushToDisk(file);
            }

            if (OperatingSystem.IsWindows())
            {
                // Without the replace flag, a move on Windows fails if the name is taken.
                if (File.Exists(target))
                    return false;
                File.Move(temporary, target, overwrite: false);
                return true;
            }

            if (Posix.Link(temporary, target) != 0)
            {
                if (Marshal.GetLastPInvokeError() == Posix.FileExists)
                    return false;
                throw Posix.LinkFailure(target);
            }
        }
        finally
        {
            File.Delete(temporary);
        }

        Flush();
        return true;
    }

    /// <summary>Makes a file or replaces it, from a writer of its content.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="write">Writes it.</param>
    /// <param name="reached">Called when the content is on the disk, with false, and when it has its name, with true.</param>
    internal void Replace(string name, Action<SafeFileHandle> write, Action<bool>? reached = null)
    {
        using UnnamedFile file = Begin(name);
        write(file.Handle);
        file.Name(name, reached);
    }

    /// <summary>Begins a file that has no name until all of it is there.</summary>
    /// <param name="name">What it is going to be, for those who look into the directory.</param>
    internal UnnamedFile Begin(string name) => new(this, System.IO.Path.Combine(Path, "." + name + _suffix));

    /// <summary>Removes a file if it is there; it is gone also after a loss of power.</summary>
    internal void Delete(string name)
    {
        string path = System.IO.Path.Combine(Path, name);
        if (!File.Exists(path))
            return;
        File.Delete(path);
        Flush();
    }

    /// <summary>Removes what a writer left that did not come to its end.</summary>
    internal void DeleteTemporaries()
    {
        foreach (string file in Directory.EnumerateFiles(Path, ".*" + TemporarySuffix))
            File.Delete(file);
    }

    public void Dispose()
    {
        if (_descriptor >= 0 && Posix.Close(_descriptor) != 0)
            throw Posix.Failure("Closing the directory", Path);
        _descriptor = -1;
    }

    private void Flush()
    {
        if (_descriptor >= 0 && Posix.Sync(_descriptor) != 0)
            throw Posix.Failure("Flushing the directory", Path);
    }

    /// <summary>A file that is being written; it goes if it is disposed of without a name.</summary>
    internal sealed class UnnamedFile : IDisposable
    {
        private readonly DurableDirectory _directory;
        private readonly string _path;
        private bool _isNamed;

        internal UnnamedFile(DurableDirectory directory, string path)
        {
            (_directory, _path) = (directory, path);
            Handle = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        }

        internal SafeFileHandle Handle { get; }

        /// <summary>Lets it appear, in the place of one that has the name; it is whole and on the disk then.</summary>
        /// <param name="name">Its name.</param>
        /// <param name="reached">Called when the content is on the disk, with false, and when it has its name, with true.</param>
        internal void Name(string name, Action<bool>? reached)
        {
            RandomAccess.FlushToDisk(Handle);
            Handle.Dispose();
            reached?.Invoke(false);
            File.Move(_path, System.IO.Path.Combine(_directory.Path, name), overwrite: true);
            _isNamed = true;
            reached?.Invoke(true);
            _directory.Flush();
        }

        public void Dispose()
        {
            Handle.Dispose();
            if (!_isNamed)
                File.Delete(_path);
        }
    }
}
