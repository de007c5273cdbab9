using Typed.Connect;
using Typed.Files;

namespace Typed;

public static partial class CsvFiles
{
    /// <summary>
    /// Writes rows to CSV files in a folder, exactly once (semantics 14.6): <see cref="CommittedFiles"/> lists the files whose batches were
    /// committed. Append mode only.
    /// </summary>
    /// <param name="path">The folder; made if it is not there.</param>
    /// <param name="options">How.</param>
    [AppendOnly]
    public static ISink Out(string path, CsvWriteOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        CsvWriteOptions used = options ?? new();
        CsvSyntax.Validate(used.Separator, '"', null, null);
        return new FileSink("CSV", path, used, () => new CsvRowFormat(used));
    }
}
