using System.Runtime.CompilerServices;
using System.Text;

namespace Typed.Columns;

public readonly unsafe partial struct Utf8
{
    /// <summary>The number of UTF-16 code units: <see cref="string.Length"/>.</summary>
    /// <exception cref="NullReferenceException">The view is null.</exception>
    public int Utf16Length => CountUnits(Present().Span);

    /// <summary>Whether the text begins with another, by code units.</summary>
    public bool StartsWith(Utf8 prefix) => Present().Span.StartsWith(prefix.Argument("value").Span);

    /// <summary>Whether the text begins with a char.</summary>
    public bool StartsWith(char prefix)
    {
        Utf8 text = Present();
        if (prefix < 0x80)
            return text.Length > 0 && *text.Pointer == prefix;
        return text.Length > 0 && FirstUnit(text) == prefix;
    }

    /// <summary>Whether the text begins with another after invariant upper-casing.</summary>
    [SkipLocalsInit]
    public bool StartsWithIgnoreCase(Utf8 prefix)
    {
        using CharScratch text = new(Present(), stackalloc char[CharScratch.OnStack]);
        using CharScratch part = new(prefix.Argument("value"), stackalloc char[CharScratch.OnStack]);
        return ((ReadOnlySpan<char>)text.Chars).StartsWith(part.Chars, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether the text ends with another, by code units.</summary>
    public bool EndsWith(Utf8 suffix) => Present().Span.EndsWith(suffix.Argument("value").Span);

    /// <summary>Whether the text ends with a char.</summary>
    public bool EndsWith(char suffix)
    {
        Utf8 text = Present();
        if (suffix < 0x80)
            return text.Length > 0 && text.Pointer[text.Length - 1] == suffix;
        if (text.Length == 0)
            return false;
        Rune.DecodeLastFromUtf8(text.Span, out Rune last, out _);
        (char high, char low) = Units(last);
        return (last.IsBmp ? high : low) == suffix;
    }

    /// <summary>Whether the text ends with another after invariant upper-casing.</summary>
    [SkipLocalsInit]
    public bool EndsWithIgnoreCase(Utf8 suffix)
    {
        using CharScratch text = new(Present(), stackalloc char[CharScratch.OnStack]);
        using CharScratch part = new(suffix.Argument("value"), stackalloc char[CharScratch.OnStack]);
        return ((ReadOnlySpan<char>)text.Chars).EndsWith(part.Chars, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether another text stands in this one, by code units.</summary>
    public bool Contains(Utf8 part) => Present().Span.IndexOf(part.Argument("value").Span) >= 0;

    /// <summary>Whether a char stands in the text.</summary>
    public bool Contains(char part) => IndexOf(part) >= 0;

    /// <summary>Whether another text stands in this one after invariant upper-casing.</summary>
    public bool ContainsIgnoreCase(Utf8 part) => IndexOfIgnoreCase(part) >= 0;

    /// <summary>Where another text first stands in this one, in UTF-16 units; −1 for nowhere.</summary>
    public int IndexOf(Utf8 part) => ToUnits(Present().Span.IndexOf(part.Argument("value").Span));

    /// <summary>Where another text first stands from a place on, in UTF-16 units; −1 for nowhere.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The start is outside of the text.</exception>
    [SkipLocalsInit]
    public int IndexOf(Utf8 part, int start)
    {
        using CharScratch text = new(Present(), stackalloc char[CharScratch.OnStack]);
        using CharScratch wanted = new(part.Argument("value"), stackalloc char[CharScratch.OnStack]);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)text.Chars.Length, nameof(start));
        int found = ((ReadOnlySpan<char>)text.Chars)[start..].IndexOf(wanted.Chars, StringComparison.Ordinal);
        return found < 0 ? found : found + start;
    }

    /// <summary>Where a char first stands, in UTF-16 units; −1 for nowhere.</summary>
    public int IndexOf(char part)
    {
        Utf8 text = Present();
        if (part < 0x80)
            return ToUnits(text.Span.IndexOf((byte)part));
        return IndexOf(part, 0);
    }

    /// <summary>Where a char first stands from a place on, in UTF-16 units; −1 for nowhere.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The start is outside of the text.</exception>
    [SkipLocalsInit]
    public int IndexOf(char part, int start)
    {
        using CharScratch text = new(Present(), stackalloc char[CharScratch.OnStack]);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)text.Chars.Length, nameof(start));
        int found = text.Chars[start..].IndexOf(part);
        return found < 0 ? found : found + start;
    }

    /// <summary>Where another text first stands after invariant upper-casing, in UTF-16 units; −1 for nowhere.</summary>
    [SkipLocalsInit]
    public int IndexOfIgnoreCase(Utf8 part)
    {
        using CharScratch text = new(Present(), stackalloc char[CharScratch.OnStack]);
        using CharScratch wanted = new(part.Argument("value"), stackalloc char[CharScratch.OnStack]);
        return ((ReadOnlySpan<char>)text.Chars).IndexOf(wanted.Chars, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Where another text last stands, in UTF-16 units; −1 for nowhere.</summary>
    public int LastIndexOf(Utf8 part) => ToUnits(part.Argument("value").Length == 0 ? Present().Length : Present().Span.LastIndexOf(part.Span));

    /// <summary>Where a char last stands, in UTF-16 units; −1 for nowhere.</summary>
    [SkipLocalsInit]
    public int LastIndexOf(char part)
    {
        Utf8 text = Present();
        if (part < 0x80)
            return ToUnits(text.Span.LastIndexOf((byte)part));
        using CharScratch chars = new(text, stackalloc char[CharScratch.OnStack]);
        return chars.Chars.LastIndexOf(part);
    }

    /// <summary>The UTF-16 code unit at a place.</summary>
    /// <exception cref="IndexOutOfRangeException">The place is outside of the text.</exception>
    public char CharAt(int index)
    {
        Utf8 text = Present();
        if ((uint)index >= (uint)text.Length)
            throw new IndexOutOfRangeException();
        if (System.Text.Ascii.IsValid(text.Span[..(index + 1)]))
            return (char)text.Pointer[index];
        int units = 0;
        foreach (Rune rune in new RuneWalk(text))
        {
            (char high, char low) = Units(rune);
            if (units == index)
                return high;
            if (!rune.IsBmp && units + 1 == index)
                return low;
            units += rune.Utf16SequenceLength;
        }

        throw new IndexOutOfRangeException();
    }

    /// <summary>Whether the text is null or empty.</summary>
    public static bool IsNullOrEmpty(Utf8 value) => value.Length == 0;

    /// <summary>Whether the text is null, empty or white space only.</summary>
    public static bool IsNullOrWhiteSpace(Utf8 value) => value.IsNull || value.Trim().Length == 0;

    /// <summary>The view itself.</summary>
    /// <exception cref="NullReferenceException">It is null: a member of a null string was asked for.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Utf8 Present()
    {
        if (IsNull)
            ThrowNull();
        return this;
    }

    private Utf8 Argument(string name)
    {
        if (IsNull)
            throw new ArgumentNullException(name);
        return this;
    }

    private static void ThrowNull() => throw new NullReferenceException(
        "An expression asked for a member of a string that is null. Test for null first, or use ?. to let the result be null.");

    private static int CountUnits(ReadOnlySpan<byte> bytes) => System.Text.Ascii.IsValid(bytes) ? bytes.Length : Encoding.UTF8.GetCharCount(bytes);

    private int ToUnits(int bytes) => bytes <= 0 ? bytes : CountUnits(Span[..bytes]);

    private ref struct RuneWalk(Utf8 text)
    {
        private int _next;

        public Rune Current { get; private set; }

        public readonly RuneWalk GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_next >= text.Length)
                return false;
            Rune.DecodeFromUtf8(text.Span[_next..], out Rune rune, out int size);
            Current = rune;
            _next += size;
            return true;
        }
    }
}
