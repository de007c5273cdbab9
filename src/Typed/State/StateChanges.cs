using System.Buffers.Binary;

namespace Typed.State;

/// <summary>
/// What has changed in the state of an operator since it was asked last: entries that were put or removed. An entry is known by its table, its time
/// and the bytes of its key. A key that is put twice has the value that was put last.
/// </summary>
/// <remarks>
/// The bytes, record after record, little-endian:
/// <code>
/// kind (1: put, 2: removed) | table (1) | shard (1) | 0 (1) | length of the key (int32) | length of the value (int32) | time (int64) | key | value
/// </code>
/// They lie in segments of about 1 MiB, each of whole records: so there may be more of them than an array holds, and what was written is never
/// copied to make room for more. Segments are used again after <see cref="Clear"/>, by whoever needs one: they wander from operators to what is written.
/// </remarks>
public sealed class StateChanges
{
    internal const int HeaderLength = 20;
    internal const byte PutRecord = 1;
    internal const byte RemovedRecord = 2;

    /// <summary>So many bytes go to the disk ahead of the rest.</summary>
    internal const int PartBytes = 8 << 20;

    private const int SmallBytes = 4096;

    private List<ArraySegment<byte>> _full = [];
    private int _start = -1;
    private int _keyEnd;

    /// <summary>Takes the fields of the key that was begun, then those of its value.</summary>
    public StateWriter Writer { get; } = new();

    /// <summary>How many records there are.</summary>
    public long Count { get; private set; }

    /// <summary>How many bytes they have.</summary>
    public long Bytes { get; private set; }

    /// <summary>The records in one piece: a copy if there are several segments, so for few of them only.</summary>
    public ReadOnlyMemory<byte> Written
    {
        get
        {
            if (_full.Count == 0)
                return Writer.Written;
            byte[] all = new byte[Bytes];
            int at = 0;
            for (int i = 0; i < Segments; i++)
            {
                Segment(i).AsSpan().CopyTo(all.AsSpan(at));
                at += Segment(i).Count;
            }

            return all;
        }
    }

    /// <summary>Called when there are more than <see cref="PartBytes"/>: takes them away (<see cref="MoveTo"/>), so that not all that has changed is in memory at once.</summary>
    internal Action<StateChanges>? Full { get; set; }

    /// <summary>How many segments the records lie in.</summary>
    internal int Segments => _full.Count + (Writer.Length > 0 ? 1 : 0);

    /// <summary>Begins an entry; the fields of its key are to be written to <see cref="Writer"/> next, then <see cref="BeginValue"/>, the fields of the value, <see cref="End"/>.</summary>
    /// <param name="table">The table, by its place in the operator's layout.</param>
    /// <param name="time">
    /// When the entry is over by itself, in the terms of the table: the entry is gone once the floor of the table (<see cref="StateHead.SetFloor"/>) is above it;
    /// <see cref="StateEntry.NoTime"/> for one that is there until it is removed. Part of what an entry is known by.
    /// </param>
    /// <param name="hash">The hash of the key.</param>
    public void BeginPut(int table, long time, uint hash) => Begin(PutRecord, table, time, hash);

    /// <summary>Ends the key.</summary>
    public void BeginValue() => _keyEnd = Writer.Length;

    /// <summary>Begins the removal of an entry; the fields of its key are to be written next, then <see cref="End"/>.</summary>
    /// <param name="table">The table.</param>
    /// <param name="time">The time with which it was put.</param>
    /// <param name="hash">The hash of the key.</param>
    public void BeginRemove(int table, long time, uint hash) => Begin(RemovedRecord, table, time, hash);

    /// <summary>Ends an entry.</summary>
    public void End()
    {
        int keyEnd = _keyEnd < 0 ? Writer.Length : _keyEnd;
        Span<byte> header = Writer.From(_start);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], keyEnd - _start - HeaderLength);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Writer.Length - keyEnd);
        Bytes += header.Length;
        Count++;
        _start = -1;
        if (Writer.Length <= ChangeSegments.Bytes - SmallBytes)
            return;
        _full.Add(Writer.Exchange(ChangeSegments.Rent()));
        if (Bytes >= PartBytes)
            Full?.Invoke(this);
    }

    /// <summary>Gives all records away, in their order, to one that has none.</summary>
    internal void MoveTo(StateChanges other)
    {
        if (_start >= 0 || other.Count > 0)
            throw new InvalidOperationException("An entry was not ended, or there are records already.");
        if (Writer.Length > 0)
            _full.Add(Writer.Exchange([]));
        (other._full, _full) = (_full, other._full);
        (other.Count, other.Bytes) = (Count, Bytes);
        (Count, Bytes) = (0, 0);
    }

    /// <summary>Moves the records of others behind these, as those that were written before an entry left memory; whole segments are not copied.</summary>
    internal void Take(StateChanges others)
    {
        if (_start >= 0)
            throw new InvalidOperationException("The entry before was not ended.");
        if ((others._full.Count > 0 || Writer.Length + others.Bytes > ChangeSegments.Bytes) && Writer.Length > 0)
            _full.Add(Writer.Exchange([]));
        _full.AddRange(others._full);
        others._full.Clear();
        Writer.WriteRaw(others.Writer.Written.Span);
        (Count, Bytes) = (Count + others.Count, Bytes + others.Bytes);
        others.Clear();
        if (Bytes >= PartBytes)
            Full?.Invoke(this);
    }

    /// <summary>Starts again.</summary>
    public void Clear()
    {
        foreach (ArraySegment<byte> segment in _full)
            ChangeSegments.Return(segment.Array!);
        _full.Clear();
        if (Writer.Written.Length > 2 * ChangeSegments.Bytes)
            Writer.Exchange([]);
        Writer.Clear();
        (Count, Bytes, _start) = (0, 0, -1);
    }

    /// <summary>The records of one segment.</summary>
    internal ArraySegment<byte> Segment(int index) =>
        index < _full.Count ? _full[index] : System.Runtime.InteropServices.MemoryMarshal.TryGetArray(Writer.Written, out ArraySegment<byte> last) ? last : [];

    private void Begin(byte kind, int table, long time, uint hash)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)table, byte.MaxValue);
        if (_start >= 0)
            throw new InvalidOperationException("The entry before was not ended.");
        _start = Writer.Length;
        _keyEnd = -1;
        Writer.Write(kind | ((uint)table << 8) | ((uint)Shard.Of(hash) << 16));
        Writer.Write(0L);
        Writer.Write(time);
    }
}
