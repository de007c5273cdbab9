using System.Runtime.InteropServices;
using Typed.State;

namespace Typed.Operators;

/// <content>
/// What memory has no room for goes to the spill area by key: all rows of a key in a bucket are there, or all are here.
/// <code>
/// table: 0 or 1 as in the state     part: the number of the bucket     due: the least time of the key's rows there, if the state watermark ends them
/// key: 0 (byte), chunk (int32), the keys of the join; for rows that have a null in it, and so are never looked for: 1 (byte), number of the first row (int64)
/// value: chunks (int32), rows (int32), for each row number (int64), time (int64; the least for none), flags (int32), then for each row the stored columns
/// </code>
/// A key with many rows is cut into chunks, oldest rows first, that leave and come back together. Rows that are not stored yet are written for the
/// next snapshot before they go.
/// </content>
public sealed unsafe partial class StreamJoinOperator<TKey, TJoin>
{
    private const byte ByKey = 0;
    private const byte ByNumber = 1;
    private const int ChunkRows = 256;

    // Memory comes in powers of two, so that what leaves frees more or less than its share: some rounds come near, the last one lets all go.
    private const int Rounds = 4;
    private const double Generous = 1.1;

    private readonly SpillBatch _leaving = new();
    private readonly List<LeavingRow> _leavingRows = [];
    private readonly List<JoinBucket<TKey, TJoin>> _leavingBuckets = [];
    private readonly ColdGroups _cold = new();

    private protected override long HotBytes => _left.Store.MemoryBytes + _right.Store.MemoryBytes;

    /// <summary>
    /// First the buckets that were not needed for the longest time, and of a bucket that need not go as a whole the keys for which the same is true;
    /// then, if that was not enough, whatever is left.
    /// </summary>
    private protected override void SpillTo(SpillArea area, long keepBytes)
    {
        for (int round = 0; round < Rounds && HotBytes > keepBytes; round++)
        {
            foreach ((_, long number, JoinInput<TKey, TJoin> side) in Coldest())
            {
                long excess = HotBytes - keepBytes;
                if (excess <= 0)
                    break;
                SpillBucket(area, side, number, round < Rounds - 1 ? excess : long.MaxValue);
            }
        }

        _leaving.PutInto(area);
        NextEpoch();
    }

    private List<(int LastHit, long Number, JoinInput<TKey, TJoin> Side)> Coldest()
    {
        List<(int LastHit, long Number, JoinInput<TKey, TJoin> Side)> buckets = [];
        foreach (JoinInput<TKey, TJoin> side in (ReadOnlySpan<JoinInput<TKey, TJoin>>)[_left, _right])
        {
            foreach (IGrouping<long, JoinBucket<TKey, TJoin>> same in side.Store.WithoutTime.Concat(side.Store.Timed).GroupBy(bucket => bucket.Number))
                buckets.Add((same.Max(bucket => bucket.LastHit), same.Key, side));
        }

        buckets.Sort(static (one, other) => (one.LastHit, one.Number).CompareTo((other.LastHit, other.Number)));
        return buckets;
    }

    private void SpillBucket(SpillArea area, JoinInput<TKey, TJoin> side, long number, long excess)
    {
        // Several buckets may have one stretch of time: a key leaves all of them.
        List<JoinBucket<TKey, TJoin>> buckets = _leavingBuckets;
        buckets.Clear();
        buckets.AddRange((number == NoTime ? side.Store.WithoutTime : side.Store.Timed).Where(bucket => bucket.Number == number));
        long bytes = buckets.Sum(bucket => bucket.MemoryBytes);
        int age = excess >= bytes ? 0 : LeastAge(Generous * excess / bytes);
        long rows = side.Store.Spilled.Of(number).Rows;
        foreach (JoinBucket<TKey, TJoin> bucket in buckets)
        {
            LeaveUnkeyed(area, side, bucket);
            for (int slot = 0; slot < bucket.Slots; slot++)
            {
                int newest = bucket.NewestAt(slot);
                if (newest >= 0)
                    LeaveKey(area, side, number, bucket.Entries[newest].Key, age);
            }
        }

        if (side.Store.Spilled.Of(number).Rows == rows && buckets.Exists(bucket => bucket.Live > 0))
            return;

        // What stays is copied, in its order; all of them are taken out first so that nothing goes behind what is younger.
        buckets.ForEach(side.Store.TakeOut);
        foreach (JoinBucket<TKey, TJoin> bucket in buckets)
        {
            CopyLive(side, bucket);
            if (bucket.IsThinned)
                _thinned.Remove(bucket);
            side.Store.Close(bucket);
        }

        buckets.Clear();
    }

    // The age from which on keys have so much of the rows.
    private int LeastAge(double share)
    {
        _cold.Begin();
        long rows = 0;
        foreach (JoinBucket<TKey, TJoin> bucket in _leavingBuckets)
        {
            for (int slot = 0; slot < bucket.Slots; slot++)
            {
                int newest = bucket.NewestAt(slot);
                if (newest < 0)
                    continue;
                int age = FindRows(bucket.Entries[newest].Key);
                int here = 0;
                for (int row = newest; row >= 0; row = bucket.Entries[row].Next)
                    here += bucket.IsLive(row) ? 1 : 0;
                _cold.CountAged(age, here);
                rows += here;
            }
        }

        _cold.Decide(rows - (long)(rows * share));
        return _cold.LeastAge;
    }

