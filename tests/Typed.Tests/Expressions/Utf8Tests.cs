using System.Globalization;
using System.Text;
using Typed.Columns;

namespace Typed.Tests.Expressions;

/// <summary>Each UTF-8 kernel against System.String, over all pairs of texts that are short, long, ASCII, beyond ASCII, and beyond U+FFFF.</summary>
public sealed class Utf8Tests : IDisposable
{
    private static readonly string[] Texts =
    [
        "", " ", "a", "A", "b", "ab", "aB", "abc", "b c", " a ", "\t\u00A0x\u3000", "ä", "Ä", "ß", "İ", "ı", "ﬀ", "\u00E9", "e\u0301", "\uE000", "\uFFFD", "😀", "😁", "a😀", "😀a", "x😀y", "𐐀", "𐐨", "\0", "a\0",
        "Hello, World", "hello, world", "Grüße, 😀 Welt", "ab,ab,,ab", ",", "aaaa", new string('q', 300), new string('ü', 300), new string('q', 299) + "ü",
    ];

    private static readonly char[] Chars = ['a', 'A', ',', ' ', 'ä', 'ß', '\uE000', '\uD83D', '\uDE00', 'q', 'ü', '\0'];
    private readonly Arena _arena = new();

    public void Dispose() => _arena.Dispose();

