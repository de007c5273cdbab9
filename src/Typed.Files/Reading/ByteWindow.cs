using Typed.Columns;

namespace Typed.Files;

/// <summary>
/// A window that slides over a file: large pieces are read into native memory, and what is not used up moves to its front. At least
/// <see cref="Padding"/> bytes after the last one may be read, whatever they hold.
/// </summary>
internal sealed unsafe class ByteWindow(int size = ByteWindow.DefaultSize) : IDisposable
{
    internal const int Padding = 64;
    internal const int DefaultSize = 512 << 10;
    private NativeBuffer _buffer = NativeBuffer.Rent(size);
    private OpenFile? _file;
    private int _start;
    private int _end;
    private bool _disposed;

    /// <summary>The first byte that is not used up.</summary>
    internal byte* Pointer => _buffer.Pointer + _start;

    /// <summary>How many bytes there are from <see cref="Pointer"/> on.</summary>
    internal int Available => _end - _start;

    /// <summary>The bytes that are there.</summary>
    internal ReadOnlySpan<byte> Unread => new(Pointer, Available);

    /// <summary>Whether the file holds nothing more.</summary>
    internal bool AtEnd { get; private set; }

    internal void Begin(OpenFile file)
    {
        _file = file;
        (_start, _end, AtEnd) = (0, 0, false);
        Fill();
        if (Unread.StartsWith("\uFEFF"u8))
            Skip(3);
    }

    /// <summary>Uses up bytes.</summary>
    internal void Skip(int bytes) => _start += bytes;

    /// <summary>Reads on; what is not used up stays. Grows if nothing was used up.</summary>
    /// <returns>Whether there is more than before.</returns>
    internal bool Fill()
    {
        if (AtEnd)
            return false;
        int kept = Available;
        if (kept + Padding >= _buffer.Capacity)
        {
            NativeBuffer larger = NativeBuffer.Rent(_buffer.Capacity * 2);
            Buffer.MemoryCopy(Pointer, larger.Pointer, larger.Capacity, kept);
            _buffer.Release();
            _buffer = larger;
        }
        else if (_start > 0)
        {
            Buffer.MemoryCopy(Pointer, _buffer.Pointer, _buffer.Capacity, kept);
        }

        (_start, _end) = (0, kept);
        while (_end < _buffer.Capacity - Padding)
        {
            int read = _file!.Read(new Span<byte>(_buffer.Pointer + _end, (int)_buffer.Capacity - Padding - _end));
            if (read == 0)
            {
                AtEnd = true;
                break;
            }

            _end += read;
        }

        return _end > kept;
    }

    public void Dispose()
    {
        if (!_disposed)
            _buffer.Release();
        _disposed = true;
    }
}
