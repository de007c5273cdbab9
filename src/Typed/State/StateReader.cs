using System.Text;
using Typed.Columns;

namespace Typed.State;

/// <summary>Reads what a <see cref="StateWriter"/> wrote. Every length is checked before it is used.</summary>
public sealed class StateReader(ReadOnlyMemory<byte> bytes)
{
    private readonly ReadOnlyMemory<byte> _bytes = bytes;
    private int _position;

    /// <summary>How many bytes are left.</summary>
    public int Left => _bytes.Length - _position;

    /// <summary>Reads an unmanaged value.</summary>
    /// <exception cref="InvalidDataException">The bytes end before.</exception>
    public unsafe T Read<T>()
        where T : unmanaged
    {
        T value;
        ReadRaw(sizeof(T)).CopyTo(new Span<byte>(&value, sizeof(T)));
        return value;
    }

    /// <summary>Reads so many bytes.</summary>
    /// <exception cref="InvalidDataException">The bytes end before.</exception>
    public ReadOnlySpan<byte> ReadRaw(int count)
    {
        if (count < 0 || count > Left)
            throw new InvalidDataException($"State is cut short: {count} bytes are asked for at {_position} of {_bytes.Length}.");
        ReadOnlySpan<byte> span = _bytes.Span.Slice(_position, count);
        _position += count;
        return span;
    }

    /// <summary>Reads a value into an arena; the null view if it was null.</summary>
    public unsafe Utf8 ReadUtf8(Arena arena)
    {
        int length = Read<int>();
        if (length == -1)
            return default;
        ReadOnlySpan<byte> span = ReadRaw(length);
        byte* piece = arena.Allocate(length);
        span.CopyTo(new Span<byte>(piece, length));
        return new Utf8(piece, length);
    }

    /// <summary>Reads a string; null if it was null.</summary>
    public string? ReadString()
    {
        int length = Read<int>();
        return length == -1 ? null : Encoding.UTF8.GetString(ReadRaw(length));
    }

    /// <summary>Reads a count of things that take at least <paramref name="bytesEach"/> bytes each.</summary>
    /// <exception cref="InvalidDataException">So many cannot follow.</exception>
    public int ReadCount(int bytesEach)
    {
        int count = Read<int>();
        if (count < 0 || (long)count * bytesEach > Left)
            throw new InvalidDataException($"State is damaged: a count of {count} at {_position - 4}, with {Left} bytes left.");
        return count;
    }
}
