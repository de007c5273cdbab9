using Typed.Columns;
using Typed.Operators;
using Typed.Schema;
using Typed.State;
using Typed.Tests.State;

namespace Typed.Tests.Join;

/// <summary>When a join is told to spill.</summary>
internal enum JoinSpills
{
    /// <summary>It has nowhere to.</summary>
    Never,

    /// <summary>All of it, after each micro-batch.</summary>
    All,

    /// <summary>More or less of it, between any two batches of rows.</summary>
    AtRandom,
}

/// <summary>A kernel between two sources and a collector, which takes one micro-batch after the other.</summary>
internal sealed class StreamJoinRun : IDisposable
{
    private static readonly RowSchema Pair = new("pair",
    [
        .. PlainStreamJoin.Side.Fields.Select(field => field with { Type = field.Type with { Nullable = true } }),
        .. PlainStreamJoin.Side.Fields.Select(field => new Field("Right" + field.Name, field.Type with { Nullable = true })),
    ]);

    private readonly JoinCase _join;
    private readonly SourceOperator _left = new("left", PlainStreamJoin.Side);
    private readonly SourceOperator _right = new("right", PlainStreamJoin.Side);
    private readonly PairCollector _collector;
    private readonly JoinSpills _spills;
    private StoredState _stored = new();
    private Random _random = new(1);

    public StreamJoinRun(JoinCase join, JoinSpills spills = JoinSpills.Never)
    {
        (_join, _spills) = (join, spills);
        Kernel = NewKernel(join);
        if (spills != JoinSpills.Never)
            Kernel.SpillArea = new MemorySpillArea();
        _collector = new PairCollector(Kernel.Output);
        _left.PushTo(Kernel);
        _right.PushTo(Kernel);
        Kernel.PushTo(_collector);
    }

    public StreamJoinOperator<PlainKey, PlainStreamJoin> Kernel { get; }

    /// <summary>Whether some of what has changed is stored after some micro-batches, ahead of a snapshot.</summary>
    public bool InSlices { get; init; }

    /// <summary>What comes out of a micro-batch. Batches of both sides come in any order, as a union or a self join sends them.</summary>
    public List<(JoinRow? Left, JoinRow? Right)> Batch(JoinRow[] left, JoinRow[] right, long late, long eviction, Random random, Func<Random, int> batchSize)
    {
        _collector.Rows.Clear();
        (Kernel.LateWatermark, Kernel.EvictionWatermark) = (late, eviction);
        BatchContext context = new(0, 0, OutputMode.Append, false, new Arena());
        foreach (Operator one in (Operator[])[_left, _right, Kernel, _collector])
            one.Begin(context);
        foreach ((SourceOperator source, ColumnBatch batch) in Mixed([.. Cut(_left, left, random, batchSize), .. Cut(_right, right, random, batchSize)], random))
        {
            source.Process(batch);
            batch.Release();
            if (_spills == JoinSpills.AtRandom && random.Next(3) == 0)
                Kernel.Spill(random.NextInt64(Kernel.MemoryBytes + 1));
        }

        (SourceOperator first, SourceOperator second) = random.Next(2) == 0 ? (_left, _right) : (_right, _left);
        first.InputEnded();
        second.InputEnded();
        if (_spills == JoinSpills.All)
            Kernel.Spill(0);
        if (InSlices && _random.Next(2) == 0)
            _stored.TakeSome(Kernel, _random.Next(1, 50));
        return _collector.Rows;
    }

    /// <summary>Another run that goes on with the state of this one, which is over; in slices, only now and then, so that there are micro-batches between them.</summary>
    public StreamJoinRun Restarted()
    {
        if (InSlices && _random.Next(3) > 0)
            return this;
        StreamJoinRun loaded = new(_join, _spills) { _stored = _stored, _random = _random, InSlices = InSlices };
        _stored.Move(Kernel, loaded.Kernel);
        Assert.Equal(Kernel.State.Total, loaded.Kernel.State.Total);
        Dispose();
        return loaded;
    }

    public void Dispose()
    {
        foreach (Operator one in (Operator[])[_left, _right, Kernel, _collector])
            one.Dispose();
        Kernel.SpillArea?.Dispose();
    }

    private static StreamJoinOperator<PlainKey, PlainStreamJoin> NewKernel(JoinCase join)
    {
        int[] all = [0, 1, 2, 3];
        JoinSide side = new(PlainStreamJoin.Side, all, all) { TimeColumn = 1, EvictionColumn = join.ByKey ? 1 : -1, CanMatchColumn = join.HasCanMatch ? 3 : -1 };
        StreamJoinOperator<PlainKey, PlainStreamJoin> kernel = new(
            "join-1",
            join.GivesLeftOnly ? new RowSchema("left", [.. Pair.Fields.Take(4)]) : Pair,
            join.Kind,
            new PlainStreamJoin(join),
            side with { StateDelayMillis = join.LeftDelayMillis, StateCapMillis = join.LeftCapMillis },
            side with { StateDelayMillis = join.RightDelayMillis, Columns = join.GivesLeftOnly ? [] : all },
            "a test",
            join.Least,
            join.Greatest);
        kernel.ThinRows = join.ThinRows ?? kernel.ThinRows;
        foreach (JoinStore<PlainKey, PlainStreamJoin> store in (JoinStore<PlainKey, PlainStreamJoin>[])[kernel.LeftStore, kernel.RightStore])
            store.MostTextBytes = join.MostTextBytes ?? store.MostTextBytes;
        return kernel;
    }

    private static List<(SourceOperator Source, ColumnBatch Batch)> Cut(SourceOperator source, JoinRow[] rows, Random random, Func<Random, int> batchSize)
    {
        List<(SourceOperator, ColumnBatch)> batches = [];
        for (int start = 0; start < rows.Length;)
        {
            int size = Math.Min(batchSize(random), rows.Length - start);
            batches.Add((source, PlainStreamJoin.Batch(rows[start..(start + size)])));
            start += size;
        }

        return batches;
    }

    // The order of each side is kept when both are mixed.
    private static (SourceOperator Source, ColumnBatch Batch)[] Mixed((SourceOperator Source, ColumnBatch Batch)[] batches, Random random)
    {
        if (random.Next(2) == 0)
        {
            Dictionary<SourceOperator, Queue<ColumnBatch>> queues = batches.GroupBy(one => one.Source).ToDictionary(group => group.Key, group => new Queue<ColumnBatch>(group.Select(one => one.Batch)));
            random.Shuffle(batches);
            return [.. batches.Select(one => (one.Source, queues[one.Source].Dequeue()))];
        }

        if (random.Next(2) == 0)
            Array.Reverse(batches);
        return batches;
    }
}
