using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>
/// Source-generated regular expressions over UTF-8: the text is decoded on the stack, so that only replacing and groups allocate.
/// Places and lengths are in UTF-16 units.
/// </summary>
public static class RegexCalls
{
    /// <summary><see cref="Regex.IsMatch(string)"/>.</summary>
    [SkipLocalsInit]
    public static bool RegexIsMatch(Regex regex, Utf8 text)
    {
        using CharScratch chars = new(NotNull(text), stackalloc char[CharScratch.OnStack]);
        return regex.IsMatch(chars.Chars);
    }

    /// <summary><see cref="Regex.Count(string)"/>.</summary>
    [SkipLocalsInit]
    public static int RegexCount(Regex regex, Utf8 text)
    {
        using CharScratch chars = new(NotNull(text), stackalloc char[CharScratch.OnStack]);
        return regex.Count(chars.Chars);
    }

    /// <summary><see cref="Regex.Replace(string, string)"/>. A text without a match is returned as it is; any other is allocated.</summary>
    public static Utf8 RegexReplace(Regex regex, Utf8 text, Utf8 replacement, Arena arena)
    {
        if (!RegexIsMatch(regex, text) && !replacement.IsNull)
            return text;
        return arena.Encode(regex.Replace(text.ToManaged()!, replacement.ToManaged()!));
    }

    /// <summary>The first match; empty for none.</summary>
    [SkipLocalsInit]
    public static Utf8 MatchValue(Regex regex, Utf8 text, Arena arena)
    {
        using CharScratch chars = new(NotNull(text), stackalloc char[CharScratch.OnStack]);
        return First(regex, chars.Chars) is { } match ? Utf8.Encode(chars.Chars.Slice(match.Index, match.Length), arena) : Utf8.Empty;
    }

    /// <summary>Whether there is a match.</summary>
    public static bool MatchSuccess(Regex regex, Utf8 text) => RegexIsMatch(regex, text);

    /// <summary>Where the first match is; 0 for none.</summary>
    [SkipLocalsInit]
    public static int MatchIndex(Regex regex, Utf8 text)
    {
        using CharScratch chars = new(NotNull(text), stackalloc char[CharScratch.OnStack]);
        return First(regex, chars.Chars)?.Index ?? 0;
    }

    /// <summary>How long the first match is; 0 for none.</summary>
    [SkipLocalsInit]
    public static int MatchLength(Regex regex, Utf8 text)
    {
        using CharScratch chars = new(NotNull(text), stackalloc char[CharScratch.OnStack]);
        return First(regex, chars.Chars)?.Length ?? 0;
    }

    /// <summary>What a numbered group of the first match holds; empty for nothing.</summary>
    public static Utf8 GroupValue(Regex regex, Utf8 text, int group, Arena arena) => arena.Encode(Match(regex, text).Groups[group].Value);

    /// <summary>What a named group of the first match holds; empty for nothing.</summary>
    public static Utf8 GroupValue(Regex regex, Utf8 text, string group, Arena arena) => arena.Encode(Match(regex, text).Groups[group].Value);

    /// <summary>Whether a numbered group has a match.</summary>
    public static bool GroupSuccess(Regex regex, Utf8 text, int group) => Match(regex, text).Groups[group].Success;

    /// <summary>Whether a named group has a match.</summary>
    public static bool GroupSuccess(Regex regex, Utf8 text, string group) => Match(regex, text).Groups[group].Success;

    /// <summary>Where a numbered group is; 0 for nowhere.</summary>
    public static int GroupIndex(Regex regex, Utf8 text, int group) => Match(regex, text).Groups[group].Index;

    /// <summary>Where a named group is; 0 for nowhere.</summary>
    public static int GroupIndex(Regex regex, Utf8 text, string group) => Match(regex, text).Groups[group].Index;

    /// <summary>How long a numbered group is; 0 for nothing.</summary>
    public static int GroupLength(Regex regex, Utf8 text, int group) => Match(regex, text).Groups[group].Length;

    /// <summary>How long a named group is; 0 for nothing.</summary>
    public static int GroupLength(Regex regex, Utf8 text, string group) => Match(regex, text).Groups[group].Length;

    private static Match Match(Regex regex, Utf8 text) => regex.Match(NotNull(text).ToManaged()!);

    private static (int Index, int Length)? First(Regex regex, ReadOnlySpan<char> chars)
    {
        foreach (ValueMatch match in regex.EnumerateMatches(chars))
            return (match.Index, match.Length);
        return null;
    }

    private static Utf8 NotNull(Utf8 text) => text.IsNull ? throw new ArgumentNullException(nameof(text), "A regular expression was asked about a string that is null.") : text;
}
