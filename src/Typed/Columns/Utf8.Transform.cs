using System.Runtime.CompilerServices;
using System.Text;

namespace Typed.Columns;

// What makes a new text writes it into the arena of the batch; what only cuts gives a view of the same bytes.
public readonly unsafe partial struct Utf8
{
    /// <summary>The empty text.</summary>
    public static Utf8 Empty => Constant("\0"u8).Slice(0, 0);

    /// <summary>The text in capitals, by the invariant culture.</summary>
    public Utf8 ToUpperInvariant(Arena arena)
    {
        Utf8 text = Present();
        if (!System.Text.Ascii.IsValid(text.Span))
            return Recase(arena, upper: true);
        byte* to = arena.Allocate(text.Length);
        System.Text.Ascii.ToUpper(text.Span, new Span<byte>(to, text.Length), out _);
        return new Utf8(to, text.Length);
    }

    /// <summary>The text in small letters, by the invariant culture.</summary>
    public Utf8 ToLowerInvariant(Arena arena)
    {
        Utf8 text = Present();
        if (!System.Text.Ascii.IsValid(text.Span))
            return Recase(arena, upper: false);
        byte* to = arena.Allocate(text.Length);
        System.Text.Ascii.ToLower(text.Span, new Span<byte>(to, text.Length), out _);
        return new Utf8(to, text.Length);
    }

    /// <summary>The text without white space around it.</summary>
    public Utf8 Trim() => TrimStart().TrimEnd();

    /// <summary>The text without white space before it.</summary>
    public Utf8 TrimStart()
    {
        Utf8 text = Present();
        int start = 0;
        while (start < text.Length)
        {
            Rune.DecodeFromUtf8(text.Span[start..], out Rune rune, out int size);
            if (!Rune.IsWhiteSpace(rune))
                break;
            start += size;
        }

        return text.Slice(start, text.Length - start);
    }

    /// <summary>The text without white space after it.</summary>
    public Utf8 TrimEnd()
    {
        Utf8 text = Present();
        int end = text.Length;
        while (end > 0)
        {
            Rune.DecodeLastFromUtf8(text.Span[..end], out Rune rune, out int size);
            if (!Rune.IsWhiteSpace(rune))
                break;
            end -= size;
        }

        return text.Slice(0, end);
    }

    /// <summary>The text without a char around it.</summary>
    public Utf8 Trim(char trimmed) => TrimStart(trimmed).TrimEnd(trimmed);

    /// <summary>The text without a char before it. A half of a surrogate pair never stands alone in a text.</summary>
    public Utf8 TrimStart(char trimmed)
    {
        Utf8 text = Present();
        int start = 0;
        while (start < text.Length)
        {
            Rune.DecodeFromUtf8(text.Span[start..], out Rune rune, out int size);
            if (rune.Value != trimmed)
                break;
            start += size;
        }

        return text.Slice(start, text.Length - start);
    }

    /// <summary>The text without a char after it.</summary>
    public Utf8 TrimEnd(char trimmed)
    {
        Utf8 text = Present();
        int end = text.Length;
        while (end > 0)
        {
            Rune.DecodeLastFromUtf8(text.Span[..end], out Rune rune, out int size);
            if (rune.Value != trimmed)
                break;
            end -= size;
        }

        return text.Slice(0, end);
    }

    /// <summary>The text from a UTF-16 place on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The place is outside of the text.</exception>
    public Utf8 Substring(int start, Arena arena)
    {
        int length = Utf16Length;
        if ((uint)start > (uint)length)
            throw new ArgumentOutOfRangeException(nameof(start), start, "Substring: startIndex is outside of the string.");
        return Substring(start, length - start, arena);
    }

    /// <summary>
    /// A part of the text, by UTF-16 units. Where it cuts through a code point above U+FFFF, U+FFFD stands for the half, since no
    /// UTF-8 text holds one.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The part is not inside the text.</exception>
    [SkipLocalsInit]
    public Utf8 Substring(int start, int length, Arena arena)
    {
        Utf8 text = Present();
        if (System.Text.Ascii.IsValid(text.Span))
        {
            CheckPart(start, length, text.Length);
            return text.Slice(start, length);
        }

        using CharScratch chars = new(text, stackalloc char[CharScratch.OnStack]);
        CheckPart(start, length, chars.Chars.Length);
        return Encode(chars.Chars.Slice(start, length), arena);
    }

    /// <summary>Texts one after the other; null is empty.</summary>
    public static Utf8 Concat(Arena arena, Utf8 first, Utf8 second) => Concat(arena, first, second, default, default);

    /// <summary>Texts one after the other; null is empty.</summary>
    public static Utf8 Concat(Arena arena, Utf8 first, Utf8 second, Utf8 third) => Concat(arena, first, second, third, default);

    /// <summary>Texts one after the other; null is empty.</summary>
    public static Utf8 Concat(Arena arena, Utf8 first, Utf8 second, Utf8 third, Utf8 fourth)
    {
        int length = checked(first.Length + second.Length + third.Length + fourth.Length);
        byte* to = arena.Allocate(length);
        byte* next = to;
        next = CopyTo(first, next);
        next = CopyTo(second, next);
        next = CopyTo(third, next);
        CopyTo(fourth, next);
        return new Utf8(to, length);
    }

    /// <summary>The text with each occurrence of a part replaced, by code units.</summary>
    /// <exception cref="ArgumentException">The part is empty, or null.</exception>
    public Utf8 Replace(Utf8 part, Utf8 by, Arena arena)
    {
        Utf8 text = Present();
        if (part.Argument("oldValue").Length == 0)
            throw new ArgumentException("Replace: the string to replace is empty.", nameof(part));
        int count = text.Span.Count(part.Span);
        if (count == 0)
            return text;
        int length = checked((int)(text.Length + ((long)count * (by.Length - part.Length))));
        byte* to = arena.Allocate(length);
        byte* next = to;
        ReadOnlySpan<byte> rest = text.Span;
        for (int found = rest.IndexOf(part.Span); found >= 0; found = rest.IndexOf(part.Span))
        {
            rest[..found].CopyTo(new Span<byte>(next, found));
            next = CopyTo(by, next + found);
            rest = rest[(found + part.Length)..];
        }

        rest.CopyTo(new Span<byte>(next, rest.Length));
        return new Utf8(to, length);
    }

    /// <summary>The text with each occurrence of a char replaced by another.</summary>
    [SkipLocalsInit]
    public Utf8 Replace(char part, char by, Arena arena)
    {
        Utf8 text = Present();
        if (part < 0x80 && by < 0x80)
        {
            if (!text.Span.Contains((byte)part))
                return text;
            byte* to = arena.Allocate(text.Length);
            text.Span.Replace(new Span<byte>(to, text.Length), (byte)part, (byte)by);
            return new Utf8(to, text.Length);
        }

        using CharScratch chars = new(text, stackalloc char[CharScratch.OnStack]);
        chars.Chars.Replace(part, by);
        return Encode(chars.Chars, arena);
    }

    /// <summary>The part of the text at a place, as <c>text.Split(separator)[index]</c> has it.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such part.</exception>
    public Utf8 SplitAt(Utf8 separator, int index)
    {
        Utf8 rest = Present();
        if (index < 0)
            throw new IndexOutOfRangeException();
        while (index > 0)
        {
            int found = separator.Length == 0 ? -1 : rest.Span.IndexOf(separator.Span);
            if (found < 0)
                throw new IndexOutOfRangeException($"A part of a split string was asked for that it does not have: “{ToManaged()}”. Test its Length first.");
            rest = rest.Slice(found + separator.Length, rest.Length - found - separator.Length);
            index--;
        }

        int end = separator.Length == 0 ? -1 : rest.Span.IndexOf(separator.Span);
        return end < 0 ? rest : rest.Slice(0, end);
    }

    /// <summary>How many parts <c>text.Split(separator)</c> has.</summary>
    public int SplitCount(Utf8 separator) => 1 + (separator.Length == 0 ? 0 : Present().Span.Count(separator.Span));

    /// <summary>Appends the parts of the text as one list.</summary>
    public void SplitInto(Utf8 separator, ListColumn list)
    {
        Utf8Column parts = (Utf8Column)list.Elements;
        Utf8 rest = Present();
        int found;
        while (separator.Length > 0 && (found = rest.Span.IndexOf(separator.Span)) >= 0)
        {
            parts.Append(rest.Span[..found]);
            rest = rest.Slice(found + separator.Length, rest.Length - found - separator.Length);
        }

        parts.Append(rest.Span);
        list.Commit();
    }

    /// <summary>A char as a text.</summary>
    public static Utf8 Of(char value, Arena arena)
    {
        byte* to = arena.Allocate(3);
        int length = (Rune.TryCreate(value, out Rune rune) ? rune : Rune.ReplacementChar).EncodeToUtf8(new Span<byte>(to, 3));
        return new Utf8(to, length);
    }

    /// <summary>Chars as a text; the half of a surrogate pair becomes U+FFFD.</summary>
    public static Utf8 Encode(ReadOnlySpan<char> chars, Arena arena)
    {
        byte* to = arena.Allocate(Encoding.UTF8.GetByteCount(chars));
        int length = Encoding.UTF8.GetBytes(chars, new Span<byte>(to, Encoding.UTF8.GetByteCount(chars)));
        return new Utf8(to, length);
    }

    private Utf8 Slice(int start, int length) => new(Pointer + start, length);

    [SkipLocalsInit]
    private Utf8 Recase(Arena arena, bool upper)
    {
        using CharScratch from = new(this, stackalloc char[CharScratch.OnStack]);
        using CharScratch to = new(from.Chars.Length, stackalloc char[CharScratch.OnStack]);
        if (upper)
            ((ReadOnlySpan<char>)from.Chars).ToUpperInvariant(to.Chars);
        else
            ((ReadOnlySpan<char>)from.Chars).ToLowerInvariant(to.Chars);
        return Encode(to.Chars, arena);
    }

    private static byte* CopyTo(Utf8 value, byte* to)
    {
        value.Span.CopyTo(new Span<byte>(to, value.Length));
        return to + value.Length;
    }

    private static void CheckPart(int start, int length, int available)
    {
        if (start < 0 || length < 0 || start > available - length)
        {
            throw new ArgumentOutOfRangeException(nameof(start), FormattableString.Invariant(
                $"Substring: {length} chars from {start} on are not inside a string of {available}. Test its Length first."));
        }
    }
}
