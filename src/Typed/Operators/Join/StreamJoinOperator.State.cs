using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <content>
/// The state as bytes:
/// <code>
/// version (int32), then for the left and the right side
///   time shift (int32), number of buckets (int32), then for each, those without a time first
///     number (int64), rows (int32), flags by row (byte), times by row (int64), the stored columns
/// </code>
/// Only rows that are held are written, and buckets that have some; the index is made anew.
/// </content>
public sealed unsafe partial class StreamJoinOperator<TKey, TJoin>
{
    private const int Version = 1;

    /// <inheritdoc/>
    public override void Save(StateWriter writer)
    {
        writer.Write(Version);
        Save(_left, writer);
        Save(_right, writer);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The bytes are not those of such a join.</exception>
    public override void Load(StateReader reader)
    {
        int version = reader.Read<int>();
        if (version != Version)
            throw new InvalidDataException($"State of {Name} has version {version}; this program reads version {Version}.");
        Load(_left, reader);
        Load(_right, reader);
        CountState();
    }

    private void Save(JoinInput<TKey, TJoin> side, StateWriter writer)
    {
        JoinStore<TKey, TJoin> store = side.Store;
        writer.Write(store.TimeShift);
        writer.Write(store.WithoutTime.Count(bucket => bucket.Live > 0) + store.Timed.Count(bucket => bucket.Live > 0));
        foreach (JoinBucket<TKey, TJoin> bucket in store.WithoutTime.Concat(store.Timed))
        {
            if (bucket.Live > 0)
                Save(side, bucket, writer);
        }
    }

    private void Save(JoinInput<TKey, TJoin> side, JoinBucket<TKey, TJoin> bucket, StateWriter writer)
    {
        writer.Write(bucket.Number);
        writer.Write(bucket.Live);
        _removed.Clear();
        for (int row = 0; row < bucket.Rows; row++)
        {
            if ((bucket.Entries[row].Flags & JoinEntry<TKey>.Dead) != 0)
                continue;
            _removed.Add(row);
            writer.Write((byte)bucket.Entries[row].Flags);
        }

        foreach (int row in _removed.Span)
            writer.Write(bucket.Entries[row].Time);
        foreach (int ordinal in side.Side.Stored)
        {
            Column column = bucket.Columns[ordinal];
            if (bucket.Live == bucket.Rows)
            {
                ColumnState.Write(writer, column);
                continue;
            }

            Column held = Column.Create(column.Type);
            held.Gather(column, _removed.Span);
            ColumnState.Write(writer, held);
            held.Release();
        }
    }

    private void Load(JoinInput<TKey, TJoin> side, StateReader reader)
    {
        JoinStore<TKey, TJoin> store = side.Store;
        store.Clear();
        int shift = reader.Read<int>();
        if (shift < store.TimeShift || shift > 62)
            throw new InvalidDataException($"State of {Name} is damaged: its buckets are said to be 2^{shift} µs long.");
        store.TimeShift = shift;
        int buckets = reader.ReadCount(sizeof(long) + sizeof(int));
        for (int i = 0; i < buckets; i++)
            LoadBucket(side, reader);
    }

    private void LoadBucket(JoinInput<TKey, TJoin> side, StateReader reader)
    {
        JoinStore<TKey, TJoin> store = side.Store;
        long number = reader.Read<long>();
        int rows = reader.ReadCount(sizeof(byte) + sizeof(long));
        if (number != NoTime && !store.IsTimed)
            throw new InvalidDataException($"State of {Name} is damaged: it has rows by time where none are kept so.");
        ReadOnlySpan<byte> flags = reader.ReadRaw(rows);
        ReadOnlySpan<byte> times = reader.ReadRaw(checked(rows * sizeof(long)));
        ColumnBatch batch = new(side.Side.Schema);
        try
        {
            foreach (int column in side.Side.Stored)
                ColumnState.Read(reader, batch[column], rows);
            batch.Length = rows;
            for (int start = 0; start < rows; start += JoinMemory<TKey>.BlockRows)
            {
                int count = Math.Min(JoinMemory<TKey>.BlockRows, rows - start);
                LoadBlock(side, batch, start, count, number, flags.Slice(start, count), times.Slice(start * sizeof(long), count * sizeof(long)));
            }
        }
        finally
        {
            batch.Release();
        }
    }

    private void LoadBlock(JoinInput<TKey, TJoin> side, ColumnBatch batch, int start, int count, long number, ReadOnlySpan<byte> flags, ReadOnlySpan<byte> times)
    {
        JoinMemory<TKey> memory = _memory;
        JoinStore<TKey, TJoin> store = side.Store;
        if (side.IsLeft)
            _join.ReadLeftKeys(batch, start, new Span<TKey>(memory.Keys, count), new Span<int>(memory.Found, count));
        else
            _join.ReadRightKeys(batch, start, new Span<TKey>(memory.Keys, count), new Span<int>(memory.Found, count));
        times.CopyTo(new Span<byte>(memory.Times, times.Length));
        for (int row = 0; row < count; row++)
        {
            memory.Rows[row] = row;
            memory.Hashes[row] = TJoin.Hash(memory.Keys[row]) & _hashMask;
            memory.Matched[row] = (byte)(flags[row] & JoinEntry<TKey>.Matched);
            bool isAtHome = number == NoTime ? memory.Times[row] == 0 : memory.Times[row] >> store.TimeShift == number;
            if (!isAtHome || (flags[row] & ~JoinEntry<TKey>.Matched) != 0)
                throw new InvalidDataException($"State of {Name} is damaged: a row with time {memory.Times[row]} and flags {flags[row]} in bucket {number}.");
        }

        store.Append(number, Probe(memory.Rows, count, 0, 0), memory.Matched, batch, start, side.Side.Stored, memory.Picks);
    }
}
