using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <content>
/// The state as entries:
/// <code>
/// tables 0, 1: the rows of the left and of the right side
///   time: that of the row, µs, so that the state watermark ends it; none for a row without time
///   key: the keys of the join (see SaveKey), number (int64)
///   value: matched (byte: 0 or 2), the stored columns (see RowState)
/// tables 2, 3: rows of tables 0 and 1 that found their match after they were stored; the same time and key, no value
/// head: "left rows", "right rows": the number of the next row (greatest); floor of each table: the least time that is held
/// </code>
/// A row is written once, and removed only where it leaves before its time, as with its match in a semi join.
/// </content>
public sealed unsafe partial class StreamJoinOperator<TKey, TJoin>
{
    private const int LeftTable = 0;
    private const int RightTable = 1;
    private const int MatchedTables = 2;
    private const string LeftRows = "left rows";
    private const string RightRows = "right rows";

    private readonly Arena _loadedKey = new();
    private JoinLoading? _loadingLeft;
    private JoinLoading? _loadingRight;

    internal override StateLayout Layout
    {
        get
        {
            string key = StateField.Join(TJoin.KeyLayout, "Number int64");
            return new([
                StateTable.Of(LeftTable, "left", StateTimeKind.Instant, key, RowOf(_left.Side)),
                StateTable.Of(RightTable, "right", StateTimeKind.Instant, key, RowOf(_right.Side)),
                StateTable.Of(LeftTable + MatchedTables, "left matched", StateTimeKind.Instant, key, ""),
                StateTable.Of(RightTable + MatchedTables, "right matched", StateTimeKind.Instant, key, ""),
            ]);

            static string RowOf(JoinSide side) => StateField.Join(
                ["Matched uint8", .. side.Stored.Select(column => new StateField(side.Schema.Fields[column].Name, StateType.OfRow(side.Schema.Fields[column].Type)).ToString())]);
        }
    }

    internal override bool TakesTimes(int table) => (table % MatchedTables == LeftTable ? _left : _right).Store.IsTimed;

    private protected override bool SaveEntries(StateChanges changes, CaptureSlice slice) => Save(_left, changes, slice) && Save(_right, changes, slice);

    internal override void SaveHead(StateHead head)
    {
        head.SetMax(LeftRows, _left.Store.Next);
        head.SetMax(RightRows, _right.Store.Next);
        for (int table = 0; table <= MatchedTables; table += MatchedTables)
        {
            head.SetFloor(LeftTable + table, _left.Floor);
            head.SetFloor(RightTable + table, _right.Floor);
        }
    }

    /// <exception cref="InvalidDataException">It is not the head of such a join.</exception>
    private protected override void BeginLoad(StateHead head)
    {
        _loadingLeft?.Dispose();
        _loadingRight?.Dispose();
        LoadHead(_left, head.Get(LeftRows), head.FloorOf(LeftTable));
        LoadHead(_right, head.Get(RightRows), head.FloorOf(RightTable));
        _loadingLeft = new JoinLoading(_left.Side);
        _loadingRight = new JoinLoading(_right.Side);
    }

    /// <exception cref="InvalidDataException">It is not an entry of such a join.</exception>
    internal override void LoadEntry(in StateEntry entry)
    {
        if (_loadingLeft is null || _loadingRight is null)
            throw new InvalidOperationException($"Entries of {Name} came before their head.");
        if ((uint)entry.Table >= 2 * MatchedTables)
            throw Damaged($"an entry of table {entry.Table}");
        bool isLeft = entry.Table % MatchedTables == LeftTable;
        JoinInput<TKey, TJoin> side = isLeft ? _left : _right;
        JoinLoading loading = isLeft ? _loadingLeft : _loadingRight;
        _loadedKey.Reset();
        TJoin.LoadKey(entry.Key, _loadedKey, out TKey key);
        long number = entry.Key.Read<long>();
        if (number < 0 || number >= side.Store.Next || entry.Shard != Shard.Of(TJoin.Hash(key)))
            throw Damaged($"row {number} of {side.Store.Next} in shard {entry.Shard}");
        JoinArrival arrival = new(number, entry.Shard, entry.Time == StateEntry.NoTime ? NoTime : entry.Time, JoinEntry<TKey>.Stored);
        if (entry.Table >= MatchedTables)
        {
            loading.Match(arrival.Id);
            return;
        }

        byte matched = entry.Value.Read<byte>();
        if ((matched & ~JoinEntry<TKey>.Matched) != 0 || (arrival.Time != NoTime && !side.Store.IsTimed))
            throw Damaged($"a row with time {arrival.Time} and flags {matched}");
        JoinArrivals rows = loading.Bucket(side.Store.NumberOf(arrival.Time));
        rows.Add(arrival with { Flags = arrival.Flags | matched }, entry.Value);
        TKey found;
        int isFound;
        ReadKeys(side.IsLeft, rows.Columns, rows.Count - 1, new Span<TKey>(&found, 1), new Span<int>(&isFound, 1));
        if (!TJoin.Same(found, key))
            throw Damaged($"row {number} has another key than it is stored by");
    }

    /// <exception cref="InvalidDataException">Something is missing.</exception>
    internal override void LoadShardEnd()
    {
        // A key has all its rows in one shard. Without an area they are put in order all at once, at the end.
        if (SpillArea is not null)
            TakeLoaded();
    }

    /// <exception cref="InvalidDataException">Something is missing.</exception>
    internal override void LoadEnd()
    {
        TakeLoaded();
        _loadingLeft?.Dispose();
        _loadingRight?.Dispose();
        (_loadingLeft, _loadingRight) = (null, null);
        CountState();
    }

