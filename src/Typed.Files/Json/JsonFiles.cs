using Typed.Connect;
using Typed.Execution;
using Typed.Files;
using Typed.Schema;

namespace Typed;

/// <summary>JSON files as a stream or a table: one object on each line, or documents that hold arrays of objects.</summary>
public static partial class JsonFiles
{
    /// <summary>Reads records.</summary>
    /// <param name="path">A folder that grows, a file, or a path with wildcards.</param>
    /// <param name="options">How.</param>
    public static FileInput<T> In<T>(string path, JsonReadOptions? options = null)
        where T : IStreamRecord<T>
    {
        JsonReadOptions used = options ?? new();
        return new FileInput<T>("JSON", path, used, malformed => Reader<T>(used, malformed), used.OnMalformed, used.MaxMalformed);
    }

    private static FileFormatReader Reader<T>(JsonReadOptions options, MalformedPolicy malformed)
        where T : IStreamRecord<T> => options.Layout == JsonLayout.Lines
            ? new JsonLinesFormatReader(T.Schema, T.CreateJsonParser, options, malformed)
            : new JsonDocumentFormatReader(T.Schema, T.CreateJsonParser, options, malformed);
}

/// <summary>How JSON files are laid out.</summary>
public enum JsonLayout
{
    /// <summary>One object on each line.</summary>
    Lines,

    /// <summary>A file is one document: an array of objects, an object that holds one (<see cref="JsonReadOptions.Rows"/>), or one object that is a record.</summary>
    Document,
}

/// <summary>How JSON files are read. They are UTF-8.</summary>
public sealed record JsonReadOptions : FileSourceOptions
{
    /// <summary>How the files are laid out.</summary>
    public JsonLayout Layout { get; init; }

    /// <summary>In documents, the names that lead to the array of records, with dots between them: <c>"result.features"</c>; null for the document itself.</summary>
    public string? Rows { get; init; }

    /// <summary>What happens to a record that cannot be read.</summary>
    public OnMalformed OnMalformed { get; init; } = OnMalformed.DeadLetter;

    /// <summary>The greatest part of the records that may be malformed, 0 to 1; above it the query fails.</summary>
    public double MaxMalformed { get; init; } = 1;

    /// <summary>How long a record may be, in bytes; a longer one is malformed.</summary>
    public int MaxRecordBytes { get; init; } = JsonDecoder.DefaultMaxRecordBytes;

    /// <summary>How long a document may be, in bytes: it is held in memory while it is read.</summary>
    public int MaxDocumentBytes { get; init; } = 512 << 20;

    internal override void Validate()
    {
        base.Validate();
        RateLimit.Check(MaxRecordBytes, nameof(MaxRecordBytes), "file-source-option");
        RateLimit.Check(MaxDocumentBytes, nameof(MaxDocumentBytes), "file-source-option");
        CheckShare(MaxMalformed, nameof(MaxMalformed));
        if (Rows is not null && Layout == JsonLayout.Lines)
            throw new QueryStartException(StartRules.ConnectOption, nameof(Rows), $"'{Rows}'", SettingProblems.RowsOnLines);
    }
}
