using System.Buffers;
using System.Text;
using Typed.Columns;

namespace Typed.State;

/// <summary>Writes state as little-endian bytes into a buffer that grows.</summary>
public sealed class StateWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    /// <summary>How many bytes were written.</summary>
    public int Length => _buffer.WrittenCount;

    /// <summary>Writes an unmanaged value as it lies in memory.</summary>
    public unsafe void Write<T>(T value)
        where T : unmanaged
    {
        new ReadOnlySpan<byte>(&value, sizeof(T)).CopyTo(_buffer.GetSpan(sizeof(T)));
        _buffer.Advance(sizeof(T));
    }

    /// <summary>Writes bytes without their length.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => _buffer.Write(bytes);

    /// <summary>Writes a length and the bytes; −1 for null.</summary>
    public void Write(Utf8 value)
    {
        Write(value.IsNull ? -1 : value.Length);
        if (!value.IsNull)
            _buffer.Write(value.Span);
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
        Encoding.UTF8.GetBytes(value, _buffer.GetSpan(bytes));
        _buffer.Advance(bytes);
    }

    /// <summary>What was written from a place on, to be changed.</summary>
    internal Span<byte> From(int start) => System.Runtime.InteropServices.MemoryMarshal.AsMemory(_buffer.WrittenMemory).Span[start..];

    /// <summary>Starts again.</summary>
    public void Clear() => _buffer.ResetWrittenCount();
}