    private static void LoadHead(JoinInput<TKey, TJoin> side, long next, long floor)
    {
        if (next < 0)
            throw new InvalidDataException($"State of a join is damaged: the number of the next row is {next}.");
        side.Store.Clear();
        side.Store.Next = next;
        side.Floor = floor;
    }

    private void TakeLoaded()
    {
        TakeLoaded(_left, _loadingLeft);
        TakeLoaded(_right, _loadingRight);
    }

    private void TakeLoaded(JoinInput<TKey, TJoin> side, JoinLoading? loaded)
    {
        if (loaded is null)
            return;
        if (!loaded.ApplyMatches(JoinEntry<TKey>.Matched))
            throw Damaged("a row that has found a match is not there");
        foreach (List<JoinArrivals> parts in loaded.TakeBuckets())
        {
            side.Store.Rows += parts.Sum(part => (long)part.Count);
            foreach (JoinArrivals block in JoinArrivals.Ordered(side.Side, parts, JoinMemory<TKey>.BlockRows))
                AppendAgain(side, block, 0, block.Count);
        }
    }

    /// <returns>Whether nothing is left.</returns>
    private bool Save(JoinInput<TKey, TJoin> side, StateChanges changes, CaptureSlice slice) =>
        SaveRows(side, side.Store.WithoutTime, changes, slice) && SaveRows(side, side.Store.Timed, changes, slice) && SaveMatches(side, changes, slice);

    private bool SaveRows(JoinInput<TKey, TJoin> side, List<JoinBucket<TKey, TJoin>> buckets, StateChanges changes, CaptureSlice slice)
    {
        foreach (JoinBucket<TKey, TJoin> bucket in buckets)
        {
            for (int start = bucket.Saved; start < bucket.Rows; start += JoinMemory<TKey>.BlockRows)
            {
                int count = Math.Min(JoinMemory<TKey>.BlockRows, bucket.Rows - start);
                ReadKeys(side.IsLeft, bucket.Columns, start, new Span<TKey>(_memory.Keys, count), new Span<int>(_memory.Found, count));
                for (int row = 0; row < count; row++)
                {
                    if ((bucket.Entries[start + row].Flags & (JoinEntry<TKey>.Dead | JoinEntry<TKey>.Stored)) == 0)
                        SaveRow(side, bucket, start + row, _memory.Keys[row], changes);
                }

                bucket.Saved = start + count;
                slice.Add(count);
                if (slice.IsOver)
                    return false;
            }

            bucket.Saved = bucket.Rows;
        }

        return true;
    }

    private static void SaveRow(JoinInput<TKey, TJoin> side, JoinBucket<TKey, TJoin> bucket, int row, in TKey key, StateChanges changes)
    {
        changes.BeginPut(side.Table, TimeOf(bucket, row), TJoin.Hash(key));
        TJoin.SaveKey(key, changes.Writer);
        changes.Writer.Write(bucket.NumberOf(row));
        changes.BeginValue();
        changes.Writer.Write((byte)(bucket.Entries[row].Flags & JoinEntry<TKey>.Matched));
        foreach (int column in side.Side.Stored)
            RowState.Write(changes.Writer, bucket.Columns[column], row);
        changes.End();
        bucket.Entries[row].Flags |= JoinEntry<TKey>.Stored;
    }

    // The latest first: what is written is cut off.
    private static bool SaveMatches(JoinInput<TKey, TJoin> side, StateChanges changes, CaptureSlice slice)
    {
        List<JoinRow<TKey, TJoin>> rows = side.Store.MatchedSince;
        while (rows.Count > 0)
        {
            int start = Math.Max(0, rows.Count - JoinMemory<TKey>.BlockRows);
            for (int i = start; i < rows.Count; i++)
                SaveMatch(side, rows[i].Bucket, rows[i].Row, changes);
            slice.Add(rows.Count - start);
            rows.RemoveRange(start, rows.Count - start);
            if (slice.IsOver)
                return false;
        }

        return true;
    }

    // A row may be noted twice, and have left since.
    private static void SaveMatch(JoinInput<TKey, TJoin> side, JoinBucket<TKey, TJoin> bucket, int row, StateChanges changes)
    {
        if (row >= bucket.Rows || (bucket.Entries[row].Flags & (JoinEntry<TKey>.MatchedSince | JoinEntry<TKey>.Dead)) != JoinEntry<TKey>.MatchedSince)
            return;
        ref TKey key = ref bucket.Entries[row].Key;
        changes.BeginPut(side.Table + MatchedTables, TimeOf(bucket, row), TJoin.Hash(key));
        TJoin.SaveKey(key, changes.Writer);
        changes.Writer.Write(bucket.NumberOf(row));
        changes.BeginValue();
        changes.End();
        bucket.Entries[row].Flags &= ~JoinEntry<TKey>.MatchedSince;
    }

    private void SaveRemoval(JoinInput<TKey, TJoin> side, JoinBucket<TKey, TJoin> bucket, int row)
    {
        if (Early is not { } early || (bucket.Entries[row].Flags & JoinEntry<TKey>.Stored) == 0)
            return;
        ref TKey key = ref bucket.Entries[row].Key;
        early.BeginRemove(side.Table, TimeOf(bucket, row), TJoin.Hash(key));
        TJoin.SaveKey(key, early.Writer);
        early.Writer.Write(bucket.NumberOf(row));
        early.End();
    }

    private static long TimeOf(JoinBucket<TKey, TJoin> bucket, int row) =>
        bucket.Number == JoinStore<TKey, TJoin>.Untimed ? StateEntry.NoTime : bucket.Entries[row].Time;

    private InvalidDataException Damaged(string what) => new($"State of {Name} is damaged: {what}.");
}
