namespace Typed.Tests.Files;

/// <summary>A folder for one test, with files that have the times the test gives them.</summary>
public sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("typed-").FullName;

    private readonly string _aside = Directory.CreateTempSubdirectory("typed-aside-").FullName;

    public string Checkpoint { get; } = Directory.CreateTempSubdirectory("typed-checkpoint-").FullName;

    public static DateTime At(long millis) => DateTime.UnixEpoch.AddMilliseconds(millis);

    /// <summary>Writes a file with a time in milliseconds since 1970.</summary>
    public string Add(string name, string content, long millis = 1_000_000) => Add(name, System.Text.Encoding.UTF8.GetBytes(content), millis);

    public string Add(string name, byte[] content, long millis = 1_000_000)
    {
        string path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);

        // Moved when it is whole and has its time: a running query would take it before that.
        string whole = System.IO.Path.Combine(_aside, "whole");
        File.WriteAllBytes(whole, content);
        File.SetLastWriteTimeUtc(whole, At(millis));
        File.Move(whole, path, overwrite: true);
        return path;
    }

    public void Dispose()
    {
        Directory.Delete(_aside, recursive: true);
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
        if (Directory.Exists(Checkpoint))
            Directory.Delete(Checkpoint, recursive: true);
    }
}
