using System.Runtime.CompilerServices;
using Typed.Columns;

namespace Typed.Operators;

/// <content>The way of a batch: which of its rows take part, their groups by time, the search, the state.</content>
public sealed unsafe partial class StreamJoinOperator<TKey, TJoin>
{
    private const long NoTime = long.MinValue;

    private readonly uint _hashMask = GroupHash.Constant ? 0 : uint.MaxValue;
    private readonly JoinMemory<TKey> _memory;
    private readonly JoinGroups _groups = new();
    private int[] _lateRows = [];
    private long[] _lateTimes = [];

    internal override void HashRows(ColumnBatch batch, int input, Span<uint> hashes)
    {
        for (int start = 0; start < batch.Length; start += JoinMemory<TKey>.BlockRows)
        {
            int count = Math.Min(JoinMemory<TKey>.BlockRows, batch.Length - start);
            ReadKeys(input == 0, batch, start, new Span<TKey>(_memory.Keys, count), new Span<int>(_memory.Found, count));
            for (int i = 0; i < count; i++)
                hashes[start + i] = TJoin.Hash(_memory.Keys[i]);
        }
    }

    private void ReadKeys(bool isLeft, ColumnBatch batch, int start, Span<TKey> keys, Span<int> found)
    {
        if (isLeft)
            _join.ReadLeftKeys(batch, start, keys, found);
        else
            _join.ReadRightKeys(batch, start, keys, found);
    }

    private void Take(JoinInput<TKey, TJoin> side, ColumnBatch batch)
    {
        for (int start = 0; start < batch.Length; start += JoinMemory<TKey>.BlockRows)
            TakeBlock(side, batch, start, Math.Min(JoinMemory<TKey>.BlockRows, batch.Length - start));
    }

    private void TakeBlock(JoinInput<TKey, TJoin> side, ColumnBatch batch, int start, int count)
    {
        JoinMemory<TKey> memory = _memory;
        ReadKeys(side.IsLeft, batch, start, new Span<TKey>(memory.Keys, count), new Span<int>(memory.Found, count));
        count = Choose(side, batch, start, count);
        if (count == 0)
            return;
        Counts.Grouped += count;
        int* rows = memory.Rows;
        for (int i = 0; i < count; i++)
            memory.Hashes[rows[i]] = TJoin.Hash(memory.Keys[rows[i]]) & _hashMask;
        if (!side.Store.IsTimed)
        {
            TakeBack(side, rows, count);
            TakeGroup(side, batch, start, rows, count, NoTime);
            return;
        }

        ReadTimes(side, batch, start, rows, count);
        TakeBack(side, rows, count);
        int groups = _groups.Split(memory.Times, rows, count, side.Store.TimeShift, memory.GroupOf, memory.Grouped);
        if (groups == 1)
        {
            TakeGroup(side, batch, start, rows, count, _groups.Number(0));
            return;
        }

        for (int group = 0; group < groups; group++)
            TakeGroup(side, batch, start, memory.Grouped + _groups.Start(group), _groups.Count(group), _groups.Number(group));
    }

    // Rows of one bucket: each finds its matches, then they are stored.
    private void TakeGroup(JoinInput<TKey, TJoin> side, ColumnBatch batch, int start, int* rows, int count, long number)
    {
        JoinMemory<TKey> memory = _memory;
        for (int i = 0; i < count; i++)
            memory.Matched[rows[i]] = 0;
        long least = 0;
        long greatest = 0;
        if (number == NoTime)
        {
            for (int i = 0; i < count; i++)
                memory.Times[rows[i]] = 0;
        }
        else
        {
            (least, greatest) = (long.MaxValue, long.MinValue);
            for (int i = 0; i < count; i++)
            {
                least = Math.Min(least, memory.Times[rows[i]]);
                greatest = Math.Max(greatest, memory.Times[rows[i]]);
            }
        }

        JoinStore<TKey, TJoin> other = Other(side).Store;
        if (!_isBand)
        {
            foreach (JoinBucket<TKey, TJoin> bucket in other.Timed)
                SearchBucket(side, bucket, batch, start, Probe(rows, count, -AnyDistance, AnyDistance));
        }
        else if (number != NoTime)
        {
            SearchBand(side, other, batch, start, rows, count, least, greatest);
        }

        // Without a time a row is near all others, or, where the time is a key, those that have none either (semantics 6.1.3).
        if (!_isBand || (_byKey && number == NoTime))
        {
            foreach (JoinBucket<TKey, TJoin> bucket in other.WithoutTime)
                SearchBucket(side, bucket, batch, start, Probe(rows, count, -AnyDistance, AnyDistance));
        }

        Keep(side, batch, start, rows, count, number);
    }

