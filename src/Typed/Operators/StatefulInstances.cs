using Typed.State;

namespace Typed.Operators;

/// <summary>
/// A stateful operator as each worker runs it. Its stored state is one, however many workers there are: what they hold is written one after the other, and each
/// entry goes back to the worker that owns its shard.
/// </summary>
internal sealed class StatefulInstances : OperatorInstances
{
    private readonly StatefulOperator[] _all;

    internal StatefulInstances(params StatefulOperator[] all)
        : base(all) => _all = all;

    internal new IReadOnlyList<StatefulOperator> All => _all;

    internal new StatefulOperator First => _all[0];

    /// <summary>A count of the state over all workers.</summary>
    internal long SumState(Func<StateCounts, long> count)
    {
        long sum = 0;
        foreach (StatefulOperator one in _all)
            sum += count(one.State);
        return sum;
    }

    /// <summary>The least watermark at which something that is held comes out (<see cref="StatefulOperator.NextRelease"/>).</summary>
    internal long? NextRelease()
    {
        long? next = null;
        foreach (StatefulOperator one in _all)
        {
            if (one.State.Total > 0 && one.NextRelease() is long release && !(release >= next))
                next = release;
        }

        return next;
    }

    /// <summary>Writes what has changed since the last call (<see cref="StatefulOperator.SaveChanges"/>).</summary>
    internal void SaveChanges(StateChanges changes)
    {
        foreach (StatefulOperator one in _all)
            one.SaveChanges(changes);
    }

    /// <summary>Writes some of what has changed (<see cref="StatefulOperator.SaveSome"/>).</summary>
    internal bool SaveSome(StateChanges changes, CaptureSlice slice)
    {
        foreach (StatefulOperator one in _all)
        {
            if (!one.SaveSome(changes, slice))
                return false;
        }

        return true;
    }

    /// <summary>Writes what there is beside entries.</summary>
    internal void SaveHead(StateHead head)
    {
        First.SaveHead(head);
        for (int i = 1; i < _all.Length; i++)
        {
            StateHead other = new();
            _all[i].SaveHead(other);
            head.Merge(other);
        }
    }

    /// <summary>Forgets the state and begins with the head of a stored one; its entries follow.</summary>
    internal void LoadHead(StateHead head)
    {
        First.LoadHead(head);
        for (int i = 1; i < _all.Length; i++)
            _all[i].LoadHead(head.WithoutSums());
    }

    /// <summary>Says how many entries follow at most (<see cref="StatefulOperator.ExpectEntries"/>); each worker gets its share.</summary>
    internal void ExpectEntries(long count)
    {
        foreach (StatefulOperator one in _all)
            one.ExpectEntries((count + _all.Length - 1) / _all.Length);
    }

    /// <summary>Replaces the state by a stored one.</summary>
    /// <param name="stored">What is stored of the operator.</param>
    /// <param name="feed">Its entries.</param>
    /// <param name="number">Which operator of the feed it is.</param>
    /// <param name="mostExpected">For how many entries there may be room before they come.</param>
    /// <param name="afterShard">Called after the entries of each shard, when operators may be asked to spill; null where they are not.</param>
    /// <exception cref="InvalidDataException">What is stored is not what the operator stores.</exception>
    /// <exception cref="StateDamagedException">It cannot be read.</exception>
    internal void Load(StoredOperator stored, EntryFeed feed, int number, long mostExpected = long.MaxValue, Action? afterShard = null)
    {
        LoadHead(stored.Head);
        ExpectEntries(Math.Min(stored.EntriesAtMost, mostExpected));
        int shard = -1;
        while (feed.Next(number) is { } entries)
        {
            if (afterShard is null)
                LoadEntries(entries);
            else
                LoadByShard(entries, ref shard, afterShard);
        }

        LoadEnd();
        afterShard?.Invoke();
    }

    // Shards come one after the other; one may be in several batches.
    private void LoadByShard(StateEntries entries, ref int shard, Action afterShard)
    {
        for (int start = 0, end; start < entries.Count; start = end)
        {
            byte next = entries.ShardOf(start);
            if (shard >= 0 && next != shard)
            {
                LoadShardEnd((byte)shard);
                afterShard();
            }

            shard = next;
            for (end = start + 1; end < entries.Count && entries.ShardOf(end) == next;)
                end++;
            _all[Shard.OwnerOf(next, _all.Length)].LoadEntries(entries, start, end);
        }
    }

    /// <summary>Gives entries of a stored state to the workers that own their shards.</summary>
    internal void LoadEntries(StateEntries entries)
    {
        for (int start = 0, end; start < entries.Count; start = end)
        {
            int owner = Shard.OwnerOf(entries.ShardOf(start), _all.Length);
            end = entries.Count;
            if (_all.Length > 1)
            {
                for (end = start + 1; end < entries.Count && Shard.OwnerOf(entries.ShardOf(end), _all.Length) == owner;)
                    end++;
            }

            _all[owner].LoadEntries(entries, start, end);
        }
    }

    /// <summary>Says that all entries of a shard were given (<see cref="StatefulOperator.LoadShardEnd"/>).</summary>
    internal void LoadShardEnd(byte shard) => _all[Shard.OwnerOf(shard, _all.Length)].LoadShardEnd();

    /// <summary>Says that all entries were given.</summary>
    internal void LoadEnd()
    {
        foreach (StatefulOperator one in _all)
            one.LoadEnd();
    }
}
