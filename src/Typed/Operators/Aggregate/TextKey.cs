using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>
/// A string inside a grouping key: 16 bytes, so that short strings are compared and hashed without another cache miss.
/// </summary>
/// <remarks>
/// <code>
/// length ≤ 12:  | length (4) | the bytes, then zeros (12)             |
/// length > 12:  | length (4) | the first four bytes | pointer (8)     |
/// null:         | −1         | zeros                                  |
/// </code>
/// </remarks>
public readonly unsafe struct TextKey
{
    private const int InlineBytes = 12;
    private readonly ulong _head;
    private readonly ulong _tail;

    private TextKey(ulong head, ulong tail)
    {
        _head = head;
        _tail = tail;
    }

    /// <summary>The number of bytes; −1 for null.</summary>
    public int Length => (int)(uint)_head;

    /// <summary>Whether the string is null.</summary>
    public bool IsNull => (int)(uint)_head < 0;

    /// <summary>The key of a string; a long one is a view of the same bytes until <see cref="Own"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TextKey Of(Utf8 value)
    {
        if (value.IsNull)
            return new TextKey(uint.MaxValue, 0);
        byte* bytes = value.Pointer;
        int length = value.Length;
        if (length > InlineBytes)
            return new TextKey((uint)length | ((ulong)*(uint*)bytes << 32), (ulong)bytes);
        if (length >= 8)
        {
            // Bytes 0–3 go to the head, 4–11 to the tail: two reads that overlap, shifted so that zeros follow the end.
            ulong last = *(ulong*)(bytes + length - 8);
            return new TextKey((uint)length | ((ulong)*(uint*)bytes << 32), last >> ((InlineBytes - length) * 8));
        }

        ulong all;
        if (length >= 4)
            all = *(uint*)bytes | ((ulong)*(uint*)(bytes + length - 4) << ((length - 4) * 8));
        else if (length > 0)
            all = bytes[0] | ((ulong)bytes[length >> 1] << ((length >> 1) * 8)) | ((ulong)bytes[length - 1] << ((length - 1) * 8));
        else
            all = 0;
        return new TextKey((uint)length | (all << 32), all >> 32);
    }

    /// <summary>The string; for a short one the view points into this key, which must lie in native memory or on the stack.</summary>
    public static Utf8 View(in TextKey key)
    {
        int length = key.Length;
        if (length < 0)
            return default;
        byte* inside = (byte*)Unsafe.AsPointer(ref Unsafe.AsRef(in key)) + sizeof(int);
        return new Utf8(length <= InlineBytes ? inside : (byte*)key._tail, length);
    }

    /// <summary>The same string, with the bytes of a long one in <paramref name="arena"/>.</summary>
    public TextKey Own(Arena arena) =>
        Length <= InlineBytes ? this : new TextKey(_head, (ulong)arena.Copy(new Utf8((byte*)_tail, Length)).Pointer);

    /// <summary>The hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Hash(in TextKey key) =>
        key.Length <= InlineBytes ? GroupHash.Of(key._head, key._tail) : GroupHash.Of((byte*)key._tail, key.Length);

    /// <summary>Whether two strings have the same bytes or are both null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Same(in TextKey left, in TextKey right) =>
        left._head == right._head && (left._tail == right._tail || SameBytes(left, right));

    private static bool SameBytes(in TextKey left, in TextKey right)
    {
        int length = left.Length;
        return length > InlineBytes
            && new ReadOnlySpan<byte>((byte*)left._tail, length).SequenceEqual(new ReadOnlySpan<byte>((byte*)right._tail, length));
    }
}
