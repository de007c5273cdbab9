using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>
/// Strings for the texts that were read lately, so that a text which comes again allocates nothing: 4,096 places, each for the last text
/// of at most 64 bytes whose hash falls there. A text that is not there, or is longer, is allocated: 22 bytes and 2 for each char, rounded up to 8.
/// </summary>
/// <remarks>
/// <code>
/// places: | hash (4) | length (4) | the bytes (64) |   native, beside an array of the strings
/// </code>
/// </remarks>
public sealed unsafe class TextCache : IDisposable
{
    private const int PlaceBits = 12;
    private const int LongestText = 64;
    private readonly NativeBuffer _buffer;
    private readonly string?[] _texts = new string?[1 << PlaceBits];

    internal TextCache()
    {
        _buffer = NativeBuffer.Rent((1 << PlaceBits) * sizeof(Place));
        new Span<byte>(_buffer.Pointer, (int)_buffer.Capacity).Clear();
    }

    /// <summary>The string; null for the null view.</summary>
    public string? Read(Utf8 text) => text.IsNull ? null : ReadValue(text);

    /// <summary>The string of a text that is not null.</summary>
    public string ReadValue(Utf8 text)
    {
        int length = text.Length;
        if (length == 0)
            return "";
        if (length > LongestText)
            return text.ToManaged()!;
        uint hash = GroupHash.Of(text.Pointer, length);
        uint at = hash >> (32 - PlaceBits);
        Place* place = (Place*)_buffer.Pointer + at;
        if (place->Hash == hash && place->Length == length && new ReadOnlySpan<byte>(place->Bytes, length).SequenceEqual(text.Span))
            return _texts[at]!;
        return Replace(place, at, hash, text);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _buffer.Release();
        Array.Clear(_texts);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private string Replace(Place* place, uint at, uint hash, Utf8 text)
    {
        string fresh = text.ToManaged()!;
        place->Hash = hash;
        place->Length = text.Length;
        text.Span.CopyTo(new Span<byte>(place->Bytes, LongestText));
        _texts[at] = fresh;
        return fresh;
    }

    private struct Place
    {
        public uint Hash;
        public int Length;
        public fixed byte Bytes[LongestText];
    }
}
