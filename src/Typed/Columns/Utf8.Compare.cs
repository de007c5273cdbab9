using System.Runtime.CompilerServices;
using System.Text;

namespace Typed.Columns;

public readonly unsafe partial struct Utf8
{
    /// <summary>Whether both have the same bytes, or both are null: C#'s <c>==</c> of strings.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equal(Utf8 left, Utf8 right) =>
        left.Length == right.Length && left.IsNull == right.IsNull && left.Span.SequenceEqual(right.Span);

    /// <summary>Whether both are the same after invariant upper-casing, or both null: <see cref="StringComparison.OrdinalIgnoreCase"/>.</summary>
    [SkipLocalsInit]
    public static bool EqualIgnoreCase(Utf8 left, Utf8 right)
    {
        if (left.IsNull || right.IsNull)
            return left.IsNull && right.IsNull;
        if (System.Text.Ascii.IsValid(left.Span) && System.Text.Ascii.IsValid(right.Span))
            return System.Text.Ascii.EqualsIgnoreCase(left.Span, right.Span);
        using CharScratch one = new(left, stackalloc char[CharScratch.OnStack]);
        using CharScratch other = new(right, stackalloc char[CharScratch.OnStack]);
        return one.Chars.Equals(other.Chars, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Order by UTF-8 bytes, which is the order of code points: the order of Min, Max and sorting. Null comes first.
    /// </summary>
    public static int CompareBytes(Utf8 left, Utf8 right)
    {
        if (left.IsNull || right.IsNull)
            return (left.IsNull ? 0 : 1) - (right.IsNull ? 0 : 1);
        return left.Span.SequenceCompareTo(right.Span);
    }

    /// <summary>
    /// Order by UTF-16 code units, with the very numbers of <see cref="string.CompareOrdinal(string?, string?)"/>. It differs from
    /// <see cref="CompareBytes"/> where a code point above U+FFFF meets one of U+E000 to U+FFFF.
    /// </summary>
    public static int CompareOrdinal(Utf8 left, Utf8 right)
    {
        if (left.IsNull || right.IsNull)
            return (left.IsNull ? 0 : 1) - (right.IsNull ? 0 : 1);
        int common = left.Span.CommonPrefixLength(right.Span);

        while (common > 0 && ((common < left.Length && IsContinuation(left.Pointer[common])) || (common < right.Length && IsContinuation(right.Pointer[common]))))
            common--;
        if (common == left.Length || common == right.Length)
        {
            // .NET looks at the first two chars before it looks at lengths, and finds a terminator where a string ends.
            int longer = FirstUnit(left.Slice(common, left.Length - common)) - FirstUnit(right.Slice(common, right.Length - common));
            return longer != 0 && CountUnits(left.Span[..common]) < 2 ? longer : CountUnits(left.Span[common..]) - CountUnits(right.Span[common..]);
        }

        Rune.DecodeFromUtf8(left.Span[common..], out Rune one, out _);
        Rune.DecodeFromUtf8(right.Span[common..], out Rune other, out _);
        (char oneHigh, char oneLow) = Units(one);
        (char otherHigh, char otherLow) = Units(other);
        return oneHigh != otherHigh ? oneHigh - otherHigh : oneLow - otherLow;
    }

    /// <summary>Order after invariant upper-casing: <see cref="string.Compare(string?, string?, StringComparison)"/> with OrdinalIgnoreCase.</summary>
    [SkipLocalsInit]
    public static int CompareIgnoreCase(Utf8 left, Utf8 right)
    {
        if (left.IsNull || right.IsNull)
            return (left.IsNull ? 0 : 1) - (right.IsNull ? 0 : 1);
        using CharScratch one = new(left, stackalloc char[CharScratch.OnStack]);
        using CharScratch other = new(right, stackalloc char[CharScratch.OnStack]);
        return one.Chars.CompareTo(other.Chars, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsContinuation(byte unit) => (unit & 0xC0) == 0x80;

    private static int FirstUnit(Utf8 value)
    {
        if (value.Length == 0)
            return 0;
        Rune.DecodeFromUtf8(value.Span, out Rune rune, out _);
        return Units(rune).High;
    }

    // The UTF-16 code units of a code point; the second is 0 where there is one.
    private static (char High, char Low) Units(Rune rune)
    {
        if (rune.IsBmp)
            return ((char)rune.Value, '\0');
        int offset = rune.Value - 0x10000;
        return ((char)(0xD800 + (offset >> 10)), (char)(0xDC00 + (offset & 0x3FF)));
    }
}
