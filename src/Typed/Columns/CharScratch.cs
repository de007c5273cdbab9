using System.Buffers;
using System.Text;

namespace Typed.Columns;

/// <summary>The UTF-16 form of a text for as long as a kernel needs it: on the stack, or rented where it is long.</summary>
internal ref struct CharScratch : IDisposable
{
    /// <summary>How many chars to give on the stack.</summary>
    public const int OnStack = 256;

    private readonly char[]? _rented;

    /// <summary>Decodes a text that is not null.</summary>
    public CharScratch(Utf8 value, Span<char> stack)
    {
        // No text has more UTF-16 units than UTF-8 bytes.
        Span<char> room = value.Length <= stack.Length ? stack : _rented = ArrayPool<char>.Shared.Rent(value.Length);
        Chars = room[..Encoding.UTF8.GetChars(value.Span, room)];
    }

    /// <summary>Room for so many chars, not cleared.</summary>
    public CharScratch(int length, Span<char> stack)
    {
        Span<char> room = length <= stack.Length ? stack : _rented = ArrayPool<char>.Shared.Rent(length);
        Chars = room[..length];
    }

    /// <summary>The chars.</summary>
    public Span<char> Chars { get; }

    /// <summary>Gives the room back.</summary>
    public readonly void Dispose()
    {
        if (_rented is not null)
            ArrayPool<char>.Shared.Return(_rented);
    }
}
