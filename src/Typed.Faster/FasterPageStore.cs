using System.Numerics;
using FASTER.core;
using Typed.State;

namespace Typed.Faster;

/// <summary>
/// Pages in a FASTER log: the newest ones in memory, all others on disk, found by FASTER's index. A page that does not go into a page of the log is written as several
/// records. Reads of a call are issued before the first is waited for.
/// </summary>
/// <remarks>
/// Where each record lies is known, so what is dead at the beginning of the log is seen without a look into the index: once the log is longer than all records
/// together by half, its first records are read in order, those that live are written to its end, and the files before are deleted. That is done in pieces by the
/// calls that write, so the log is bounded whatever the disk does, and nobody has to be locked out.
/// </remarks>
internal sealed class FasterPageStore : IPageStore
{
    internal const int ReadsAtOnce = 128;
    private const int LeastMemoryBits = 18;
    private const int MostMemoryBits = 28;
    private const int PagesOfMemory = 8;
    private const int LeastPageBits = 15;
    private const int MostPageBits = 20;
    private const int SegmentPages = 16;
    private const int RecordOverhead = 64;
    private const int FewestBuckets = 1 << 10;
    private const int KeysOfBucket = 4;
    private const int BucketBytes = 64;
    private const int CompactedAtOnce = 1 << 20;
    private const double MutableFraction = 0.5;
    private const long Deleted = 0;
    private readonly ScratchDevice _device;
    private readonly FasterKV<long, SpanByte> _log;
    private readonly ClientSession<long, SpanByte, SpanByte, int, int, PageFunctions> _session;
    private readonly int _longest;
    private readonly long _logPageBytes;
    private readonly int _segmentBytes;
    private readonly Stack<int> _free = new();
    private readonly Dictionary<int, int[]> _continued = [];
    private readonly byte[][] _copies = new byte[ReadsAtOnce][];
    private readonly int[] _lengthsOfCopies = new int[ReadsAtOnce];
    private readonly (int Slot, int Length)[] _answers = new (int, int)[ReadsAtOnce];
    private long[] _addresses = [];
    private int[] _lengths = [];
    private int _top;
    private int _copied;
    private int _lost;
    private long _buckets;
    private long _liveBytes;

    /// <summary>A store without pages.</summary>
    /// <param name="folder">Where its files go; they are deleted with it.</param>
    /// <param name="name">How its files are called.</param>
    /// <param name="memoryBytes">About what its log may use of memory.</param>
    internal FasterPageStore(string folder, string name, long memoryBytes)
    {
        int memoryBits = Math.Clamp(BitOperations.Log2((ulong)Math.Max(1, memoryBytes)), LeastMemoryBits, MostMemoryBits);
        int pageBits = Math.Clamp(memoryBits - BitOperations.Log2(PagesOfMemory), LeastPageBits, MostPageBits);
        _longest = (1 << pageBits) / 2 - RecordOverhead;
        _logPageBytes = 1L << pageBits;
        _segmentBytes = SegmentPages << pageBits;
        _device = new ScratchDevice(folder, name);
        _buckets = FewestBuckets;
        _log = new FasterKV<long, SpanByte>(
            _buckets,
            new LogSettings
            {
                LogDevice = _device,
                PageSizeBits = pageBits,
                MemorySizeBits = memoryBits,
                SegmentSizeBits = BitOperations.Log2((uint)_segmentBytes),
                MutableFraction = MutableFraction,
                ReadCopyOptions = new ReadCopyOptions { CopyFrom = ReadCopyFrom.None, CopyTo = ReadCopyTo.None },
            },
            concurrencyControlMode: ConcurrencyControlMode.None);
        PageFunctions functions = new(this);
        _session = _log.For(functions).NewSession<PageFunctions>(functions);
    }

    public long MemoryBytes => _log.Log.MemorySizeBytes + (_buckets * BucketBytes) + ((long)_addresses.Length * (sizeof(long) + sizeof(int))) + ((long)_free.Count * sizeof(int));

    public long DiskBytes => _device.Bytes;

    /// <summary>How many files are open.</summary>
    internal int OpenFiles => _device.OpenFiles;

    public int Write(ReadOnlySpan<byte> page)
    {
        _device.ThrowIfFailed();
        int number = WriteRecord(page[..Math.Min(page.Length, _longest)]);
        if (page.Length > _longest)
        {
            List<int> rest = [];
            for (int at = _longest; at < page.Length; at += _longest)
                rest.Add(WriteRecord(page.Slice(at, Math.Min(_longest, page.Length - at))));
            _continued[number] = [.. rest];
        }

        Compact();
        return number;
    }

    public void Read(ReadOnlySpan<int> pages, IPageTarget target)
    {
        _device.ThrowIfFailed();
        for (int first = 0; first < pages.Length;)
        {
            int count = 0;
            _copied = 0;
            for (; first + count < pages.Length && count < ReadsAtOnce && (_continued.Count == 0 || !_continued.ContainsKey(pages[first + count])); count++)
                Ask(pages[first + count], count);
            if (count == 0)
            {
                byte[] whole = ReadContinued(pages[first]);
                target.Take(first++, whole, 0, whole.Length);
                continue;
            }

            Complete();
            for (int i = 0; i < count; i++)
                target.Take(first + i, _copies[_answers[i].Slot], 0, _answers[i].Length);
            first += count;
        }
    }

