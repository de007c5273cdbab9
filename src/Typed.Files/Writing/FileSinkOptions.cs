namespace Typed;

/// <summary>How files are written.</summary>
public record FileSinkOptions
{
    /// <summary>
    /// The columns whose values give the folders of the files, by the name in the file or the name of the field: <c>["event_date", "event_type"]</c>
    /// writes <c>event_date=2025-01-04/event_type=click/…</c>. They do not stand in the files.
    /// </summary>
    public IReadOnlyList<string> PartitionBy { get; init; } = [];

    /// <summary>How large a file becomes, about, before another one is begun.</summary>
    public string TargetSize { get; init; } = "128 MB";
}

/// <summary>How CSV files are written.</summary>
public sealed record CsvWriteOptions : FileSinkOptions
{
    /// <summary>Whether each file begins with the names of the columns.</summary>
    public bool Header { get; init; } = true;

    /// <summary>What stands between values; an ASCII character.</summary>
    public char Separator { get; init; } = ',';

    /// <summary>The text of null. A string that has the same text is written in quotes, so that both can be told apart.</summary>
    public string NullValue { get; init; } = "";
}
