using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>
/// The stored rows of one side of a join in one stretch of time: dropped as a whole when the state watermark has passed it.
/// </summary>
/// <remarks>
/// <code>
/// slots:    | hash (32) | row + 1 (32) |     one for each key, open addressing, 0 = free; the newest row with the key
/// entries:  | key | time | next row with the key | next row in the slice | flags | number |     by row
/// slices:   | row + 1 |     256 of equal width: where the watermark cuts a bucket, it visits the slices it has passed, no others
/// parts:    | row + 1 |     256 of equal width of the slice that the watermark is in
/// columns:  an append-only batch, by row
/// </code>
/// Rows of the part that the watermark is in lie in a heap by time, so that each batch costs as much as it lets go, however many rows a slice has.
/// </remarks>
internal sealed unsafe partial class JoinBucket<TKey, TJoin> : IDisposable
    where TKey : unmanaged
    where TJoin : struct, IStreamJoin<TKey>
{
    /// <summary>A bucket is cut into so many slices, and a slice into so many parts, as a power of two.</summary>
    public const int SliceBits = 8;

    private const int Slices = 1 << SliceBits;
    private const int Chunk = 64;

    private readonly RowSchema _schema;
    private readonly List<JoinRow<TKey, TJoin>> _matchedSince;
    private NativeBuffer? _slotBuffer;
    private NativeBuffer? _entryBuffer;
    private NativeBuffer? _sliceBuffer;
    private Arena? _arena;
    private TimeHeap? _cut;
    private ulong* _slots;
    private JoinEntry<TKey>* _entries;
    private int* _slices;
    private int* _parts;
    private int _shift;
    private uint _mask;
    private int _keys;
    private int _capacity;
    private int _firstSlice;
    private int _firstPart;

    /// <summary>The slice whose rows lie in the parts; −1 for none.</summary>
    private int _split;
    private int _sliceShift;

    /// <param name="schema">The rows.</param>
    /// <param name="matchedSince">Takes the rows that find their match after they were stored.</param>
    public JoinBucket(RowSchema schema, List<JoinRow<TKey, TJoin>> matchedSince) => (_schema, _matchedSince) = (schema, matchedSince);

    /// <summary>The number of its stretch of time; <see cref="JoinStore{TKey,TJoin}.Untimed"/> for rows without time.</summary>
    public long Number { get; private set; }

    /// <summary>The columns of the rows, those that have left included.</summary>
    public ColumnBatch Columns { get; private set; } = null!;

    /// <summary>How many rows were appended.</summary>
    public int Rows { get; private set; }

    /// <summary>How many of them are held.</summary>
    public int Live { get; private set; }

    /// <summary>How many of those have found a match.</summary>
    public int LiveMatched { get; private set; }

    /// <summary>What the numbers of its rows are counted from.</summary>
    public long First { get; private set; }

    /// <summary>The rows before this one need not be looked at for what is not stored.</summary>
    public int Saved { get; set; }

    /// <summary>What rows that are appended or find a match are marked with; see <see cref="JoinEntry{TKey}.FlagBits"/>.</summary>
    public int Stamp { get; set; }

    /// <summary>When rows came or found a match for the last time, in the terms of the operator.</summary>
    public int LastHit { get; set; }

    /// <summary>Whether so many rows have left that those held are worth copying; set by <see cref="StreamJoinOperator{TKey,TJoin}"/>.</summary>
    public bool IsThinned { get; set; }

    /// <summary>The rows.</summary>
    public JoinEntry<TKey>* Entries => _entries;

    /// <summary>Bytes in use, those of the columns included.</summary>
    public long MemoryBytes => (_slotBuffer?.Capacity ?? 0) + (_entryBuffer?.Capacity ?? 0) + (_sliceBuffer?.Capacity ?? 0)
        + (_arena?.CapacityBytes ?? 0) + (_cut?.MemoryBytes ?? 0) + (Columns?.MemoryBytes ?? 0);

    /// <summary>Empties the bucket for a stretch of time.</summary>
    /// <param name="number">The number of the stretch.</param>
    /// <param name="timeShift">A stretch is two to this many µs long; −1 for a bucket of rows without time.</param>
    /// <param name="first">About the number of its first row.</param>
    public void Open(long number, int timeShift, long first)
    {
        (Number, First) = (number, first);
        Saved = 0;
        Columns = new ColumnBatch(_schema);
        (Rows, Live, LiveMatched, _keys) = (0, 0, 0, 0);
        _sliceShift = timeShift - SliceBits;
        (_firstSlice, _firstPart, _split) = (Slices, Slices, -1);
        if (timeShift >= 0)
        {
            _sliceBuffer ??= NativeBuffer.Rent(2 * Slices * sizeof(int));
            _slices = (int*)_sliceBuffer.Pointer;
            _parts = _slices + Slices;
            new Span<int>(_slices, 2 * Slices).Clear();
        }

        if (_slots != null)
            NativeMemory.Clear(_slots, (nuint)(_mask + 1L) * sizeof(ulong));
        else
            GrowSlots(16);
    }

    /// <summary>Frees the columns and forgets the rows; the memory of the index is kept if it was used well.</summary>
    public void Close()
    {
        Columns.Release();
        Columns = null!;
        IsThinned = false;
        _arena?.Reset();
        _cut?.Clear();
        if (Rows * 8L < _capacity)
            FreeIndex();
        (Rows, Live) = (0, 0);
    }

    /// <summary>Appends rows of a batch.</summary>
    /// <param name="probe">The rows.</param>
    /// <param name="matched">By row: whether it has found a match.</param>
    /// <param name="source">The columns.</param>
    /// <param name="start">The row in <paramref name="source"/> of row 0.</param>
    /// <param name="stored">Which columns.</param>
    /// <param name="picks">Room for a number for each row.</param>
    /// <param name="first">The number of the first row; the others follow.</param>
    public void Append(in JoinProbe<TKey> probe, byte* matched, ColumnBatch source, int start, int[] stored, int* picks, long first)
    {
        int count = probe.Count;
        if (Rows + count > _capacity)
            GrowEntries(Rows + count);
        bool isRange = probe.Rows[count - 1] - probe.Rows[0] == count - 1;
        if (isRange)
        {
            foreach (int column in stored)
                Columns[column].AppendRange(source[column], start + probe.Rows[0], count);
        }
        else
        {
            for (int i = 0; i < count; i++)
                picks[i] = start + probe.Rows[i];
            foreach (int column in stored)
                Columns[column].Gather(source[column], new ReadOnlySpan<int>(picks, count));
        }

        for (int from = 0; from < count; from += Chunk)
            AppendChunk(probe, matched, from, Math.Min(Chunk, count - from), (int)(first - First));
        Columns.Length = Rows;
    }

    /// <summary>Gives the rows that were appended last the numbers and the flags that they had before.</summary>
    /// <param name="probe">The rows as they were appended.</param>
    /// <param name="numbers">By row of the probe: its number.</param>
    /// <param name="flags">By row of the probe: its flags.</param>
    public void Restore(in JoinProbe<TKey> probe, long* numbers, int* flags)
    {
        const int Known = JoinEntry<TKey>.Matched | JoinEntry<TKey>.Unkeyed;
        int at = Rows - probe.Count;
        for (int i = 0; i < probe.Count; i++, at++)
        {
            int row = probe.Rows[i];
            _entries[at].Number = (int)(numbers[row] - First);
            _entries[at].Flags = (_entries[at].Flags & Known) | (flags[row] & ~Known);
            if ((flags[row] & JoinEntry<TKey>.MatchedSince) != 0)
                _matchedSince.Add(new JoinRow<TKey, TJoin>(this, at));
        }
    }

    /// <summary>The number of a row.</summary>
    public long NumberOf(int row) => First + _entries[row].Number;

    /// <summary>Remembers that a row has found a match.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Match(int row)
    {
        int flags = _entries[row].Flags;
        _entries[row].Flags = (flags & ((1 << JoinEntry<TKey>.FlagBits) - 1)) | JoinEntry<TKey>.Matched | Stamp;
        LiveMatched += (flags & JoinEntry<TKey>.Matched) == 0 ? 1 : 0;
        if ((flags & (JoinEntry<TKey>.Stored | JoinEntry<TKey>.Matched)) == JoinEntry<TKey>.Stored)
            NoteMatched(row);
    }

    /// <summary>Lets a row go, unless it went before.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(int row)
    {
        JoinEntry<TKey>* entry = _entries + row;
        if ((entry->Flags & JoinEntry<TKey>.Dead) != 0)
            return false;
        entry->Flags |= JoinEntry<TKey>.Dead;
        Live--;
        LiveMatched -= (entry->Flags & JoinEntry<TKey>.Matched) != 0 ? 1 : 0;
        return true;
    }

    /// <summary>Lets all rows up to a time inside of the bucket's stretch go, and lists them.</summary>
    public void Cut(long time, RowList removed)
    {
        int last = (int)(time >> _sliceShift) & (Slices - 1);
        for (int slice = _firstSlice; slice < last; slice++)
            RemoveAll(ref _slices[slice], removed);
        if (_split != last)
        {
            for (int part = _firstPart; part < Slices; part++)
                RemoveAll(ref _parts[part], removed);
            (_split, _firstPart) = (last, Slices);
        }

        SplitSlice(last);
        int lastPart = PartOf(time);
        for (int part = _firstPart; part < lastPart; part++)
            RemoveAll(ref _parts[part], removed);
        for (int row = _parts[lastPart] - 1; row >= 0; row = _entries[row].NextInSlice - 1)
            (_cut ??= new TimeHeap()).Push(_entries[row].Time, row);
        _parts[lastPart] = 0;
        _firstPart = lastPart + 1;
        while (_cut is { Count: > 0 } && _cut.FirstTime <= time)
            RemoveTo(_cut.Pop().Group, removed);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FreeIndex();
        _sliceBuffer?.Release();
        _sliceBuffer = null;
        _arena?.Dispose();
        _cut?.Dispose();
    }

    private int PartOf(long time) => (int)(time >> (_sliceShift - SliceBits)) & (Slices - 1);

    // Rows that came since the last time, and all the others at the first.
    private void SplitSlice(int slice)
    {
        for (int row = _slices[slice] - 1; row >= 0;)
        {
            JoinEntry<TKey>* entry = _entries + row;
            int part = PartOf(entry->Time);
            int next = entry->NextInSlice - 1;
            entry->NextInSlice = _parts[part];
            _parts[part] = row + 1;
            _firstPart = Math.Min(_firstPart, part);
            row = next;
        }

        _slices[slice] = 0;
        _firstSlice = slice + 1;
    }

    private void RemoveAll(ref int first, RowList removed)
    {
        for (int row = first - 1; row >= 0; row = _entries[row].NextInSlice - 1)
            RemoveTo(row, removed);
        first = 0;
    }

    private void RemoveTo(int row, RowList removed)
    {
        if (Remove(row))
            removed.Add(row);
    }

    private void NoteMatched(int row)
    {
        _entries[row].Flags |= JoinEntry<TKey>.MatchedSince;
        _matchedSince.Add(new JoinRow<TKey, TJoin>(this, row));
    }

    private void AppendChunk(in JoinProbe<TKey> probe, byte* matched, int from, int count, int first)
    {
        if ((_keys + count) * 2L > _mask + 1L)
            GrowSlots(((long)_mask + 1) * 2);
        FetchAhead(probe, from, count);
        int number = Rows;
        JoinEntry<TKey>* entry = _entries + number;
        for (int i = from; i < from + count; i++, entry++, number++)
        {
            int row = probe.Rows[i];
            bool isMatched = matched[row] != 0;
            entry->Time = probe.Times[row];
            entry->Flags = isMatched ? Stamp | JoinEntry<TKey>.Matched : Stamp;
            entry->Number = first + i;
            entry->Next = -1;
            entry->NextInSlice = 0;
            LiveMatched += isMatched ? 1 : 0;
            if (_sliceShift >= 0)
                LinkSlice(entry, number);
            if (probe.Found[row] >= 0)
                LinkKey(entry, number, probe.Keys[row], probe.Hashes[row]);
            else
                entry->Flags |= JoinEntry<TKey>.Unkeyed;
        }

        Rows += count;
        Live += count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void LinkSlice(JoinEntry<TKey>* entry, int number)
    {
        int slice = (int)(entry->Time >> _sliceShift) & (Slices - 1);
        entry->NextInSlice = _slices[slice];
        _slices[slice] = number + 1;
        _firstSlice = Math.Min(_firstSlice, slice);
    }

    private void GrowEntries(int rows)
    {
        int size = sizeof(JoinEntry<TKey>);
        NativeBuffer larger = NativeBuffer.Rent(checked((nint)Math.Max(64, rows) * size));
        if (_entryBuffer is not null)
        {
            Buffer.MemoryCopy(_entries, larger.Pointer, larger.Capacity, (long)Rows * size);
            _entryBuffer.Release();
        }

        _entryBuffer = larger;
        _entries = (JoinEntry<TKey>*)larger.Pointer;
        _capacity = (int)Math.Min(larger.Capacity / size, int.MaxValue / 2);
    }

    private void FreeIndex()
    {
        _slotBuffer?.Release();
        _entryBuffer?.Release();
        _slots = null;
        _entries = null;
        (_slotBuffer, _entryBuffer, _capacity, _mask) = (null, null, 0, 0);
    }
}
