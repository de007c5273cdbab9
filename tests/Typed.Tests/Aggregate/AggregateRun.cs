using Typed.Columns;
using Typed.Operators;
using Typed.Schema;
using Typed.State;
using Typed.Tests.Execution;
using Typed.Tests.State;

namespace Typed.Tests.Aggregate;

/// <summary>When an operator is asked to spill.</summary>
internal enum Spilling
{
    /// <summary>Never.</summary>
    None,

    /// <summary>All that may go, after each micro-batch.</summary>
    AfterBatches,

    /// <summary>All that may go, after each push of rows.</summary>
    AfterPushes,

    /// <summary>Now and then, down to some bytes; into pages, as FASTER keeps them.</summary>
    AtRandom,
}

/// <summary>Drives one operator as the micro-batch loop does and keeps what comes out.</summary>
internal sealed class AggregateRun(RowSchema input, Func<StatefulOperator> make, Spilling spilling = Spilling.None) : IDisposable
{
    private readonly Arena _scratch = new();
    private readonly LateList _late = new();
    private readonly AccountCheck _account = new();
    private readonly StoredState _stored = new();
    private readonly Random _random = new(1);
    private long _id;

    public StatefulOperator Operator { get; private set; } = WithArea(make(), spilling);

    /// <summary>Checks that what is stored is loaded within a part of the memory that it takes.</summary>
    public void LoadsWithin()
    {
        using StatefulOperator other = make();
        StoredState.LoadsWithin(Operator, other);
    }

    /// <summary>Whether some of what has changed is stored after some micro-batches, ahead of a snapshot.</summary>
    public bool InSlices { get; init; }

    /// <summary>How many entries are in the spill area.</summary>
    public long Away => Operator.SpillArea?.Count ?? 0;

    /// <summary>How many entries are stored.</summary>
    public int Stored => _stored.Count;

    /// <summary>The rows of the last micro-batch, as text.</summary>
    public List<string> Output { get; } = [];

    /// <summary>Sequence numbers of the late rows of the last micro-batch: positions in it.</summary>
    public List<int> Late => _late.Rows;

    public void Batch(IReadOnlyList<TestRow> rows, int batchSize, OutputMode mode, long late, long eviction, long timestamp = 0)
    {
        Output.Clear();
        _late.Rows.Clear();
        if (Operator.Readers.Count == 0)
            Operator.PushTo(new Collector(Operator.Output, Output));
        Operator.LateRows = _late;
        Operator.LateWatermark = late;
        Operator.EvictionWatermark = eviction;
        _scratch.Reset();
        Operator.Begin(new BatchContext(_id++, timestamp, mode, true, _scratch));
        for (int from = 0; from < rows.Count; from += batchSize)
        {
            ColumnBatch batch = new(input);
            int count = Math.Min(batchSize, rows.Count - from);
            for (int i = from; i < from + count; i++)
            {
                for (int column = 0; column < input.Fields.Count; column++)
                    AggregateReference.Append(batch[column], rows[i].Values[column]);
            }

            batch.Length = count;
            _late.First = from;
            Operator.Process(batch);
            batch.Release();
            if (spilling == Spilling.AfterPushes)
                Operator.Spill(0);
            else if (spilling == Spilling.AtRandom && _random.Next(3) == 0)
                Operator.Spill(_random.NextInt64(Operator.MemoryBytes));
        }

        Operator.InputEnded();
        if (spilling is Spilling.AfterBatches or Spilling.AfterPushes)
            Operator.Spill(0);
        _account.After(Operator);
        if (InSlices && _random.Next(2) == 0)
            _stored.TakeSome(Operator, _random.Next(1, 200));
    }

    /// <summary>Stores what has changed.</summary>
    /// <returns>How many records that were.</returns>
    public long Snapshot()
    {
        StateChanges changes = new();
        StateHead head = new();
        Operator.SaveChanges(changes);
        Operator.SaveHead(head);
        _stored.Take(changes, head);
        return changes.Count;
    }

    /// <summary>Goes on with an operator that was loaded from what the present one saved; in slices, only now and then, so that there are micro-batches between them.</summary>
    public void Restart()
    {
        if (InSlices && _random.Next(3) > 0)
            return;
        StatefulOperator next = WithArea(make(), spilling);
        _stored.Move(Operator, next);
        Operator.SpillArea?.Dispose();
        Operator.Dispose();
        Operator = next;
    }

    public void Dispose()
    {
        Operator.SpillArea?.Dispose();
        Operator.Dispose();
        _scratch.Dispose();
    }

    private static StatefulOperator WithArea(StatefulOperator made, Spilling spilling)
    {
        if (spilling != Spilling.None)
            made.SpillArea = spilling == Spilling.AtRandom ? new PagedSpillArea(() => new MemoryPageStore(), "pages in memory") : new MemorySpillArea();
        return made;
    }

    private sealed class Collector(RowSchema schema, List<string> rows) : Operator("collector", schema)
    {
        public override void Process(ColumnBatch batch)
        {
            for (int row = 0; row < batch.Length; row++)
                rows.Add(string.Join("|", Output.Fields.Select((_, column) => AggregateReference.Render(AggregateReference.Read(batch[column], row)))));
            Assert.All(Output.Fields.Select((_, column) => batch[column]), column => Assert.Equal(batch.Length, column.Length));
        }
    }

    private sealed class LateList : ILateRows
    {
        public List<int> Rows { get; } = [];

        public int First { get; set; }

        public void Take(string operatorName, ColumnBatch batch, ReadOnlySpan<int> rows, ReadOnlySpan<long> eventTimes, long watermark)
        {
            Assert.Equal(rows.Length, eventTimes.Length);
            for (int i = 0; i < rows.Length; i++)
            {
                Assert.True(eventTimes[i] <= watermark);
                Rows.Add(First + rows[i]);
            }
        }
    }
}
