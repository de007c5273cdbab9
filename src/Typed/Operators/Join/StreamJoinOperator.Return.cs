using Typed.State;

namespace Typed.Operators;

/// <content>The way back from the spill area: before rows are taken that may match what is there, and when time ends it.</content>
public sealed unsafe partial class StreamJoinOperator<TKey, TJoin>
{
    private readonly Returning _returning;
    private SpillBatch _wanted = new();
    private SpillBatch _wantedNext = new();

    // Rows of a block may match rows of the other side, and go to those of their own side: a key is in one place.
    private void TakeBack(JoinInput<TKey, TJoin> side, int* rows, int count)
    {
        JoinStore<TKey, TJoin> own = side.Store;
        JoinStore<TKey, TJoin> other = Other(side).Store;
        if ((own.Spilled.IsEmpty && other.Spilled.IsEmpty) || SpillArea is not { } area)
            return;
        (long low, long high) = side.IsLeft ? (_least, _greatest) : (-_greatest, -_least);
        for (int i = 0; i < count; i++)
        {
            int row = rows[i];
            if (_memory.Found[row] < 0)
                continue;
            long time = own.IsTimed ? _memory.Times[row] : NoTime;
            Want(side, own.NumberOf(time), row);
            if (!_isBand)
            {
                foreach (long number in other.Spilled.Numbers)
                    Want(Other(side), number, row);
            }
            else if (time != NoTime)
            {
                long last = (time + high) >> other.TimeShift;
                for (int part = other.Spilled.FirstFrom((time + low) >> other.TimeShift); part < other.Spilled.Numbers.Count && other.Spilled.Numbers[part] <= last; part++)
                    Want(Other(side), other.Spilled.Numbers[part], row);
            }
            else if (_byKey)
            {
                Want(Other(side), NoTime, row);
            }
        }

        if (_wanted.Count == 0)
            return;
        _returning.Settles = false;
        _wanted.TakeFrom(area, _returning);
        TakeRest(area);
    }

    private void Want(JoinInput<TKey, TJoin> side, long number, int row)
    {
        if (!side.Store.Spilled.Has(number) || side.Store.Holds(number, _memory.Keys[row], _memory.Hashes[row]))
            return;
        BeginChunk(_wanted, side.Table, number, TJoin.Hash(_memory.Keys[row]), SpillArea.NeverDue, 0);
        TJoin.SaveKey(_memory.Keys[row], _wanted.Writer);
        _wanted.End();
    }

    // What the state watermark has passed. Where nothing comes out of it, buckets that it has passed as a whole are forgotten where they are.
    private void EvictSpilled(JoinInput<TKey, TJoin> side)
    {
        JoinStore<TKey, TJoin> store = side.Store;
        if (SpillArea is not { } area)
            return;
        int first = store.Spilled.FirstFrom(NoTime + 1);
        while (!side.IsPreserved && first < store.Spilled.Numbers.Count && store.LastTime(store.Spilled.Numbers[first]) <= side.StateWatermark)
        {
            long number = store.Spilled.Numbers[first];
            (long rows, long matched) = store.Spilled.Of(number);
            area.DropPart(side.Table, number);
            store.Spilled.Remove(number);
            Leave(side, rows, rows - matched);
        }

        if (first == store.Spilled.Numbers.Count || store.Spilled.Numbers[first] << store.TimeShift > side.StateWatermark)
            return;
        _returning.Settles = true;
        area.TakeDue(side.Table, side.StateWatermark, _returning);
        TakeRest(area);
    }

    // The other chunks of keys of which one has come.
    private void TakeRest(SpillArea area)
    {
        while (_wantedNext.Count > 0)
        {
            (_wanted, _wantedNext) = (_wantedNext, _wanted);
            _wanted.TakeFrom(area, _returning);
        }

        foreach (JoinInput<TKey, TJoin> side in (ReadOnlySpan<JoinInput<TKey, TJoin>>)[_left, _right])
        {
            Arrive(side, side.Returned);
            if (side.ReturnedChunks.Count == 0)
                continue;
            foreach (JoinArrivals block in JoinArrivals.Ordered(side.Side, side.ReturnedChunks, JoinMemory<TKey>.BlockRows))
                Arrive(side, block);
            side.ReturnedChunks.ForEach(chunks => chunks.Dispose());
            side.ReturnedChunks.Clear();
        }
    }

