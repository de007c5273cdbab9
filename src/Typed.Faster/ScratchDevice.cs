using System.Collections.Concurrent;
using FASTER.core;
using Microsoft.Win32.SafeHandles;

namespace Typed.Faster;

/// <summary>
/// The files that FASTER's log goes to. What they hold is of no use after the run, so nothing is flushed; what fails is kept, since FASTER itself goes on after a
/// write that failed.
/// </summary>
internal sealed class ScratchDevice : StorageDeviceBase
{
    private const int Sector = 512;
    private const int PatienceMillis = 10;
    private readonly ConcurrentDictionary<int, Segment> _segments = new();
    private readonly Lock _opening = new();
    private readonly string _folder;
    private readonly string _name;
    private long _bytes;
    private int _running;
    private volatile Exception? _failure;

    /// <summary>A device whose files do not exist yet.</summary>
    internal ScratchDevice(string folder, string name)
        : base(Path.Combine(folder, name), Sector, -1)
    {
        _folder = folder;
        _name = name;

        // Pages of the log are written one after the other, and reads come in groups of this size at most.
        ThrottleLimit = 2 * FasterPageStore.ReadsAtOnce;
    }

    /// <summary>Bytes of the files.</summary>
    internal long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>How many files are open.</summary>
    internal int OpenFiles => _segments.Count;

    /// <exception cref="IOException">A read or a write has failed since the start.</exception>
    internal void ThrowIfFailed()
    {
        if (_failure is { } failure)
            throw new IOException($"State could not be spilled to '{_folder}': {failure.Message} Nothing is lost: make room, or give the query more memory (StateStore.Faster(memory: ...)), and start it again; it recovers from its checkpoint.", failure);
    }

    public override bool Throttle() => Volatile.Read(ref _running) > ThrottleLimit;

    public override void WriteAsync(IntPtr sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        HandleCapacity(segmentId);
        Begin(() => Write(sourceAddress, segmentId, (long)destinationAddress, (int)numBytesToWrite), numBytesToWrite, callback, context);
    }

    public override void ReadAsync(int segmentId, ulong sourceAddress, IntPtr destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context) =>
        Begin(() => Read(segmentId, (long)sourceAddress, destinationAddress, (int)readLength), readLength, callback, context);

    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result)
    {
        RemoveSegment(segment);
        callback(result);
    }

    public override void RemoveSegment(int segment)
    {
        if (!_segments.TryRemove(segment, out Segment? removed))
            return;
        Interlocked.Add(ref _bytes, -removed.Length);
        removed.File.Dispose();
        File.Delete(removed.Path);
    }

    /// <summary>Waits for what is under way, then closes and deletes the files.</summary>
    public override void Dispose()
    {
        while (Volatile.Read(ref _running) > 0)
            Thread.Sleep(PatienceMillis);
        foreach (int segment in _segments.Keys.ToList())
            RemoveSegment(segment);
    }

    private void Begin(Action work, uint bytes, DeviceIOCompletionCallback callback, object context)
    {
        Interlocked.Increment(ref _running);
        ThreadPool.UnsafeQueueUserWorkItem(
            static run => run.Device.Run(run.Work, run.Bytes, run.Callback, run.Context),
            (Device: this, Work: work, Bytes: bytes, Callback: callback, Context: context),
            preferLocal: false);
    }

    private void Run(Action work, uint bytes, DeviceIOCompletionCallback callback, object context)
    {
        try
        {
            work();
        }
        catch (Exception e)
        {
            // FASTER would wait for ever for a page that cannot be written. It is told that all is well, and the store throws before anything of it is used.
            _failure ??= e;
        }

        try
        {
            callback(0, bytes, context);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private unsafe void Write(IntPtr source, int segment, long offset, int bytes)
    {
        Segment written = Open(segment);
        RandomAccess.Write(written.File, new ReadOnlySpan<byte>((void*)source, bytes), offset);
        Interlocked.Add(ref _bytes, written.Reach(offset + bytes));
    }

    private unsafe void Read(int segment, long offset, IntPtr destination, int bytes)
    {
        // What a read that fails leaves is to look like no record.
        new Span<byte>((void*)destination, bytes).Clear();
        if (!_segments.TryGetValue(segment, out Segment? stored))
            throw new FileNotFoundException($"Segment {segment} of the log is gone.");

        // Sectors are read whole, so the last ones may end behind the file.
        for (int done = 0; done < bytes;)
        {
            int read = RandomAccess.Read(stored.File, new Span<byte>((byte*)destination + done, bytes - done), offset + done);
            if (read == 0)
                break;
            done += read;
        }
    }

    // Several pages of a new segment are written at once; the second to open it must not empty it.
    private Segment Open(int segment)
    {
        lock (_opening)
            return _segments.GetOrAdd(segment, one => new Segment(Path.Combine(_folder, $"{_name}.{one}")));
    }

    private sealed class Segment(string path)
    {
        private long _length;

        internal string Path { get; } = path;

        internal SafeFileHandle File { get; } = System.IO.File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);

        internal long Length => Interlocked.Read(ref _length);

        /// <summary>Notes that the file reaches to an offset.</summary>
        /// <returns>By how much it has become longer.</returns>
        internal long Reach(long end)
        {
            long length = Length;
            while (end > length)
            {
                long found = Interlocked.CompareExchange(ref _length, end, length);
                if (found == length)
                    return end - length;
                length = found;
            }

            return 0;
        }
    }
}