    [Fact]
    public void ComparisonIsThatOfStrings() => Pairs((left, right) =>
    {
        Utf8 one = _arena.Encode(left);
        Utf8 other = _arena.Encode(right);
        Same(left == right, Utf8.Equal(one, other), left, right);
        Same(string.Equals(left, right, StringComparison.OrdinalIgnoreCase), Utf8.EqualIgnoreCase(one, other), left, right);
        Same(string.CompareOrdinal(left, right), Utf8.CompareOrdinal(one, other), left, right);
        Same(string.Compare(left, right, StringComparison.Ordinal), Utf8.CompareOrdinal(one, other), left, right);
        Same(string.Compare(left, right, StringComparison.OrdinalIgnoreCase), Utf8.CompareIgnoreCase(one, other), left, right);
        Same(Math.Sign(Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right))), Math.Sign(Utf8.CompareBytes(one, other)), left, right);
    });

    [Fact]
    public void NullIsLessThanAnyTextAndEqualToItself()
    {
        Utf8 text = _arena.Encode("");
        Assert.True(Utf8.Equal(default, default));
        Assert.False(Utf8.Equal(default, text));
        Assert.False(Utf8.EqualIgnoreCase(text, default));
        Assert.Equal((-1, 1, 0), (Utf8.CompareOrdinal(default, text), Utf8.CompareOrdinal(text, default), Utf8.CompareOrdinal(default, default)));
        Assert.Equal((-1, 1, 0), (Utf8.CompareIgnoreCase(default, text), Utf8.CompareIgnoreCase(text, default), Utf8.CompareIgnoreCase(default, default)));
        Assert.Equal((-1, 1, 0), (Utf8.CompareBytes(default, text), Utf8.CompareBytes(text, default), Utf8.CompareBytes(default, default)));
    }

    [Fact]
    public void SearchIsThatOfStrings() => Pairs((left, right) =>
    {
        Utf8 text = _arena.Encode(left);
        Utf8 part = _arena.Encode(right);
        Same(left.StartsWith(right, StringComparison.Ordinal), text.StartsWith(part), left, right);
        Same(left.EndsWith(right, StringComparison.Ordinal), text.EndsWith(part), left, right);
        Same(left.Contains(right, StringComparison.Ordinal), text.Contains(part), left, right);
        Same(left.IndexOf(right, StringComparison.Ordinal), text.IndexOf(part), left, right);
        Same(left.LastIndexOf(right, StringComparison.Ordinal), text.LastIndexOf(part), left, right);
        Same(left.StartsWith(right, StringComparison.OrdinalIgnoreCase), text.StartsWithIgnoreCase(part), left, right);
        Same(left.EndsWith(right, StringComparison.OrdinalIgnoreCase), text.EndsWithIgnoreCase(part), left, right);
        Same(left.Contains(right, StringComparison.OrdinalIgnoreCase), text.ContainsIgnoreCase(part), left, right);
        Same(left.IndexOf(right, StringComparison.OrdinalIgnoreCase), text.IndexOfIgnoreCase(part), left, right);
        for (int start = 0; start <= Math.Min(left.Length, 5); start++)
            Same(left.IndexOf(right, start, StringComparison.Ordinal), text.IndexOf(part, start), left, right);
    });

    [Fact]
    public void CharsAreThoseOfStrings()
    {
        foreach (string given in Texts)
        {
            Utf8 text = _arena.Encode(given);
            Same(given.Length, text.Utf16Length, given, "");
            for (int i = 0; i < given.Length; i++)
                Same(given[i], text.CharAt(i), given, i.ToString(CultureInfo.InvariantCulture));
            Assert.Throws<IndexOutOfRangeException>(() => text.CharAt(given.Length));
            Assert.Throws<IndexOutOfRangeException>(() => text.CharAt(-1));
            Same(string.IsNullOrWhiteSpace(given), Utf8.IsNullOrWhiteSpace(text), given, "");
            Same(string.IsNullOrEmpty(given), Utf8.IsNullOrEmpty(text), given, "");
            foreach (char letter in Chars)
            {
                string name = ((int)letter).ToString("X", CultureInfo.InvariantCulture);
                Same(given.StartsWith(letter), text.StartsWith(letter), given, name);
                Same(given.EndsWith(letter), text.EndsWith(letter), given, name);
                Same(given.Contains(letter), text.Contains(letter), given, name);
                Same(given.IndexOf(letter), text.IndexOf(letter), given, name);
                Same(given.LastIndexOf(letter), text.LastIndexOf(letter), given, name);
            }
        }
    }

    [Fact]
    public void ChangedTextsAreThoseOfStrings()
    {
        foreach (string given in Texts)
        {
            Utf8 text = _arena.Encode(given);
            Same(given.ToUpperInvariant(), text.ToUpperInvariant(_arena), given);
            Same(given.ToLowerInvariant(), text.ToLowerInvariant(_arena), given);
            Same(given.Trim(), text.Trim(), given);
            Same(given.TrimStart(), text.TrimStart(), given);
            Same(given.TrimEnd(), text.TrimEnd(), given);
            Same(given.Trim('a'), text.Trim('a'), given);
            Same(given.TrimStart('ä'), text.TrimStart('ä'), given);
            Same(given.TrimEnd('ü'), text.TrimEnd('ü'), given);
            Same(given.Replace('a', 'x'), text.Replace('a', 'x', _arena), given);
            Same(given.Replace('ü', 'u'), text.Replace('ü', 'u', _arena), given);
            Same(given.Replace('q', 'ü'), text.Replace('q', 'ü', _arena), given);
            for (int start = 0; start <= Math.Min(given.Length, 6); start++)
            {
                Same(given[start..], text.Substring(start, _arena), given);
                for (int length = 0; start + length <= Math.Min(given.Length, 9); length++)
                    Same(given.Substring(start, length), text.Substring(start, length, _arena), given);
            }

            Assert.Throws<ArgumentOutOfRangeException>(() => text.Substring(given.Length + 1, _arena));
            Assert.Throws<ArgumentOutOfRangeException>(() => text.Substring(0, given.Length + 1, _arena));
            Assert.Throws<ArgumentOutOfRangeException>(() => text.Substring(-1, 1, _arena));
            Assert.Throws<ArgumentOutOfRangeException>(() => text.Substring(0, -1, _arena));
        }
    }

    [Fact]
    public void PairsOfTextsAreJoinedReplacedAndSplitAsStringsAre() => Pairs((left, right) =>
    {
        Utf8 text = _arena.Encode(left);
        Utf8 other = _arena.Encode(right);
        Same(left + right, Utf8.Concat(_arena, text, other), left);
        Same(left + right + left, Utf8.Concat(_arena, text, other, text), left);
        Same(left + right + null + left, Utf8.Concat(_arena, text, other, default, text), left);
        string[] parts = left.Split(right);
        Same(parts.Length, text.SplitCount(other), left, right);
        for (int i = 0; i < parts.Length; i++)
            Same(parts[i], text.SplitAt(other, i), left);
        Assert.Throws<IndexOutOfRangeException>(() => text.SplitAt(other, parts.Length));
        if (right.Length == 0)
        {
            Assert.Throws<ArgumentException>(() => text.Replace(other, text, _arena));
            return;
        }

        Same(left.Replace(right, "<>", StringComparison.Ordinal), text.Replace(other, _arena.Encode("<>"), _arena), left);
        Same(left.Replace(right, null, StringComparison.Ordinal), text.Replace(other, default, _arena), left);
    });

    [Fact]
    public void ANullTextHasNoMembers()
    {
        Assert.Throws<NullReferenceException>(() => default(Utf8).Utf16Length);
        Assert.Throws<NullReferenceException>(() => default(Utf8).Trim());
        Assert.Throws<NullReferenceException>(() => default(Utf8).ToUpperInvariant(_arena));
        Assert.Throws<ArgumentNullException>(() => _arena.Encode("a").StartsWith(default(Utf8)));
        Assert.Equal("", Utf8.Concat(_arena, default, default).ToManaged());
    }

    [Fact]
    public void NumbersAndTimesAreFormattedInvariantly()
    {
        Assert.Equal("-12345", Utf8.Format(-12345, null, _arena).ToManaged());
        Assert.Equal("1E+300", Utf8.Format(1e300, null, _arena).ToManaged());
        Assert.Equal("NaN", Utf8.Format(double.NaN, null, _arena).ToManaged());
        Assert.Equal("1,234.50", Utf8.Format(1234.5m, "N2", _arena).ToManaged());
        Assert.Equal(1.5.ToString("F400", CultureInfo.InvariantCulture), Utf8.Format(1.5, "F400", _arena).ToManaged());
        Assert.Equal("2024-02-29T01:02:03.0000000+00:00", Utf8.Format(new DateTimeOffset(2024, 2, 29, 1, 2, 3, TimeSpan.Zero), "O", _arena).ToManaged());
        Assert.True(Utf8.Format((int?)null, null, _arena).IsNull);
        Assert.Equal("True", Utf8.Format(true).ToManaged());
        Assert.Equal("ü", Utf8.Of('ü', _arena).ToManaged());
        Assert.Equal("\uFFFD", Utf8.Of('\uD83D', _arena).ToManaged());
    }

    private static void Pairs(Action<string, string> test)
    {
        foreach (string left in Texts)
        {
            foreach (string right in Texts)
                test(left, right);
        }
    }

    private static void Same<T>(T expected, T seen, string left, string right) =>
        Assert.True(EqualityComparer<T>.Default.Equals(expected, seen), $"“{left}” and “{right}”: {expected} expected, {seen} seen");

    // A half of a surrogate pair is U+FFFD.
    private static void Same(string expected, Utf8 seen, string given) =>
        Assert.True(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(expected)) == seen.ToManaged(), $"of “{given}”: “{expected}” expected, “{seen}” seen");
}