    private void TakeReturned(int table, long number, StateReader key, StateReader value)
    {
        JoinInput<TKey, TJoin> side = table == LeftTable ? _left : _right;
        bool isByKey = key.Read<byte>() == ByKey;
        int chunk = isByKey ? key.Read<int>() : 0;
        int chunks = value.Read<int>();
        int count = value.Read<int>();
        JoinArrivals arrivals = side.Returned;
        if (chunks > 1)
        {
            WantChunks(side, number, chunk, chunks, key);
            if (side.ReturnedChunks.Count == 0 || side.ReturnedChunks[^1].IsFull)
                side.ReturnedChunks.Add(new JoinArrivals(side.Side));
            arrivals = side.ReturnedChunks[^1];
        }

        JoinArrival* rows = stackalloc JoinArrival[ChunkRows];
        int matched = 0;
        for (int row = 0; row < count; row++)
        {
            rows[row] = new JoinArrival(value.Read<long>(), 0, value.Read<long>(), value.Read<int>() | (_epoch << JoinEntry<TKey>.FlagBits));
            matched += (rows[row].Flags & JoinEntry<TKey>.Matched) != 0 ? 1 : 0;
        }

        for (int row = 0; row < count; row++)
            arrivals.Add(rows[row], value);
        side.Store.Spilled.Add(number, -count, -matched);
        if (arrivals == side.Returned && arrivals.Count >= JoinMemory<TKey>.BlockRows)
            Arrive(side, arrivals);
    }

    private void WantChunks(JoinInput<TKey, TJoin> side, long number, int chunk, int chunks, StateReader key)
    {
        _loadedKey.Reset();
        TJoin.LoadKey(key, _loadedKey, out TKey keys);
        uint hash = TJoin.Hash(keys);

        // The first one asks for all the others, each other one for the first.
        for (int wanted = chunk == 0 ? 1 : 0; wanted < (chunk == 0 ? chunks : 1); wanted++)
        {
            BeginChunk(_wantedNext, side.Table, number, hash, SpillArea.NeverDue, wanted);
            TJoin.SaveKey(keys, _wantedNext.Writer);
            _wantedNext.End();
        }
    }

    private void Arrive(JoinInput<TKey, TJoin> side, JoinArrivals arrivals)
    {
        for (int start = 0; start < arrivals.Count; start += JoinMemory<TKey>.BlockRows)
        {
            int count = Math.Min(JoinMemory<TKey>.BlockRows, arrivals.Count - start);
            if (_returning.Settles)
                Settle(side, arrivals, start, count);
            else
                AppendAgain(side, arrivals, start, count);
        }

        arrivals.Clear();
    }

    // Rows whose time has come leave without going through memory; those of the same keys whose time has not are held.
    private void Settle(JoinInput<TKey, TJoin> side, JoinArrivals arrivals, int start, int count)
    {
        JoinMemory<TKey> memory = Again;
        ReadOnlySpan<JoinArrival> rows = arrivals.Rows.Slice(start, count);
        _removed.Clear();
        int stay = 0;
        for (int row = 0; row < count; row++)
        {
            (long number, _, long time, int flags) = rows[row];
            if (time == NoTime || time > side.StateWatermark)
            {
                memory.Rows[stay++] = row;
                (memory.Times[row], memory.Numbers[row], memory.Flags[row]) = (time, number, flags);
            }
            else if ((flags & JoinEntry<TKey>.Matched) == 0)
            {
                _removed.Add(start + row);
            }
        }

        if (side.IsPreserved && _removed.Count > 0)
            EmitUnpaired(side, arrivals.Columns, _removed.Span);
        Leave(side, count - stay, _removed.Count);
        if (stay > 0)
            AppendAgain(side, arrivals.Columns, start, count, stay);
    }

    // The least time of a row of a bucket that has found no match, among those that are spilled.
    private long FirstUnmatchedSpilled(JoinInput<TKey, TJoin> side)
    {
        JoinSpilled spilled = side.Store.Spilled;
        for (int part = spilled.FirstFrom(NoTime + 1); part < spilled.Numbers.Count && SpillArea is not null; part++)
        {
            (long rows, long matched) = spilled.Of(spilled.Numbers[part]);
            if (rows == matched)
                continue;
            EarliestUnmatched earliest = new();
            SpillArea.Visit(side.Table, spilled.Numbers[part], earliest);
            return earliest.Time;
        }

        return long.MaxValue;
    }

    private sealed class Returning(StreamJoinOperator<TKey, TJoin> join) : ISpillTarget
    {
        /// <summary>Whether rows whose time has come leave.</summary>
        public bool Settles { get; set; }

        public void Take(int table, long part, StateReader key, StateReader value) => join.TakeReturned(table, part, key, value);
    }

    private sealed class EarliestUnmatched : ISpillTarget
    {
        public long Time { get; private set; } = long.MaxValue;

        public void Take(int table, long part, StateReader key, StateReader value)
        {
            value.Read<int>();
            int rows = value.Read<int>();
            for (int row = 0; row < rows; row++)
            {
                value.Read<long>();
                long time = value.Read<long>();
                if ((value.Read<int>() & JoinEntry<TKey>.Matched) == 0)
                    Time = Math.Min(Time, time);
            }
        }
    }
}
