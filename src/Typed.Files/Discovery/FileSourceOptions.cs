using Typed.Connect;
using Typed.Execution;

namespace Typed;

/// <summary>By what new files are put in order.</summary>
public enum FileOrder
{
    /// <summary>By when they were modified, the oldest first, then by path (semantics 14.1).</summary>
    Modified,

    /// <summary>By path alone: for files that carry their order in their names, when copying or cloning has lost their times.</summary>
    Path,
}

/// <summary>
/// How files are found and how much of them a micro-batch takes (semantics 14). Files are taken oldest first, each once; files and
/// folders whose name begins with <c>.</c> or <c>_</c> are left out; <c>.gz</c> files are unpacked.
/// </summary>
public abstract record FileSourceOptions
{
    /// <summary>Which files: a pattern of names such as <c>"*.json"</c>, or of paths below the folder such as <c>"2025/**/*.{json,gz}"</c>.</summary>
    public string? Glob { get; init; }

    /// <summary>Whether files in folders below are read too.</summary>
    public bool Recursive { get; init; }

    /// <summary>How many files a micro-batch takes at most; not together with <see cref="MaxBytesPerTrigger"/>.</summary>
    public int? MaxFilesPerTrigger { get; init; }

    /// <summary>How many bytes of files a micro-batch takes at most, but always at least one file; not together with <see cref="MaxFilesPerTrigger"/>.</summary>
    public long? MaxBytesPerTrigger { get; init; }

    /// <summary>By what the files that are new are put in order; <see cref="LatestFirst"/> turns it round.</summary>
    public FileOrder Order { get; init; } = FileOrder.Modified;

    /// <summary>Whether the newest files are taken first.</summary>
    public bool LatestFirst { get; init; }

    /// <summary>
    /// Files older than the newest one seen by more than this are left out (semantics 14.3). Plays no part with
    /// <see cref="LatestFirst"/> or <see cref="FileOrder.Path"/> and a limit, which leave old files for later.
    /// </summary>
    public TimeSpan MaxFileAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Whether files of the same name in different folders are the same file.</summary>
    public bool FileNameOnly { get; init; }

    /// <summary>How long a file must have been left alone before it is taken; zero takes it at once, so that writers should rename complete files into place.</summary>
    public TimeSpan SettleTime { get; init; }

    /// <summary>Whether a file that was removed before its batch was read is passed over; else the query stops and says which one it was.</summary>
    public bool IgnoreMissingFiles { get; init; }

    /// <summary>How long to wait before looking for new files again.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>When the files are read again where they are a table and not a stream.</summary>
    public TableRefresh Refresh { get; init; } = TableRefresh.OnChange;

    /// <summary>Refused: a stream takes each file once, whenever it was modified (rule <c>file-source-time-filter</c>).</summary>
    public DateTimeOffset? ModifiedAfter { get; init; }

    /// <summary>Refused: a stream takes each file once, whenever it was modified (rule <c>file-source-time-filter</c>).</summary>
    public DateTimeOffset? ModifiedBefore { get; init; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="QueryStartException">An option is out of range or two exclude each other.</exception>
    internal virtual void Validate()
    {
        RateLimit.Check(MaxFilesPerTrigger, nameof(MaxFilesPerTrigger));
        RateLimit.Check(MaxBytesPerTrigger, nameof(MaxBytesPerTrigger));
        if (MaxFilesPerTrigger is not null && MaxBytesPerTrigger is not null)
            throw new QueryStartException(StartRules.TwoLimits);

        if (ModifiedAfter is not null || ModifiedBefore is not null)
            throw new QueryStartException(StartRules.TimeFilter, ModifiedAfter is not null ? nameof(ModifiedAfter) : nameof(ModifiedBefore));

        NotNegative(MaxFileAge, nameof(MaxFileAge));
        NotNegative(SettleTime, nameof(SettleTime));
        if (PollInterval <= TimeSpan.Zero)
            throw new QueryStartException(StartRules.ConnectOption, nameof(PollInterval), PollInterval, SettingProblems.NotAboveZero);
    }

    /// <summary>Refuses what is no part of a whole.</summary>
    internal static void CheckShare(double value, string option)
    {
        if (!(value is >= 0 and <= 1))
            throw new QueryStartException(StartRules.ConnectOption.As("malformed-option"), option, value, SettingProblems.NoShare);
    }

    private static void NotNegative(TimeSpan value, string option)
    {
        if (value < TimeSpan.Zero)
            throw new QueryStartException(StartRules.ConnectOption, option, value, SettingProblems.Negative);
    }
}
