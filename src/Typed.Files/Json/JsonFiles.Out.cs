using Typed.Connect;
using Typed.Files;

namespace Typed;

public static partial class JsonFiles
{
    /// <summary>
    /// Writes rows to JSON files in a folder, one object on each line, exactly once (semantics 14.6): <see cref="CommittedFiles"/> lists the files
    /// whose batches were committed. Append mode only. Fields that are null are left out; a number that is not finite is a string.
    /// </summary>
    /// <param name="path">The folder; made if it is not there.</param>
    /// <param name="options">How.</param>
    [AppendOnly]
    public static ISink Out(string path, FileSinkOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new FileSink("JSON", path, options ?? new(), () => new JsonRowFormat());
    }
}
