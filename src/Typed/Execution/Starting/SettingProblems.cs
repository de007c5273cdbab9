namespace Typed.Execution;

/// <summary>What can be wrong with a value, in the words of the build and of the start. The analyzers are compiled with this file too.</summary>
internal static class SettingProblems
{
    public const string NoDuration = "it is not a duration";

    public const string Months = "months and years differ in length";

    public const string Negative = "it must not be negative";

    public const string NotAboveZero = "it must be above zero";

    public const string NoShare = "it is a part of the records: between 0 and 1, as 0.01 for one in a hundred";

    public const string NoRampUp = "it must be between zero and ten years";

    public const string NoPort = "a port is between 1 and 65535";

    public const string RowsOnLines = "on lines each object is a record. Set Layout to JsonLayout.Document";

    public const string NoFileSize = "it must be a size above zero, such as \"128 MB\"";

    public const string NoSize = "that is no size. Write one such as \"512 MB\" or \"2 GB\"";

    public const string NoLength = "that is no duration. Write one such as \"10 seconds\"";

    public const string NeverIdle = "every input would be idle between two of its rows. Write a duration such as \"30 seconds\", or leave it out";

    public const string AlwaysSaying = "an idle query would do nothing but say so. Write a duration such as \"10 seconds\"";

    public const string NoName = "a name has letters. Leave it out, or give it one";

    public const string TooFewEntries = "a query needs at least the last 2 entries of its logs to start again";

    public const string TooFewSnapshots = "at least the last 2 snapshots are kept, so that a damaged one does not end the query";

    public const string NoWorker = "a query needs at least 1. Leave it out for one, or give the number of processors that the query may use";

    public const string NoAttempt = "a sink has to be tried at least once";

    public const string NoBound = "any state would break that. Write a number or a size above 0, or leave it out";

    /// <summary>What is wrong with the interval of a trigger; null for nothing.</summary>
    public static string? OfInterval(TimeSpan interval) => interval < TimeSpan.Zero ? "it is negative"
        : interval.Ticks % TimeSpan.TicksPerMillisecond != 0 ? "it is not a whole number of milliseconds"
        : null;
}
