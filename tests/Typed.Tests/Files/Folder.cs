namespace Typed.Tests.Files;

/// <summary>A folder for one test, with files that have the times the test gives them.</summary>
public sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("typed-").FullName;

    public string Checkpoint { get; } = Directory.CreateTempSubdirectory("typed-checkpoint-").FullName;

    public static DateTime At(long millis) => DateTime.UnixEpoch.AddMilliseconds(millis);

    /// <summary>Writes a file with a time in milliseconds since 1970.</summary>
    public string Add(string name, string content, long millis = 1_000_000)
    {
        string path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        File.SetLastWriteTimeUtc(path, At(millis));
        return path;
    }

    public string Add(string name, byte[] content, long millis = 1_000_000)
    {
        Add(name, "", millis);
        string path = System.IO.Path.Combine(Path, name);
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, At(millis));
        return path;
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
        if (Directory.Exists(Checkpoint))
            Directory.Delete(Checkpoint, recursive: true);
    }
}