    private void SearchBand(JoinInput<TKey, TJoin> side, JoinStore<TKey, TJoin> other, ColumnBatch batch, int start, int* rows, int count, long least, long greatest)
    {
        (long low, long high) = side.IsLeft ? (_least, _greatest) : (-_greatest, -_least);
        int shift = other.TimeShift;
        long last = (greatest + high) >> shift;
        for (int i = other.FirstFrom((least + low) >> shift); i < other.Timed.Count && other.Timed[i].Number <= last; i++)
        {
            long from = other.Timed[i].Number << shift;
            long to = from + (1L << shift) - 1;
            if (least + high >= from && greatest + low <= to)
            {
                SearchBucket(side, other.Timed[i], batch, start, Probe(rows, count, low, high));
                continue;
            }

            int near = 0;
            for (int k = 0; k < count; k++)
            {
                long time = _memory.Times[rows[k]];
                _memory.Near[near] = rows[k];
                near += time + high >= from & time + low <= to ? 1 : 0;
            }

            if (near > 0)
                SearchBucket(side, other.Timed[i], batch, start, Probe(_memory.Near, near, low, high));
        }
    }

    private void SearchBucket(JoinInput<TKey, TJoin> side, JoinBucket<TKey, TJoin> bucket, ColumnBatch batch, int start, in JoinProbe<TKey> probe)
    {
        if (bucket.Live == 0)
            return;
        JoinMemory<TKey> memory = _memory;
        bucket.Stamp = _epoch << JoinEntry<TKey>.FlagBits;
        bool onlyFirst = side.IsLeft && GivesLeftOnly && !TJoin.HasResidual;
        JoinCursor cursor = new();
        int count;
        do
        {
            count = bucket.Search(probe, onlyFirst, ref cursor, memory.PairRows, memory.PairStored, JoinMemory<TKey>.PairRoom);
            if (count > 0)
                TakePairs(side, bucket, batch, start, count);
        }
        while (count == JoinMemory<TKey>.PairRoom);
    }

    private void TakePairs(JoinInput<TKey, TJoin> side, JoinBucket<TKey, TJoin> bucket, ColumnBatch batch, int start, int count)
    {
        JoinMemory<TKey> memory = _memory;
        int* own = memory.PairRows;
        int* stored = memory.PairStored;
        for (int i = 0; i < count; i++)
            own[i] += start;
        if (TJoin.HasResidual)
        {
            count = side.IsLeft
                ? _join.Keep(batch, bucket.Columns, Context, new JoinPairs(own, stored, count))
                : _join.Keep(bucket.Columns, batch, Context, new JoinPairs(stored, own, count));
        }

        if (count > 0)
            bucket.LastHit = _epoch;
        for (int i = 0; i < count; i++)
            memory.Matched[own[i] - start] = 1;
        if (!GivesLeftOnly)
        {
            for (int i = 0; i < count; i++)
                bucket.Match(stored[i]);
            if (side.IsLeft)
                EmitPairs(batch, own, bucket.Columns, stored, count);
            else
                EmitPairs(bucket.Columns, stored, batch, own, count);
        }
        else if (side.IsLeft)
        {
            for (int i = 0; i < count; i++)
                bucket.Match(stored[i]);
        }
        else
        {
            RemoveMatched(bucket, stored, count);
        }
    }

    // A stored left row of a semi or anti join leaves with its first match (semantics 6.1.7).
    private void RemoveMatched(JoinBucket<TKey, TJoin> bucket, int* stored, int count)
    {
        _removed.Clear();
        for (int i = 0; i < count; i++)
        {
            if (!bucket.Remove(stored[i]))
                continue;
            _removed.Add(stored[i]);
            SaveRemoval(_left, bucket, stored[i]);
        }

        _left.Store.Rows -= _removed.Count;
        State.Removed += _removed.Count;
        Counts.Closed += _removed.Count;
        NoteThinned(bucket);
        if (_kind == StreamJoinKind.LeftSemi)
            EmitUnpaired(_left, bucket.Columns, _removed.Span);
    }

    private void Keep(JoinInput<TKey, TJoin> side, ColumnBatch batch, int start, int* rows, int count, long number)
    {
        JoinMemory<TKey> memory = _memory;
        int* kept = memory.Near;
        int keeps = 0;
        bool leavesMatched = GivesLeftOnly && side.IsLeft;
        bool leavesOld = side != _first && !leavesMatched && side.Side.IsBounded && number != NoTime;
        if (!leavesMatched && !leavesOld)
        {
            Append(side, batch, start, rows, count, number);
            return;
        }

        int* given = memory.Picks;
        int gives = 0;
        int left = 0;
        for (int i = 0; i < count; i++)
        {
            int row = rows[i];
            bool isMatched = memory.Matched[row] != 0;
            if (leavesMatched ? isMatched : memory.Times[row] <= side.StateWatermark && (isMatched || !side.IsPreserved))
            {
                given[gives] = start + row;
                gives += isMatched ? 1 : 0;
                left++;
            }
            else
            {
                kept[keeps++] = row;
            }
        }

        Counts.Closed += gives;
        Counts.Expired += left - gives;
        if (_kind == StreamJoinKind.LeftSemi && leavesMatched && gives > 0)
            EmitUnpaired(side, batch, new ReadOnlySpan<int>(given, gives));
        if (keeps > 0)
            Append(side, batch, start, kept, keeps, number);
    }

