using Typed.Connect;
using Typed.Schema;

namespace Typed;

/// <summary>CSV files (RFC 4180) as a stream or a table.</summary>
public static partial class CsvFiles
{
    /// <summary>Reads records.</summary>
    /// <param name="path">A folder that grows, a file, or a path with wildcards.</param>
    /// <param name="options">How.</param>
    public static FileInput<T> In<T>(string path, CsvReadOptions? options = null)
        where T : IStreamRecord<T>
    {
        CsvReadOptions used = options ?? new();
        return new FileInput<T>("CSV", path, used, malformed => new Files.CsvFormatReader(T.Schema, used, malformed), used.OnMalformed, used.MaxMalformed);
    }
}

/// <summary>How CSV files are read. They are UTF-8, with or without a byte order mark.</summary>
public sealed record CsvReadOptions : FileSourceOptions
{
    /// <summary>
    /// Whether the first record of a file has the names of the columns. They are matched with <see cref="JsonNameAttribute"/>, the camel-cased
    /// name or the name of each field, in any order; columns without a field are passed over. Without a header the columns are the fields in order.
    /// </summary>
    public bool Header { get; init; } = true;

    /// <summary>Whether a header may lack columns of nullable fields, which are then null.</summary>
    public bool AllowMissingColumns { get; init; }

    /// <summary>What stands between values; an ASCII character.</summary>
    public char Separator { get; init; } = ',';

    /// <summary>What stands around values that hold separators, quotes or line breaks; an ASCII character.</summary>
    public char Quote { get; init; } = '"';

    /// <summary>What stands before a quote inside quotes; null for a second quote, as RFC 4180 has it.</summary>
    public char? Escape { get; init; }

    /// <summary>Lines that begin with it are passed over; null for none.</summary>
    public char? Comment { get; init; }

    /// <summary>
    /// The text, without quotes, of a value that is null. Null for the empty text, which is then null in nullable fields and the empty string
    /// in strings that are not.
    /// </summary>
    public string? NullValue { get; init; }

    /// <summary>Whether spaces around values without quotes are dropped.</summary>
    public bool Trim { get; init; }

    /// <summary>What happens to a record that cannot be read.</summary>
    public OnMalformed OnMalformed { get; init; } = OnMalformed.DeadLetter;

    /// <summary>The greatest part of the records that may be malformed, 0 to 1; above it the query fails.</summary>
    public double MaxMalformed { get; init; } = 1;

    /// <summary>How long a record may be, in bytes.</summary>
    public int MaxRecordBytes { get; init; } = 4 << 20;

    /// <summary>How long a value may be, in bytes.</summary>
    public int MaxFieldBytes { get; init; } = 4 << 20;

    /// <summary>How many columns a record may have.</summary>
    public int MaxColumns { get; init; } = 16_384;

    internal override void Validate()
    {
        base.Validate();
        RateLimit.Check(MaxRecordBytes, nameof(MaxRecordBytes), "file-source-option");
        RateLimit.Check(MaxFieldBytes, nameof(MaxFieldBytes), "file-source-option");
        RateLimit.Check(MaxColumns, nameof(MaxColumns), "file-source-option");
        CheckShare(MaxMalformed, nameof(MaxMalformed));
        Files.CsvSyntax.Validate(Separator, Quote, Escape, Comment);
    }
}
