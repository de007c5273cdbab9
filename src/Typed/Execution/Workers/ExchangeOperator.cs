using Typed.Columns;
using Typed.Operators;
using Typed.Schema;

namespace Typed.Execution;

/// <summary>
/// Stands before an input of an operator and splits its rows by the workers that own their keys. An operator that takes rows where they are gets the batch and a list of its
/// rows, as long as there are few workers; for others a row is copied once, column by column, into a batch for its owner. A batch whose rows all have one owner goes there
/// as it is.
/// </summary>
/// <remarks>
/// Each worker has one for each exchange of the plan. It fills the boxes; worker w empties <c>boxes[w]</c> of all of them in a later phase, when nobody fills them.
/// </remarks>
internal sealed class ExchangeOperator : Operator
{
    // With more workers each would fetch a whole cache line of a column for less than one row of its own; a copy is read densely.
    private const int MostReaders = 8;
    private readonly Operator _target;
    private readonly int _input;
    private readonly List<Packet>[] _boxes;
    private readonly RowsByOwner _owners;
    private uint[] _hashes = [];

    /// <param name="rows">The rows.</param>
    /// <param name="target">The operator of the same worker that would have got them.</param>
    /// <param name="input">By which of its inputs.</param>
    /// <param name="workers">How many workers there are.</param>
    internal ExchangeOperator(RowSchema rows, Operator target, int input, int workers)
        : base($"exchange-{target.Name}", rows)
    {
        (_target, _input) = (target, input);
        _boxes = [.. Enumerable.Range(0, workers).Select(_ => new List<Packet>())];
        _owners = new RowsByOwner(workers);
    }

    /// <summary>How many rows of each shard were sent in this micro-batch, where rows are split by key.</summary>
    internal long[] ShardRows => _owners.ShardRows;

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

        int count = batch.Length;
        if (_hashes.Length < count)
            _hashes = new uint[Math.Max(1024, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count))];
        Span<uint> hashes = _hashes.AsSpan(0, count);
        keyed.HashRows(batch, _input, hashes);
        int owner = _owners.Count(hashes, keyed.CombinesRows);
        if (owner == _boxes.Length)
            keyed.CombineRows(batch);
        else if (owner >= 0)
            Send(batch.AddReference(), owner);
        else
            Split(batch, hashes, keyed);
        SayHeld(count);
    }

    /// <summary>The rows that this worker has for another one, in the order in which it took their turns.</summary>
    internal List<Packet> BoxFor(int worker) => _boxes[worker];

    public override void Dispose()
    {
        foreach (List<Packet> box in _boxes)
        {
            foreach (Packet packet in box)
                packet.Release();
            box.Clear();
        }

        base.Dispose();
    }

    private void Split(ColumnBatch batch, ReadOnlySpan<uint> hashes, StatefulOperator keyed)
    {
        NativeBuffer lists = _owners.List(hashes);
        try
        {
            for (int worker = 0; worker < _boxes.Length; worker++)
            {
                (int start, int count) = _owners.Of(worker);
                if (count == 0)
                    continue;
                if (keyed.TakesPicks && _boxes.Length <= MostReaders)
                    _boxes[worker].Add(PacketOf(batch.AddReference()) with { Lists = lists.AddReference(), Start = start, Count = count });
                else
                    Send(Copy(batch, RowsIn(lists, start, count)), worker);
            }

            Combine(batch, lists, keyed);
        }
        finally
        {
            lists.Release();
        }
    }

    private void Combine(ColumnBatch batch, NativeBuffer lists, StatefulOperator keyed)
    {
        (int start, int count) = _owners.OfHotKeys;
        if (count == 0)
            return;
        if (keyed.TakesPicks)
        {
            keyed.CombinePicks(batch, Picks(lists, start), count);
            return;
        }

        ColumnBatch part = Copy(batch, RowsIn(lists, start, count));
        try
        {
            keyed.CombineRows(part);
        }
        finally
        {
            part.Release();
        }
    }

    private static unsafe ReadOnlySpan<int> RowsIn(NativeBuffer lists, int start, int count) => new((int*)lists.Pointer + start, count);

    private static unsafe RowPicks Picks(NativeBuffer lists, int start) => new((int*)lists.Pointer + start);

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

    private void Send(ColumnBatch batch, int worker) => _boxes[worker].Add(PacketOf(batch));

    private Packet PacketOf(ColumnBatch batch) => new(batch, Context.Turn, Context.Source, Context.Partition);
}
