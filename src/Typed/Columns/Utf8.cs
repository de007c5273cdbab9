using System.Runtime.CompilerServices;
using System.Text;

namespace Typed.Columns;

/// <summary>
/// A view of UTF-8 bytes in native memory, or null. It does not own the bytes: they live in a column, in an
/// <see cref="Arena"/> or in the constants of the assembly, and the view must not outlive them.
/// </summary>
public readonly unsafe partial struct Utf8
{
    /// <summary>The first byte; null for the null view.</summary>
    public readonly byte* Pointer;

    /// <summary>The number of bytes.</summary>
    public readonly int Length;

    /// <summary>A view of so many bytes.</summary>
    public Utf8(byte* pointer, int length)
    {
        Pointer = pointer;
        Length = length;
    }

    /// <summary>Whether this is the null view.</summary>
    public bool IsNull => Pointer == null;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => new(Pointer, Length);

    /// <summary>Bytes copied into an arena; null for null.</summary>
    public static Utf8 Copy(byte[]? bytes, Arena arena) => bytes is null ? default : Copied(bytes, arena);

    /// <summary>Bytes copied into an arena.</summary>
    public static Utf8 Copy(ReadOnlyMemory<byte> bytes, Arena arena) => Copied(bytes.Span, arena);

    /// <summary>Bytes copied into an arena; null for null.</summary>
    public static Utf8 Copy(ReadOnlyMemory<byte>? bytes, Arena arena) => bytes is { } present ? Copied(present.Span, arena) : default;

    /// <summary>A view of a constant of the assembly, as in <c>Utf8.Constant("text"u8)</c>; those do not move.</summary>
    public static Utf8 Constant(ReadOnlySpan<byte> constant) =>
        new((byte*)Unsafe.AsPointer(ref Unsafe.AsRef(in System.Runtime.InteropServices.MemoryMarshal.GetReference(constant))), constant.Length);

    /// <summary>The string; null for the null view. Allocates.</summary>
    public string? ToManaged() => IsNull ? null : Encoding.UTF8.GetString(Span);

    /// <summary>The bytes as an array; null for the null view. Allocates.</summary>
    public byte[]? ToBytes() => IsNull ? null : Span.ToArray();

    /// <summary>The byte at a place of a binary value.</summary>
    /// <exception cref="IndexOutOfRangeException">The place is outside of the value.</exception>
    public byte ByteAt(int index) => Present().Span[index];

    /// <inheritdoc/>
    public override string ToString() => ToManaged() ?? "null";
}