    public void Delete(int page)
    {
        Free(page);
        if (!_continued.Remove(page, out int[]? rest))
            return;
        foreach (int one in rest)
            Free(one);
    }

    public void Clear()
    {
        _free.Clear();
        _continued.Clear();
        (_top, _liveBytes, _addresses, _lengths) = (0, 0, [], []);
        Truncate(_log.Log.TailAddress);
    }

    public void Dispose()
    {
        _session.CompletePending(true);
        _session.Dispose();
        _log.Dispose();
        _device.Dispose();
    }

    /// <summary>Notes where a page lies; called as it is written.</summary>
    internal void Place(int number, long address) => _addresses[number] = address;

    /// <summary>Keeps what was read until all of a group are there.</summary>
    /// <returns>Where it is kept, and how long it is.</returns>
    internal int Copy(ReadOnlySpan<byte> value)
    {
        int slot = _copied++;
        if (_copies[slot] is not { } copy || copy.Length < value.Length)
            _copies[slot] = copy = new byte[BitOperations.RoundUpToPowerOf2((uint)Math.Max(value.Length, 256))];
        value.CopyTo(copy);
        _lengthsOfCopies[slot] = value.Length;
        return slot;
    }

    /// <summary>Notes the answer to a read that had to wait.</summary>
    internal void Read(int index, int slot, Status status)
    {
        if (status.Found)
            _answers[index] = (slot, _lengthsOfCopies[slot]);
        else
            _lost++;
    }

    private void Ask(int number, int index)
    {
        long key = number;
        SpanByte input = default;
        int slot = -1;
        Status status = _session.Read(ref key, ref input, ref slot, index);
        if (!status.IsPending)
            Read(index, slot, status);
    }

    private void Complete()
    {
        _session.CompletePending(true);
        _device.ThrowIfFailed();
        if (_lost == 0)
            return;
        int lost = _lost;
        _lost = 0;
        throw new IOException($"State that was spilled cannot be read back from '{Path.GetDirectoryName(_device.FileName)}': {lost} pages are not there. Something else has changed the files. Nothing that is stored for good is concerned: start the query again; it recovers from its checkpoint.");
    }

    private byte[] ReadContinued(int page)
    {
        int[] rest = _continued[page];
        byte[] whole = new byte[_lengths[page] + rest.Sum(one => (long)_lengths[one])];
        int length = 0;
        for (int first = -1; first < rest.Length;)
        {
            int count = 0;
            _copied = 0;
            for (; first + count < rest.Length && count < ReadsAtOnce; count++)
                Ask(first + count < 0 ? page : rest[first + count], count);
            Complete();
            for (int i = 0; i < count; i++)
            {
                _copies[_answers[i].Slot].AsSpan(0, _answers[i].Length).CopyTo(whole.AsSpan(length));
                length += _answers[i].Length;
            }

            first += count;
        }

        return whole;
    }

    private int WriteRecord(ReadOnlySpan<byte> bytes)
    {
        if (!_free.TryPop(out int number))
        {
            if (_top == _addresses.Length)
            {
                int longer = Math.Max(256, _top + (_top / 2));
                Array.Resize(ref _addresses, longer);
                Array.Resize(ref _lengths, longer);
            }

            number = _top++;
        }

        _lengths[number] = bytes.Length;
        _liveBytes += bytes.Length + RecordOverhead;
        Upsert(number, bytes);
        if (_top > _buckets * KeysOfBucket)
        {
            _log.GrowIndex();
            _buckets *= 2;
        }

        return number;
    }

    private unsafe void Upsert(long key, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            SpanByte value = SpanByte.FromPointer(start, bytes.Length);
            _session.Upsert(ref key, ref value);
        }
    }

    private void Free(int number)
    {
        _liveBytes -= _lengths[number] + RecordOverhead;
        _addresses[number] = Deleted;
        _free.Push(number);
    }

    /// <summary>Moves what lives at the beginning of the log to its end while too much of the log is dead.</summary>
    private void Compact()
    {
        LogAccessor<long, SpanByte> log = _log.Log;
        while (log.TailAddress - log.BeginAddress > (_liveBytes * 3 / 2) + (2 * _segmentBytes) && log.HeadAddress - log.BeginAddress > CompactedAtOnce)
        {
            // Up to the end of a page of the log, which no record goes beyond, and not into memory, whose pages are given up while records are written.
            long until = Math.Min(log.HeadAddress, log.BeginAddress + Math.Max(CompactedAtOnce, _segmentBytes)) & -_logPageBytes;
            using (IFasterScanIterator<long, SpanByte> scan = log.Scan(log.BeginAddress, until, ScanBufferingMode.DoublePageBuffering))
            {
                while (scan.GetNext(out RecordInfo _))
                {
                    long key = scan.GetKey();
                    if (key < _top && _addresses[key] == scan.CurrentAddress)
                        Upsert(key, scan.GetValue().AsReadOnlySpan());
                }
            }

            _device.ThrowIfFailed();
            Truncate(until);
        }
    }

    private void Truncate(long until) => _log.Log.ShiftBeginAddress(until, snapToPageStart: false, truncateLog: true);
}
