using System.Globalization;
using System.Runtime.CompilerServices;

namespace Typed.Columns;

public readonly unsafe partial struct Utf8
{
    /// <summary>A value as its invariant text.</summary>
    /// <param name="value">The value.</param>
    /// <param name="format">One of .NET's formats; null for the usual one.</param>
    /// <param name="arena">Where the text is put.</param>
    [SkipLocalsInit]
    public static Utf8 Format<T>(T value, string? format, Arena arena)
        where T : IUtf8SpanFormattable
    {
        Span<byte> room = stackalloc byte[128];
        if (value.TryFormat(room, out int written, format, CultureInfo.InvariantCulture))
            return Copied(room[..written], arena);

        // A format such as F99 can ask for any number of digits.
        for (int size = 1024; ; size *= 4)
        {
            byte* to = arena.Allocate(size);
            if (value.TryFormat(new Span<byte>(to, size), out written, format, CultureInfo.InvariantCulture))
                return new Utf8(to, written);
        }
    }

    /// <summary>A value as its invariant text, null for null.</summary>
    public static Utf8 Format<T>(T? value, string? format, Arena arena)
        where T : struct, IUtf8SpanFormattable => value is { } present ? Format(present, format, arena) : default;

    /// <summary>True or False, as C# writes them.</summary>
    public static Utf8 Format(bool value) => value ? Constant("True"u8) : Constant("False"u8);

    /// <summary>True or False, null for null.</summary>
    public static Utf8 Format(bool? value) => value is { } present ? Format(present) : default;

    /// <summary>A char as a text, null for null.</summary>
    public static Utf8 Of(char? value, Arena arena) => value is { } present ? Of(present, arena) : default;

    private static Utf8 Copied(ReadOnlySpan<byte> bytes, Arena arena)
    {
        byte* to = arena.Allocate(bytes.Length);
        bytes.CopyTo(new Span<byte>(to, bytes.Length));
        return new Utf8(to, bytes.Length);
    }
}