    // The rows of a key that are held, in no order; how old the youngest of them is.
    private int FindRows(in TKey key)
    {
        _leavingRows.Clear();
        int age = ColdGroups.Ages - 1;
        uint hash = TJoin.Hash(key) & _hashMask;
        foreach (JoinBucket<TKey, TJoin> bucket in _leavingBuckets)
        {
            for (int row = bucket.Newest(key, hash); row >= 0; row = bucket.Entries[row].Next)
            {
                if (!bucket.IsLive(row))
                    continue;
                age = Math.Min(age, (_epoch - (bucket.Entries[row].Flags >>> JoinEntry<TKey>.FlagBits)) & ((1 << 23) - 1));
                _leavingRows.Add(new LeavingRow(bucket.NumberOf(row), bucket, row));
            }
        }

        return age;
    }

    private void LeaveKey(SpillArea area, JoinInput<TKey, TJoin> side, long number, in TKey key, int leastAge)
    {
        if (FindRows(key) < leastAge || _leavingRows.Count == 0)
            return;
        _leavingRows.Sort(static (one, other) => one.Number.CompareTo(other.Number));
        ReadOnlySpan<LeavingRow> rows = CollectionsMarshal.AsSpan(_leavingRows);
        long due = Due(side, number, rows);
        uint hash = TJoin.Hash(key);
        int chunks = (rows.Length + ChunkRows - 1) / ChunkRows;
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            BeginChunk(_leaving, side.Table, number, hash, due, chunk);
            TJoin.SaveKey(key, _leaving.Writer);
            _leaving.BeginValue();
            int start = chunk * ChunkRows;
            WriteLeaving(side, number, rows.Slice(start, Math.Min(ChunkRows, rows.Length - start)), chunks, key);
            EndLeaving(area);
        }
    }

    private void LeaveUnkeyed(SpillArea area, JoinInput<TKey, TJoin> side, JoinBucket<TKey, TJoin> bucket)
    {
        _leavingRows.Clear();
        for (int row = 0; row < bucket.Rows && side.IsPreserved; row++)
        {
            if ((bucket.Entries[row].Flags & (JoinEntry<TKey>.Unkeyed | JoinEntry<TKey>.Dead)) == JoinEntry<TKey>.Unkeyed)
                _leavingRows.Add(new LeavingRow(bucket.NumberOf(row), bucket, row));
        }

        ReadOnlySpan<LeavingRow> all = CollectionsMarshal.AsSpan(_leavingRows);
        for (int start = 0; start < all.Length; start += ChunkRows)
        {
            ReadOnlySpan<LeavingRow> rows = all.Slice(start, Math.Min(ChunkRows, all.Length - start));
            _leaving.Begin(side.Table, bucket.Number, (uint)rows[0].Number, Due(side, bucket.Number, rows));
            _leaving.Writer.Write(ByNumber);
            _leaving.Writer.Write(rows[0].Number);
            _leaving.BeginValue();
            WriteLeaving(side, bucket.Number, rows, 1, default);
            EndLeaving(area);
        }
    }

    private static void BeginChunk(SpillBatch batch, int table, long number, uint hash, long due, int chunk)
    {
        batch.Begin(table, number, hash, due);
        batch.Writer.Write(ByKey);
        batch.Writer.Write(chunk);
    }

    private static long Due(JoinInput<TKey, TJoin> side, long number, ReadOnlySpan<LeavingRow> rows)
    {
        if (number == NoTime || !side.Side.IsBounded)
            return SpillArea.NeverDue;
        long due = SpillArea.NeverDue;
        foreach (LeavingRow row in rows)
            due = Math.Min(due, row.Bucket.Entries[row.Row].Time);
        return due;
    }

    private void WriteLeaving(JoinInput<TKey, TJoin> side, long number, ReadOnlySpan<LeavingRow> rows, int chunks, in TKey key)
    {
        StateWriter writer = _leaving.Writer;
        writer.Write(chunks);
        writer.Write(rows.Length);
        int matched = 0;
        foreach ((long rowNumber, JoinBucket<TKey, TJoin> bucket, int row) in rows)
        {
            SaveBefore(side, bucket, row, key);
            int flags = bucket.Entries[row].Flags & (JoinEntry<TKey>.Matched | JoinEntry<TKey>.Stored);
            matched += (flags & JoinEntry<TKey>.Matched) != 0 ? 1 : 0;
            writer.Write(rowNumber);
            writer.Write(number == NoTime ? NoTime : bucket.Entries[row].Time);
            writer.Write(flags);
        }

        foreach ((_, JoinBucket<TKey, TJoin> bucket, int row) in rows)
        {
            foreach (int column in side.Side.Stored)
                RowState.Write(writer, bucket.Columns[column], row);
            bucket.Remove(row);
        }

        side.Store.Spilled.Add(number, rows.Length, matched);
    }

    private void SaveBefore(JoinInput<TKey, TJoin> side, JoinBucket<TKey, TJoin> bucket, int row, in TKey key)
    {
        if (Early is not { } early)
            return;
        if ((bucket.Entries[row].Flags & JoinEntry<TKey>.Stored) != 0)
        {
            SaveMatch(side, bucket, row, early);
        }
        else if ((bucket.Entries[row].Flags & JoinEntry<TKey>.Unkeyed) == 0)
        {
            SaveRow(side, bucket, row, key, early);
        }
        else
        {
            TKey unkeyed;
            int found;
            ReadKeys(side.IsLeft, bucket.Columns, row, new Span<TKey>(&unkeyed, 1), new Span<int>(&found, 1));
            SaveRow(side, bucket, row, unkeyed, early);
        }
    }

    private void EndLeaving(SpillArea area)
    {
        _leaving.End();
        if (_leaving.IsLarge)
            _leaving.PutInto(area);
    }

    private readonly record struct LeavingRow(long Number, JoinBucket<TKey, TJoin> Bucket, int Row);
}
