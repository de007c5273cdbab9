using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Typed.Columns;

namespace Typed.State;

/// <summary>Writes state as little-endian bytes into a buffer that grows.</summary>
public sealed class StateWriter
{
    private byte[] _bytes = [];
    private int _length;

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => new(_bytes, 0, _length);

    /// <summary>How many bytes were written.</summary>
    public int Length => _length;

    /// <summary>Writes an unmanaged value as it lies in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write<T>(T value)
        where T : unmanaged
    {
        int end = _length + Unsafe.SizeOf<T>();
        if ((uint)end > (uint)_bytes.Length)
            Grow(end);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_bytes), _length), value);
        _length = end;
    }

    /// <summary>Writes bytes without their length.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Space(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Writes a length and the bytes; −1 for null.</summary>
    public void Write(Utf8 value)
    {
        Write(value.IsNull ? -1 : value.Length);
        if (!value.IsNull)
            WriteRaw(value.Span);
    }

    /// <summary>Writes a string as a length and UTF-8; −1 for null.</summary>
    public void Write(string? value)
    {
        if (value is null)
        {
            Write(-1);
            return;
        }

        int bytes = Encoding.UTF8.GetByteCount(value);
        Write(bytes);
        Encoding.UTF8.GetBytes(value, Space(bytes));
        _length += bytes;
    }

    /// <summary>What was written from a place on, to be changed.</summary>
    internal Span<byte> From(int start) => _bytes.AsSpan(start, _length - start);

    /// <summary>Begins a value that stands behind its length, which is not known yet.</summary>
    /// <returns>What <see cref="EndSized"/> takes.</returns>
    internal int BeginSized()
    {
        Write(0);
        return _length;
    }

    /// <summary>Writes the length of what was written since.</summary>
    internal void EndSized(int start) => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(start - sizeof(int)), _length - start);

    /// <summary>Gives the bytes away and goes on in another array.</summary>
    internal ArraySegment<byte> Exchange(byte[] next)
    {
        ArraySegment<byte> written = new(_bytes, 0, _length);
        (_bytes, _length) = (next, 0);
        return written;
    }

    /// <summary>Starts again.</summary>
    public void Clear() => _length = 0;

    private Span<byte> Space(int bytes)
    {
        int end = _length + bytes;
        if ((uint)end > (uint)_bytes.Length)
            Grow(end);
        return _bytes.AsSpan(_length, bytes);
    }

    // An overflown end is negative, and as an unsigned number beyond any array.
    private void Grow(int end)
    {
        if ((uint)end > (uint)Array.MaxLength)
            throw new NotSupportedException($"An entry of state has more than {Array.MaxLength} bytes; so many do not go into one. Keep less for a key, or let it go sooner.");
        byte[] larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(Array.MaxLength, Math.Max(end, Math.Max(256, 2L * _bytes.Length))));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        _bytes = larger;
    }
}
