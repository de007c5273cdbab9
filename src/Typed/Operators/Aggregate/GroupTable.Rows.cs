namespace Typed.Operators;

/// <content>The loops over rows.</content>
internal sealed unsafe partial class GroupTable<TKey, TAcc, TOps>
{
    /// <summary>How many rows are looked up at once in a large table: their keys and groups stay in the first cache.</summary>
    private const int ChunkRows = 256;

    /// <summary>Adds rows of the batch to which the aggregation is bound.</summary>
    public void Add<TRows>(in TOps aggregation, TRows rows, int count)
        where TRows : struct, IRowSelection
    {
        if (count == 0)
            return;
        Rows += count;
        if (typeof(TKey) == typeof(NoKey))
        {
            AddToOne(aggregation, rows, count);
            return;
        }

        if (_slots == null)
            Reserve(FewestSlots);
        for (int done = 0; done < count;)
        {
            bool large = IsLarge;
            int chunk = Math.Min(count - done, large ? MostRowsAtOnce : 4096);
            EnsureTouched(chunk);
            if (large)
                AddPrefetched(aggregation, rows, done, done + chunk);
            else
                AddDirectly(aggregation, rows, done, done + chunk);
            done += chunk;
        }
    }

    /// <summary>Adds rows of the batch to which the aggregation is bound, of which many have the key of the one before: their accumulator stays in registers.</summary>
    public void AddRuns<TRows>(TOps aggregation, TRows rows, int count)
        where TRows : struct, IRowSelection
    {
        Rows += count;
        if (count > 0 && typeof(TKey) == typeof(NoKey))
        {
            AddToOne(aggregation, rows, count);
            return;
        }

        for (int i = 0; i < count;)
        {
            aggregation.LoadKey(rows[i], out TKey key);
            aggregation.Start(out TAcc initial);
            int group = FindOrAdd(key, initial, ownKey: true, out _);
            Touch(group);
            TAcc acc = _records[group].Acc;
            TKey next;
            do
            {
                aggregation.Add(ref acc, rows[i++], Arena);
                if (i == count)
                    break;
                aggregation.LoadKey(rows[i], out next);
            }
            while (TOps.Same(next, key));
            _records[group].Acc = acc;
        }
    }

    /// <summary>Makes the group of an aggregation without keys, if no row has.</summary>
    public void AddEmptyGroup(TOps aggregation)
    {
        if (Top > 0)
            return;
        aggregation.Start(out TAcc initial);
        Insert(default, initial, 0, false);
    }

    private void AddToOne<TRows>(TOps aggregation, TRows rows, int count)
        where TRows : struct, IRowSelection
    {
        AddEmptyGroup(aggregation);
        Touch(0);
        TAcc acc = _records->Acc;
        for (int i = 0; i < count; i++)
            aggregation.Add(ref acc, rows[i], Arena);
        _records->Acc = acc;
    }

    private void AddDirectly<TRows>(TOps aggregation, TRows rows, int first, int end)
        where TRows : struct, IRowSelection
    {
        ulong* slots = _slots;
        int shift = _shift;
        uint mask = _mask;
        uint hashMask = _hashMask;
        uint epoch = Epoch;
        GroupRecord<TKey, TAcc>* records = _records;
        int* touched = _touched;
        int touchedCount = TouchedCount;
        Columns.Arena arena = Arena;
        for (int i = first; i < end; i++)
        {
            int row = rows[i];
            aggregation.LoadKey(row, out TKey key);
            uint hash = TOps.Hash(key) & hashMask;
            int group;
            for (uint at = hash >> shift; ; at = (at + 1) & mask)
            {
                ulong slot = slots[at];
                group = (int)(uint)slot - 1;
                if ((uint)(slot >> 32) == hash && group >= 0 && TOps.Same(key, records[group].Key))
                    break;
                if (group >= 0)
                    continue;
                TKey added = key;
                aggregation.Start(out TAcc initial);
                TouchedCount = touchedCount;
                group = Insert(added, initial, hash, true);
                slots = _slots;
                shift = _shift;
                mask = _mask;
                records = _records;
                touched = _touched;
                break;
            }

            // Written always and counted only if new: a branch here would be guessed wrongly for every other row.
            GroupRecord<TKey, TAcc>* record = records + group;
            touched[touchedCount] = group;
            touchedCount += record->Epoch == epoch ? 0 : 1;
            record->Epoch = epoch;
            aggregation.Add(ref record->Acc, row, arena);
        }

        TouchedCount = touchedCount;
    }

    private void AddPrefetched<TRows>(TOps aggregation, TRows rows, int first, int end)
        where TRows : struct, IRowSelection
    {
        TKey* keys = stackalloc TKey[ChunkRows];
        uint* hashes = stackalloc uint[ChunkRows];
        int* groups = stackalloc int[ChunkRows];
        uint hashMask = _hashMask;
        uint epoch = Epoch;
        Columns.Arena arena = Arena;
        for (int chunk = first; chunk < end; chunk += ChunkRows)
        {
            int count = Math.Min(ChunkRows, end - chunk);
            ulong* slots = _slots;
            int shift = _shift;
            uint mask = _mask;
            GroupRecord<TKey, TAcc>* records = _records;
            for (int i = 0; i < count; i++)
            {
                aggregation.LoadKey(rows[chunk + i], out TKey key);
                keys[i] = key;
                uint hash = TOps.Hash(key) & hashMask;
                hashes[i] = hash;
                Prefetch(slots + (hash >> shift));
            }

            for (int i = 0; i < count; i++)
            {
                uint hash = hashes[i];
                int group;
                for (uint at = hash >> shift; ; at = (at + 1) & mask)
                {
                    ulong slot = slots[at];
                    group = (int)(uint)slot - 1;
                    if (group < 0 || (uint)(slot >> 32) == hash)
                        break;
                }

                groups[i] = group;
                Prefetch(records + Math.Max(group, 0));
            }

            int* touched = _touched;
            int touchedCount = TouchedCount;
            for (int i = 0; i < count; i++)
            {
                int group = groups[i];
                if (group < 0 || !TOps.Same(keys[i], records[group].Key))
                {
                    // New, or new a moment ago in this chunk, or another key with the same hash.
                    group = Find(keys[i]);
                    if (group < 0)
                    {
                        aggregation.Start(out TAcc initial);
                        TouchedCount = touchedCount;
                        group = Insert(keys[i], initial, hashes[i], true);
                        records = _records;
                        touched = _touched;
                    }
                }

                GroupRecord<TKey, TAcc>* record = records + group;
                touched[touchedCount] = group;
                touchedCount += record->Epoch == epoch ? 0 : 1;
                record->Epoch = epoch;
                aggregation.Add(ref record->Acc, rows[chunk + i], arena);
            }

            TouchedCount = touchedCount;
        }
    }
}
