using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Typed.Columns;
using UnicodeText = System.Text.Unicode.Utf8;

namespace Typed.Schema;

/// <content>Strings.</content>
public unsafe ref partial struct JsonReader
{
    /// <summary>Appends a string.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool ReadString(Utf8Column column)
    {
        if (*_next != '"')
            return Fail(JsonProblem.Type);

        // Most strings are short and plain: one vector has them whole, and is copied whole.
        byte* start = _next + 1;
        Vector256<byte> bytes = Vector256.Load(start);
        uint special = Special(bytes);
        if (special != 0)
        {
            int length = BitOperations.TrailingZeroCount(special);
            if (start[length] == '"')
            {
                bytes.Store(column.ReserveBytes(Vector256<byte>.Count));
                column.Commit(length);
                _next = start + length + 1;
                return true;
            }
        }

        return ReadLongString(column);
    }

    private bool ReadLongString(Utf8Column column)
    {
        if (!TryScanString(out byte* start, out int length, out bool escaped))
            return false;
        if (!escaped)
        {
            column.Append(new ReadOnlySpan<byte>(start, length));
            return true;
        }

        column.Commit(Unescape(start, length, column.ReserveBytes(length)));
        return true;
    }

    /// <summary>Passes a string: where its bytes are, and whether they hold escapes. It is valid UTF-8, and its escapes are well formed.</summary>
    private bool TryScanString(out byte* start, out int length, out bool escaped)
    {
        start = _next + 1;
        byte* at = start;
        escaped = false;
        bool ascii = true;
        length = 0;
        if (*_next != '"')
            return Fail(JsonProblem.Type);
        while (true)
        {
            uint special = Special(Vector256.Load(at));
            if (special == 0)
            {
                at += Vector256<byte>.Count;
                if (at > _end)
                    return Fail(JsonProblem.Syntax);
                continue;
            }

            at += BitOperations.TrailingZeroCount(special);
            byte found = *at;
            if (at >= _end || found < 0x20)
                return Fail(JsonProblem.Syntax);
            if (found == '"')
                break;
            if (found == '\\')
            {
                escaped = true;
                if (!TryPassEscape(ref at))
                    return false;
            }
            else
            {
                ascii = false;
                at = PassNonAscii(at);
            }
        }

        length = (int)(at - start);
        _next = at + 1;
        return ascii || UnicodeText.IsValid(new ReadOnlySpan<byte>(start, length)) || Fail(JsonProblem.Encoding);
    }

    /// <summary>
    /// The text of a string without its escapes, in <paramref name="scratch"/>, which is on the stack, where it had some. One with escapes
    /// that is longer than that is of no type that is read this way.
    /// </summary>
    private bool TryReadText(scoped Span<byte> scratch, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (*_next != '"')
            return Fail(JsonProblem.Type);
        if (!TryScanString(out byte* start, out int length, out bool escaped))
            return false;
        text = new ReadOnlySpan<byte>(start, length);
        if (!escaped)
            return true;
        if (length > scratch.Length)
            return Fail(JsonProblem.Type);
        fixed (byte* to = scratch)
        {
            text = new ReadOnlySpan<byte>(to, Unescape(start, length, to));
        }

        return true;
    }

    /// <summary>The name of a field; false if it is no string.</summary>
    internal bool TryReadName(scoped Span<byte> scratch, out ReadOnlySpan<byte> name)
    {
        // A name that is too long to be unescaped is the name of no field; the caller sees the escaped one.
        byte* start = _next;
        if (TryReadText(scratch, out name))
            return true;
        if (Problem != JsonProblem.Type || *start != '"')
            return Fail(Problem == JsonProblem.Type ? JsonProblem.Syntax : Problem);
        name = new ReadOnlySpan<byte>(start + 1, (int)(_next - start) - 2);
        Problem = JsonProblem.None;
        return true;
    }

    /// <summary>One bit for each byte that is a quote, a backslash, a control character or not ASCII.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Special(Vector256<byte> bytes) =>
        (Vector256.Equals(bytes, Vector256.Create((byte)'"'))
            | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
            | Vector256.LessThan(bytes.AsSByte(), Vector256.Create((sbyte)0x20)).AsByte()).ExtractMostSignificantBits();

    private static byte* PassNonAscii(byte* at)
    {
        while (*at >= 0x80)
            at++;
        return at;
    }

    /// <summary>Passes an escape; both halves of a surrogate pair, which do not stand alone.</summary>
    private bool TryPassEscape(ref byte* at)
    {
        if (at[1] is (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t')
        {
            at += 2;
            return true;
        }

        if (at[1] != 'u' || !TryHex(at + 2, out int code))
            return Fail(JsonProblem.Syntax);
        at += 6;
        if (!char.IsSurrogate((char)code))
            return true;
        if (!char.IsHighSurrogate((char)code) || at[0] != '\\' || at[1] != 'u' || !TryHex(at + 2, out int low) || !char.IsLowSurrogate((char)low))
            return Fail(JsonProblem.Encoding);
        at += 6;
        return true;
    }

    private static bool TryHex(byte* at, out int value)
    {
        value = 0;
        for (int i = 0; i < 4; i++)
        {
            int digit = at[i] switch
            {
                >= (byte)'0' and <= (byte)'9' => at[i] - '0',
                >= (byte)'a' and <= (byte)'f' => at[i] - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => at[i] - 'A' + 10,
                _ => -1,
            };
            if (digit < 0)
                return false;
            value = (value << 4) | digit;
        }

        return true;
    }

    /// <summary>Copies a string without its escapes, which are well formed, and returns how long it is then: never longer.</summary>
    private static int Unescape(byte* from, int length, byte* to)
    {
        byte* end = from + length;
        byte* start = to;
        while (from < end)
        {
            if (*from != '\\')
            {
                *to++ = *from++;
                continue;
            }

            byte kind = from[1];
            from += 2;
            if (kind != 'u')
            {
                *to++ = kind switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    _ => kind,
                };
                continue;
            }

            TryHex(from, out int code);
            from += 4;
            if (char.IsSurrogate((char)code))
            {
                TryHex(from + 2, out int low);
                code = char.ConvertToUtf32((char)code, (char)low);
                from += 6;
            }

            to += new System.Text.Rune(code).EncodeToUtf8(new Span<byte>(to, 4));
        }

        return (int)(to - start);
    }
}
