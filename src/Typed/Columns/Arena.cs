using System.Text;

namespace Typed.Columns;

/// <summary>
/// Native memory that is given out piece by piece and taken back all at once: the scratch of a batch, or what the keys
/// of one window slice point to. Pieces do not move.
/// </summary>
public sealed unsafe class Arena : IDisposable
{
    private readonly List<NativeBuffer> _chunks = [];
    private byte* _next;
    private byte* _end;
    private int _chunk = -1;

    /// <summary>How many bytes the arena holds, used or not.</summary>
    public long CapacityBytes { get; private set; }

    /// <summary>So many bytes, eight-byte aligned, not cleared.</summary>
    public byte* Allocate(int bytes)
    {
        int aligned = (bytes + 7) & ~7;
        if (_next + aligned > _end || _next == null)
            NextChunk(aligned);
        byte* piece = _next;
        _next += aligned;
        return piece;
    }

    /// <summary>A copy of a value.</summary>
    public Utf8 Copy(Utf8 value)
    {
        if (value.IsNull)
            return default;
        byte* piece = Allocate(value.Length);
        value.Span.CopyTo(new Span<byte>(piece, value.Length));
        return new Utf8(piece, value.Length);
    }

    /// <summary>A string as UTF-8; a lone surrogate becomes U+FFFD.</summary>
    public Utf8 Encode(string? value)
    {
        if (value is null)
            return default;
        byte* piece = Allocate(Encoding.UTF8.GetMaxByteCount(value.Length));
        int length = Encoding.UTF8.GetBytes(value, new Span<byte>(piece, Encoding.UTF8.GetMaxByteCount(value.Length)));
        _next = piece + ((length + 7) & ~7);
        return new Utf8(piece, length);
    }

    /// <summary>Takes all pieces back and keeps the memory.</summary>
    public void Reset()
    {
        _chunk = -1;
        _next = null;
        _end = null;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        foreach (NativeBuffer chunk in _chunks)
            chunk.Release();
        _chunks.Clear();
        CapacityBytes = 0;
        Reset();
    }

    private void NextChunk(int bytes)
    {
        while (++_chunk < _chunks.Count)
        {
            if (_chunks[_chunk].Capacity >= bytes)
            {
                Use(_chunks[_chunk]);
                return;
            }
        }

        NativeBuffer chunk = NativeBuffer.Rent(Math.Max(bytes, Math.Min(1 << 20, 4096 << Math.Min(_chunks.Count, 8))));
        _chunks.Add(chunk);
        CapacityBytes += chunk.Capacity;
        Use(chunk);
    }

    private void Use(NativeBuffer chunk)
    {
        _next = chunk.Pointer;
        _end = chunk.Pointer + chunk.Capacity;
    }
}
