using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Operators;

/// <summary>Bytes that a value of state is written to: a buffer that is used again and again.</summary>
public sealed unsafe class StateBytes : IDisposable
{
    private NativeBuffer _buffer = NativeBuffer.Rent(1024);

    internal StateBytes()
    {
    }

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Span => new(_buffer.Pointer, Length);

    internal byte* Pointer => _buffer.Pointer;

    /// <summary>Appends a value as it lies in memory.</summary>
    public void Write<T>(T value)
        where T : unmanaged
    {
        Unsafe.WriteUnaligned(Room(sizeof(T)), value);
        Length += sizeof(T);
    }

    /// <summary>Appends a length and bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Write(bytes.Length);
        bytes.CopyTo(new Span<byte>(Room(bytes.Length), bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Appends a length and the UTF-8 of a text; a lone surrogate becomes U+FFFD.</summary>
    public void Write(ReadOnlySpan<char> text)
    {
        int most = System.Text.Encoding.UTF8.GetMaxByteCount(text.Length);
        byte* room = Room(most + sizeof(int));
        int bytes = System.Text.Encoding.UTF8.GetBytes(text, new Span<byte>(room + sizeof(int), most));
        Unsafe.WriteUnaligned(room, bytes);
        Length += sizeof(int) + bytes;
    }

    internal void Clear() => Length = 0;

    /// <inheritdoc/>
    public void Dispose() => _buffer.Release();

    private byte* Room(int bytes)
    {
        if (Length + (long)bytes > _buffer.Capacity)
        {
            NativeBuffer larger = NativeBuffer.Rent(checked(Length + bytes));
            Span.CopyTo(new Span<byte>(larger.Pointer, Length));
            _buffer.Release();
            _buffer = larger;
        }

        return _buffer.Pointer + Length;
    }
}

/// <summary>Bytes that a value of state is read from. Every length is checked.</summary>
public unsafe ref struct StateView
{
    private readonly byte* _bytes;
    private readonly int _length;
    private int _position;

    internal StateView(byte* bytes, int length)
    {
        _bytes = bytes;
        _length = length;
    }

    /// <summary>Reads a value as it lies in memory.</summary>
    /// <exception cref="InvalidDataException">The bytes end before.</exception>
    public T Read<T>()
        where T : unmanaged => Unsafe.ReadUnaligned<T>(Take(sizeof(T)));

    /// <summary>Reads a length and so many bytes.</summary>
    /// <exception cref="InvalidDataException">The bytes end before.</exception>
    public Utf8 ReadBytes()
    {
        int length = Read<int>();
        return new Utf8(Take(length), length);
    }

    private byte* Take(int bytes)
    {
        if (bytes < 0 || bytes > _length - _position)
            throw new InvalidDataException($"State is damaged: {bytes} bytes are asked for at {_position} of {_length} of one value.");
        byte* at = _bytes + _position;
        _position += bytes;
        return at;
    }
}
