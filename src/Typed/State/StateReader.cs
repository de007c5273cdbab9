using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Typed.Columns;

namespace Typed.State;

/// <summary>Reads what a <see cref="StateWriter"/> wrote. Every length is checked before it is used.</summary>
public sealed class StateReader
{
    private byte[] _bytes;
    private int _start;
    private int _position;
    private int _end;

    /// <summary>A reader of some bytes.</summary>
    public StateReader(ReadOnlyMemory<byte> bytes)
    {
        if (!MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> array))
            array = bytes.ToArray();
        _bytes = array.Array ?? [];
        Reset(_bytes, array.Offset, array.Count);
    }

    /// <summary>How many bytes are left.</summary>
    public int Left => _end - _position;

    /// <summary>Begins again with the first of its bytes.</summary>
    internal void Rewind() => _position = _start;

    /// <summary>Reads an unmanaged value.</summary>
    /// <exception cref="InvalidDataException">The bytes end before.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Read<T>()
        where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() > _end - _position)
            throw CutShort(Unsafe.SizeOf<T>());
        T value = Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_bytes), _position));
        _position += Unsafe.SizeOf<T>();
        return value;
    }

    /// <summary>Reads so many bytes.</summary>
    /// <exception cref="InvalidDataException">The bytes end before.</exception>
    public ReadOnlySpan<byte> ReadRaw(int count)
    {
        if (count < 0 || count > Left)
            throw CutShort(count);
        ReadOnlySpan<byte> span = _bytes.AsSpan(_position, count);
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
            throw new InvalidDataException($"State is damaged: a count of {count} at {_position - _start - sizeof(int)}, with {Left} bytes left.");
        return count;
    }

    /// <summary>Reads other bytes from now on.</summary>
    internal void Reset(ReadOnlyMemory<byte> bytes)
    {
        if (!MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> array))
            array = bytes.ToArray();
        Reset(array.Array ?? [], array.Offset, array.Count);
    }

    /// <summary>Reads other bytes from now on.</summary>
    internal void Reset(byte[] bytes, int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)(uint)start + (uint)length, (ulong)bytes.Length);
        (_bytes, _start, _position, _end) = (bytes, start, start, start + length);
    }

    private InvalidDataException CutShort(int count) =>
        new($"State is cut short: {count} bytes are asked for at {_position - _start} of {_end - _start}.");
}
