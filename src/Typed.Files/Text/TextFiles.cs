using Typed.Connect;
using Typed.Schema;

namespace Typed;

/// <summary>Text files as a stream or a table of lines.</summary>
public static class TextFiles
{
    /// <summary>Reads lines.</summary>
    /// <param name="path">A folder that grows, a file, or a path with wildcards.</param>
    /// <param name="options">How.</param>
    public static FileInput<TextLine> In(string path, TextReadOptions? options = null) => In<TextLine>(path, options);

    /// <summary>Reads lines into the only text field of a record; the other fields may say where a line was found (<see cref="FromSourceAttribute"/>).</summary>
    /// <inheritdoc cref="In(string, TextReadOptions?)"/>
    public static FileInput<T> In<T>(string path, TextReadOptions? options = null)
        where T : IStreamRecord<T>
    {
        TextReadOptions used = options ?? new();
        return new FileInput<T>("text", path, used, malformed => new Files.TextFormatReader(T.Schema, used, malformed), used.OnMalformed, used.MaxMalformed);
    }
}

/// <summary>How text files are read.</summary>
public sealed record TextReadOptions : FileSourceOptions
{
    /// <summary>What happens to a line that is too long or not UTF-8.</summary>
    public OnMalformed OnMalformed { get; init; } = OnMalformed.DeadLetter;

    /// <summary>The greatest part of the lines that may be malformed, 0 to 1; above it the query fails.</summary>
    public double MaxMalformed { get; init; } = 1;

    /// <summary>How long a line may be, in bytes.</summary>
    public int MaxRecordBytes { get; init; } = 4 << 20;

    internal override void Validate()
    {
        base.Validate();
        RateLimit.Check(MaxRecordBytes, nameof(MaxRecordBytes), "file-source-option");
        CheckShare(MaxMalformed, nameof(MaxMalformed));
    }
}
