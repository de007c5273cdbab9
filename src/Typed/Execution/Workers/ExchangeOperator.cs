using Typed.Columns;
using Typed.Operators;
using Typed.Schema;
using Typed.State;

namespace Typed.Execution;

/// <summary>
/// Stands before an input of an operator and splits its rows by the workers that own their keys. A row is copied once, column by column, into a batch for its owner; a batch
/// whose rows all have one owner goes there as it is.
/// </summary>
/// <remarks>
/// Each worker has one for each exchange of the plan. It fills the boxes; worker w empties <c>boxes[w]</c> of all of them in a later phase, when nobody fills them.
/// </remarks>
internal sealed class ExchangeOperator : Operator
{
    private readonly Operator _target;
    private readonly int _input;
    private readonly int _worker;
    private readonly HotKeys _hot = new();
    private readonly List<Packet>[] _boxes;
    private readonly int[] _starts;
    private uint[] _hashes = [];
    private int[] _rows = [];

    /// <param name="rows">The rows.</param>
    /// <param name="target">The operator of the same worker that would have got them.</param>
    /// <param name="input">By which of its inputs.</param>
    /// <param name="worker">The number of the worker.</param>
    /// <param name="workers">How many there are.</param>
    internal ExchangeOperator(RowSchema rows, Operator target, int input, int worker, int workers)
        : base($"exchange-{target.Name}", rows)
    {
        (_target, _input, _worker) = (target, input, worker);
        _boxes = [.. Enumerable.Range(0, workers).Select(_ => new List<Packet>())];
        _starts = new int[workers + 2];
        ShardRows = new long[Shard.Count];
    }

    /// <summary>How many rows of each shard were sent in this micro-batch, where rows are split by key.</summary>
    internal long[] ShardRows { get; }

    /// <summary>Called with the number of rows when those of a batch that is emitted at the end of a micro-batch are in the boxes; it may have the boxes emptied.</summary>
    internal Action<int>? WhenHeldAtEnd { get; set; }

    private protected override Operator Meant => _target;

    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        Array.Clear(ShardRows);
    }

    public override void Process(ColumnBatch batch)
    {
        if (batch.Length == 0)
            return;
        if (_target is not StatefulOperator { SplitsByKey: true } keyed)
        {
            Send(batch.AddReference(), 0);
            SayHeld(batch.Length);
            return;
        }

        int workers = _boxes.Length;
        int count = batch.Length;
        if (_hashes.Length < count)
        {
            int room = Math.Max(1024, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count));
            (_hashes, _rows) = (new uint[room], new int[room]);
        }

        Span<uint> hashes = _hashes.AsSpan(0, count);
        keyed.HashRows(batch, _input, hashes);
        if (keyed.CombinesRows)
            _hot.Find(hashes, _worker, workers);
        int owner = Sort(hashes, workers);
        if (owner == workers)
            keyed.CombineRows(batch);
        else if (owner >= 0)
            Send(batch.AddReference(), owner);
        else
            Split(batch, keyed);
        SayHeld(count);
    }

    /// <summary>The rows that this worker has for another one, in the order in which it took their turns.</summary>
    internal List<Packet> BoxFor(int worker) => _boxes[worker];

    public override void Dispose()
    {
        foreach (List<Packet> box in _boxes)
        {
            foreach (Packet packet in box)
                packet.Batch.Release();
            box.Clear();
        }

        base.Dispose();
    }

    private void Split(ColumnBatch batch, StatefulOperator keyed)
    {
        int workers = _boxes.Length;
        for (int worker = 0; worker <= workers; worker++)
        {
            ReadOnlySpan<int> rows = _rows.AsSpan(_starts[worker], _starts[worker + 1] - _starts[worker]);
            if (rows.Length == 0)
                continue;
            ColumnBatch part = Copy(batch, rows);
            if (worker < workers)
            {
                Send(part, worker);
                continue;
            }

            try
            {
                keyed.CombineRows(part);
            }
            finally
            {
                part.Release();
            }
        }
    }

    // Lists the rows by owner, each list in order; behind them, as if another worker owned them, those that are combined here. The owner, if all rows have the same; else −1.
    private int Sort(ReadOnlySpan<uint> hashes, int workers)
    {
        Span<int> counts = stackalloc int[Shard.Count];
        counts.Clear();
        foreach (uint hash in hashes)
            counts[Shard.Of(hash)]++;
        Span<int> next = stackalloc int[workers + 1];
        next.Clear();
        for (int shard = 0; shard < Shard.Count; shard++)
        {
            ShardRows[shard] += counts[shard];
            next[Shard.OwnerOf((byte)shard, workers)] += counts[shard];
        }

        for (int i = 0; i < _hot.Count; i++)
        {
            int rowsOfKey = hashes.Count(_hot[i]);
            next[Shard.OwnerOf(Shard.Of(_hot[i]), workers)] -= rowsOfKey;
            next[workers] += rowsOfKey;
        }

        int start = 0;
        for (int worker = 0; worker <= workers; worker++)
        {
            if (next[worker] == hashes.Length)
                return worker;
            (_starts[worker], next[worker], start) = (start, start, start + next[worker]);
        }

        _starts[workers + 1] = start;
        int[] rows = _rows;
        if (_hot.Count == 0)
        {
            for (int row = 0; row < hashes.Length; row++)
                rows[next[Shard.OwnerOf(Shard.Of(hashes[row]), workers)]++] = row;
            return -1;
        }

        for (int row = 0; row < hashes.Length; row++)
            rows[next[_hot.Contains(hashes[row]) ? workers : Shard.OwnerOf(Shard.Of(hashes[row]), workers)]++] = row;
        return -1;
    }

    private ColumnBatch Copy(ColumnBatch batch, ReadOnlySpan<int> rows)
    {
        ColumnBatch copy = Pool.Rent();
        for (int i = 0; i < Output.Fields.Count; i++)
            copy[i].Gather(batch[i], rows);
        (copy.Length, copy.Partition, copy.Place) = (rows.Length, batch.Partition, batch.Place);
        if (batch.Origin is not null)
            copy.SetOriginThrough(batch, rows);
        return copy;
    }

    private void SayHeld(int rows)
    {
        if (Context.Turn == Packet.AtEnd)
            WhenHeldAtEnd?.Invoke(rows);
    }

    private void Send(ColumnBatch batch, int worker) => _boxes[worker].Add(new Packet(batch, Context.Turn, Context.Source, Context.Partition));
}
