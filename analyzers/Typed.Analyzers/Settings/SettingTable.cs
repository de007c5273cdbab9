using System.Collections.Immutable;
using System.Globalization;
using Typed.Execution;
using Typed.Time;

namespace Typed.Analyzers.Settings;

/// <summary>The settings whose value can be wrong, by name, and what is wrong with a value.</summary>
internal static class SettingTable
{
    private static readonly ImmutableHashSet<string> s_limits =
    [
        "maxRowsPerTrigger", "rowsPerSecond", "rowsPerBatch", "batches", "MaxFilesPerTrigger", "MaxBytesPerTrigger",
        "MaxRecordBytes", "MaxFieldBytes", "MaxColumns", "MaxDocumentBytes", "MaxLineBytes",
    ];

    // By the name of a type where others have settings of the same name.
    private static readonly ImmutableDictionary<string, (StartRule Rule, Func<object, string?> ProblemOf)> s_settings = new Dictionary<string, (StartRule, Func<object, string?>)>
    {
        ["MaxFileAge"] = (StartRules.ConnectOption, NotNegative),
        ["SettleTime"] = (StartRules.ConnectOption, NotNegative),
        ["advance"] = (StartRules.ConnectOption, NotNegative),
        ["PollInterval"] = (StartRules.ConnectOption, value => value is TimeSpan time && time <= TimeSpan.Zero ? SettingProblems.NotAboveZero : null),
        ["rampUp"] = (StartRules.ConnectOption, value => value is TimeSpan time && (time < TimeSpan.Zero || time > TimeSpan.FromDays(3650)) ? SettingProblems.NoRampUp : null),
        ["MaxMalformed"] = (StartRules.ConnectOption, value => Number(value) is { } share && !(share is >= 0 and <= 1) ? SettingProblems.NoShare : null),
        ["TargetSize"] = (StartRules.ConnectOption, value => value is string text && !(SizeText.TryParse(text, needsUnit: false, out long bytes) && bytes > 0) ? SettingProblems.NoFileSize : null),
        ["SocketLines.port"] = (StartRules.ConnectOption, value => value is int and (< 1 or > 65_535) ? SettingProblems.NoPort : null),
        ["QueryOptions.Name"] = (StartRules.QueryOption, value => value is string name && string.IsNullOrWhiteSpace(name) ? SettingProblems.NoName : null),
        ["QueryOptions.Retain"] = (StartRules.QueryOption, value => value is int and < 2 ? SettingProblems.TooFewEntries : null),
        ["QueryOptions.Workers"] = (StartRules.QueryOption, value => value is int and < 1 ? SettingProblems.NoWorker : null),
        ["QueryOptions.SnapshotEvery"] = (StartRules.QueryOption, Length),
        ["QueryOptions.MaxAhead"] = (StartRules.QueryOption, Length),
        ["QueryOptions.IdleAfter"] = (StartRules.QueryOption, value => Length(value) ?? (IsZero(value) ? SettingProblems.NeverIdle : null)),
        ["QueryOptions.IdleProgressEvery"] = (StartRules.QueryOption, value => Length(value) ?? (IsZero(value) ? SettingProblems.AlwaysSaying : null)),
        ["Retry.attempts"] = (StartRules.QueryOption, value => value is int and < 1 ? SettingProblems.NoAttempt : null),
        ["Retry.first"] = (StartRules.QueryOption, Length),
        ["Retry.max"] = (StartRules.QueryOption, Length),
        ["StateAlert.Entries"] = (StartRules.QueryOption, value => Number(value) <= 0 ? SettingProblems.NoBound : null),
        ["StateAlert.Bytes"] = (StartRules.QueryOption, value => Size(value) ?? (SizeText.TryParse((string)value, needsUnit: true, out long bytes) && bytes == 0 ? SettingProblems.NoBound : null)),
        ["FasterStore.memory"] = (StartRules.QueryOption, Size),
        ["FasterStore.snapshotEvery"] = (StartRules.QueryOption, Length),
        ["FasterStore.keep"] = (StartRules.QueryOption, value => value is int and < 2 ? SettingProblems.TooFewSnapshots : null),
    }.ToImmutableDictionary();

    /// <summary>The rule on a setting, and what says what is wrong with a value of it; null for a setting that takes any value.</summary>
    /// <param name="type">The name of the type that it is a property of, or whose method takes it.</param>
    /// <param name="name">Its name.</param>
    public static (StartRule Rule, Func<object, string?> ProblemOf)? RuleOf(string type, string name)
    {
        if (s_limits.Contains(name))
            return (StartRules.Limit, value => Number(value) <= 0 ? "" : null);
        return s_settings.TryGetValue(name, out var any) ? any : s_settings.TryGetValue(type + "." + name, out var one) ? one : null;
    }

    /// <summary>What is wrong with the interval of a trigger, a text or a span of time; null for nothing.</summary>
    public static string? ProblemOfInterval(object interval) => interval switch
    {
        TimeSpan span => SettingProblems.OfInterval(span),
        string text when !DurationText.TryParse(text, out _, out _) => SettingProblems.NoDuration,
        string text when DurationText.TryParse(text, out long micros, out int months) => months != 0 ? SettingProblems.Months : SettingProblems.OfInterval(new TimeSpan(micros * 10)),
        _ => null,
    };

    private static string? NotNegative(object value) => value is TimeSpan time && time < TimeSpan.Zero ? SettingProblems.Negative : null;

    private static string? Length(object value) =>
        value is string text && !(DurationText.TryParse(text, out long micros, out int months) && months == 0 && micros >= 0) ? SettingProblems.NoLength : null;

    private static bool IsZero(object value) => value is string text && DurationText.TryParse(text, out long micros, out _) && micros == 0;

    private static string? Size(object value) => value is string text && !SizeText.TryParse(text, needsUnit: true, out _) ? SettingProblems.NoSize : null;

    private static double? Number(object value) => value is int or long or double or float or decimal ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null;
}