    private void Append(JoinInput<TKey, TJoin> side, ColumnBatch batch, int start, int* rows, int count, long number)
    {
        side.Store.Append(number, Probe(rows, count, 0, 0), _memory.Matched, batch, start, side.Side.Stored, _memory.Picks, _epoch);
        State.Updated += count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private JoinProbe<TKey> Probe(int* rows, int count, long least, long greatest) =>
        new(_memory.Keys, _memory.Hashes, _memory.Times, _memory.Found, rows, count, least, greatest);

    private void ReadTimes(JoinInput<TKey, TJoin> side, ColumnBatch batch, int start, int* rows, int count)
    {
        Column column = batch[side.Side.BucketColumn];
        long* from = EventTimes.Of(column) + start;
        for (int i = 0; i < count; i++)
            _memory.Times[rows[i]] = from[rows[i]];
        if (column.NullCount == 0)
            return;
        for (int i = 0; i < count; i++)
        {
            if (column.IsNull(start + rows[i]))
                _memory.Times[rows[i]] = NoTime;
        }
    }

    // The end of a window stands for it (semantics 2.3.1).
    // Leaves out the rows that are late (semantics 2.3.5), that can match nothing, or whose key is null (semantics 6.1.3).
    private int Choose(JoinInput<TKey, TJoin> side, ColumnBatch batch, int start, int count)
    {
        int* rows = _memory.Rows;
        int left = DropLate(side, batch, start, count);
        if (side.Side.CanMatchColumn >= 0)
            left = PassUnmatchable(side, batch, start, left);
        if (side.IsPreserved)
            return left;
        int kept = 0;
        for (int i = 0; i < left; i++)
        {
            int row = rows[i];
            rows[kept] = row;
            kept += _memory.Found[row] >= 0 ? 1 : 0;
        }

        Counts.Filtered += left - kept;
        return kept;
    }

    private int DropLate(JoinInput<TKey, TJoin> side, ColumnBatch batch, int start, int count)
    {
        int* rows = _memory.Rows;
        if (side.Side.TimeColumn < 0)
        {
            for (int row = 0; row < count; row++)
                rows[row] = row;
            return count;
        }

        Column column = batch[side.Side.TimeColumn];
        long* times = EventTimes.Of(column) + start;
        long watermark = LateWatermark;
        int kept = 0;
        int late = 0;
        for (int row = 0; row < count; row++)
        {
            rows[kept] = row;
            if (times[row] > watermark || column.IsNull(start + row))
                kept++;
            else
                _memory.Picks[late++] = row;
        }

        if (late > 0)
            SendLate(batch, start, times, late);
        return kept;
    }

    private void SendLate(ColumnBatch batch, int start, long* times, int count)
    {
        Counts.Late += count;
        State.DroppedByWatermark += count;
        if (LateRows is not { } late)
            return;
        if (_lateRows.Length < count)
            (_lateRows, _lateTimes) = (new int[JoinMemory<TKey>.BlockRows], new long[JoinMemory<TKey>.BlockRows]);
        int[]? origin = batch.Origin is null ? null : batch.OriginRows;
        for (int i = 0; i < count; i++)
        {
            int row = _memory.Picks[i];
            _lateRows[i] = origin is null ? start + row : origin[start + row];
            _lateTimes[i] = times[row];
        }

        late.Take(Name, batch.Origin ?? batch, _lateRows.AsSpan(0, count), _lateTimes.AsSpan(0, count), LateWatermark);
    }

    // A row that its own side's condition keeps from any match is given at once and never stored (semantics 6.1.4).
    private int PassUnmatchable(JoinInput<TKey, TJoin> side, ColumnBatch batch, int start, int count)
    {
        BoolColumn canMatch = (BoolColumn)batch[side.Side.CanMatchColumn];
        int* rows = _memory.Rows;
        int kept = 0;
        int passed = 0;
        for (int i = 0; i < count; i++)
        {
            int row = rows[i];
            rows[kept] = row;
            if (canMatch[start + row] && canMatch.IsValid(start + row))
                kept++;
            else
                _memory.Picks[passed++] = start + row;
        }

        if (passed == 0)
            return kept;
        if (side.IsPreserved)
        {
            _passed += passed;
            EmitUnpaired(side, batch, new ReadOnlySpan<int>(_memory.Picks, passed));
        }
        else
        {
            Counts.Filtered += passed;
        }

        return kept;
    }
}
