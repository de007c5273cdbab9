namespace Typed.Files;

/// <summary>
/// Patterns of paths: <c>*</c> and <c>?</c> within a name, <c>**</c> for any number of folders, <c>[a-c]</c>, <c>[!a]</c> and
/// <c>{one,two}</c>. A pattern without <c>/</c> is one of names in any folder.
/// </summary>
internal sealed class GlobPattern
{
    private const string Wildcards = "*?[{";
    private readonly string[][] _alternatives;
    private readonly bool _namesOnly;

    internal GlobPattern(string pattern)
    {
        _namesOnly = !pattern.Contains('/', StringComparison.Ordinal);
        _alternatives = [.. Expand(pattern).Select(one => one.Split('/', StringSplitOptions.RemoveEmptyEntries))];
    }

    internal static bool HasWildcard(string text) => text.AsSpan().IndexOfAny(Wildcards) >= 0;

    internal bool Matches(string path)
    {
        string[] parts = _namesOnly ? [path[(path.LastIndexOf('/') + 1)..]] : path.Split('/');
        foreach (string[] alternative in _alternatives)
        {
            if (MatchesParts(alternative, parts))
                return true;
        }

        return false;
    }

    private static bool MatchesParts(ReadOnlySpan<string> pattern, ReadOnlySpan<string> parts)
    {
        if (pattern.IsEmpty)
            return parts.IsEmpty;
        if (pattern[0] == "**")
        {
            for (int skip = 0; skip <= parts.Length; skip++)
            {
                if (MatchesParts(pattern[1..], parts[skip..]))
                    return true;
            }

            return false;
        }

        return !parts.IsEmpty && MatchesName(pattern[0], parts[0]) && MatchesParts(pattern[1..], parts[1..]);
    }

    /// <summary>One name; a star that fails later is tried again one character further on, which takes no recursion.</summary>
    private static bool MatchesName(string pattern, string name)
    {
        int p = 0, n = 0, star = -1, starName = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                starName = n;
            }
            else if (p < pattern.Length && MatchesOne(pattern, ref p, name[n]))
            {
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++starName;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }

    /// <summary>One character; moves on in the pattern if it matches.</summary>
    private static bool MatchesOne(string pattern, ref int p, char c)
    {
        int end = pattern[p] == '[' ? pattern.IndexOf(']', Math.Min(p + 2, pattern.Length)) : -1;
        if (end < 0)
        {
            if (pattern[p] != '?' && pattern[p] != c)
                return false;
            p++;
            return true;
        }

        bool negated = pattern[p + 1] is '!' or '^';
        bool found = false;
        for (int i = p + (negated ? 2 : 1); i < end; i++)
        {
            if (i + 2 < end && pattern[i + 1] == '-')
            {
                found |= pattern[i] <= c && c <= pattern[i + 2];
                i += 2;
            }
            else
            {
                found |= pattern[i] == c;
            }
        }

        if (found == negated)
            return false;
        p = end + 1;
        return true;
    }

    private static IEnumerable<string> Expand(string pattern)
    {
        int open = pattern.IndexOf('{', StringComparison.Ordinal);
        int close = open < 0 ? -1 : pattern.IndexOf('}', open);
        if (close < 0)
            return [pattern];
        return pattern[(open + 1)..close].Split(',').SelectMany(one => Expand(pattern[..open] + one + pattern[(close + 1)..]));
    }
}
