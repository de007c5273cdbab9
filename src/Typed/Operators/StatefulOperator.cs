using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>
/// An operator that keeps something between micro-batches. It gets two watermarks (semantics 2.2): rows behind the late one are
/// dropped and counted, what the eviction one has passed is emitted and forgotten.
/// </summary>
public abstract class StatefulOperator : Operator
{
    private readonly StateChanges _early = new();

    private protected StatefulOperator(string name, RowSchema output)
        : base(name, output) => State = new StateCounts(this);

    /// <summary>Whether the user gave it its name, by which its state is found whatever else the query does; else the name is the kind and a count by kind.</summary>
    public bool IsNamed { get; init; }

    /// <summary>The name by which Spark knows the kind of operator in a progress record (semantics 13.4).</summary>
    public abstract string Kind { get; }

    /// <summary>What of the state is stored and how; a checkpoint with another text is refused.</summary>
    public abstract string StateSchema { get; }

    /// <summary>What the bytes of its entries are: stored with the state, so that it can be read without the operator.</summary>
    internal abstract StateLayout Layout { get; }

    /// <summary>
    /// Whether rows go into the state and what comes out is made from it, as groups are; else what comes out are rows that pass, and those
    /// that a join adds to them.
    /// </summary>
    public virtual bool HoldsRows => true;

    /// <summary>The watermark below which input rows are late, µs; set before each batch.</summary>
    public long LateWatermark { get; set; }

    /// <summary>The watermark up to which state is closed, µs; set before each batch.</summary>
    public long EvictionWatermark { get; set; }

    /// <summary>What happened to the state in this micro-batch.</summary>
    public StateCounts State { get; }

    /// <summary>Where late rows go, if anybody asked for them.</summary>
    public ILateRows? LateRows { get; set; }

    /// <summary>Whether a batch without data has work to do once the input watermark is <paramref name="newWatermark"/> (semantics 2.4.1).</summary>
    public virtual bool WantsBatch(long newWatermark) => newWatermark > EvictionWatermark;

    /// <summary>Whether it waits for the clock, so that each tick of a trigger runs a batch, also without data (semantics 2.4.1, 10.9).</summary>
    internal virtual bool FollowsClock => false;

    /// <summary>The first clock of a batch, µs, at which a timer would be due; <see cref="long.MaxValue"/> for none.</summary>
    internal virtual long NextTimer => long.MaxValue;

    /// <summary>What it keeps, to be compared with what is stored.</summary>
    internal StateShape Shape => new(Name, IsNamed, Kind, StateShape.WithParameters(StateSchema, Parameters), Layout.ToString());

    /// <summary>The parameters of the pipeline on which the state depends, with their values (<see cref="StateParameters"/>); null for none.</summary>
    internal string? Parameters { get; set; }

    /// <summary>The methods that make stored values into present ones.</summary>
    internal virtual IReadOnlyList<StateMigration> Migrations => [];

    /// <summary>Whether entries of a table may have a time.</summary>
    internal virtual bool TakesTimes(int table) => true;

    /// <summary>The head that goes with entries that were written anew in the present layout, made of the head that was stored with them.</summary>
    internal virtual StateHead Renew(StateHead stored) => stored;

    /// <summary>The watermark of the output for an input watermark (semantics 2.2.3); both in µs.</summary>
    public virtual long OutputWatermark(long input) => input;

    /// <summary>Whether the output has a watermark at all; if not, operators behind see 0 (semantics 2.2.3, 2.2.4).</summary>
    public virtual bool OutputHasWatermark => true;

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        State.Clear();
    }

    /// <summary>
    /// The least watermark at which something that is held comes out, µs; null if nothing that is held waits for the watermark. It may look through
    /// all that is due next, so it is asked only when somebody wants to know why nothing comes.
    /// </summary>
    internal virtual long? NextRelease() => null;

    /// <summary>
    /// Whether rows of different keys have nothing to do with each other, so that each of several workers can have the rows and the state of
    /// some keys. If not, the first worker gets all rows.
    /// </summary>
    internal virtual bool SplitsByKey => false;

    internal override bool NeedsAllRows => !SplitsByKey;

    /// <summary>
    /// Whether several workers can take rows of one key apart and put together at the end of the micro-batch what they have, exactly as if one had taken them: so a key that
    /// many rows have does not keep one worker busy and the others idle.
    /// </summary>
    internal virtual bool CombinesRows => false;

    /// <summary>Whether all rows are one group, which the worker that owns it writes also if no row came.</summary>
    internal virtual bool IsOneGroup => false;

    /// <summary>Takes rows of keys that may belong to other workers, which get what comes of them at the end (<see cref="TakeCombined"/>). Only where <see cref="CombinesRows"/>.</summary>
    internal virtual void CombineRows(ColumnBatch batch) => throw new InvalidOperationException($"The rows of {Name} are not combined.");

    /// <summary>Adds what a worker, be it this one, has combined for keys that belong to this one. Called when all rows were taken, before the end; other workers may do the same meanwhile.</summary>
    internal virtual void TakeCombined(StatefulOperator other) => throw new InvalidOperationException($"The rows of {Name} are not combined.");

    /// <summary>Whether it takes some rows of a batch where they are, so that they need not be copied for it.</summary>
    internal virtual bool TakesPicks => false;

    /// <summary>Takes some rows of a batch of its only input, as <see cref="Operator.Receive"/> takes all. Only where <see cref="TakesPicks"/>.</summary>
    internal void ReceivePicks(ColumnBatch batch, RowPicks rows, int count)
    {
        ProcessPicks(batch, rows, count);
        Taken();
    }

    /// <summary>Does what <see cref="CombineRows"/> does with some rows of a batch, which are faster if those of a key stand together. Only where <see cref="TakesPicks"/>.</summary>
    internal virtual void CombinePicks(ColumnBatch batch, RowPicks rows, int count) => throw new InvalidOperationException($"{Name} does not take rows where they are.");

    /// <summary>Takes some rows of a batch. Only where <see cref="TakesPicks"/>.</summary>
    private protected virtual void ProcessPicks(ColumnBatch batch, RowPicks rows, int count) => throw new InvalidOperationException($"{Name} does not take rows where they are.");

    /// <summary>Which of how many workers this operator belongs to.</summary>
    internal (int Number, int Of) Worker { get; set; } = (0, 1);

    /// <summary>
    /// The hash of the key of each row of an input, by which rows go to the worker that owns the key: the one with which its entries are stored, and
    /// the whole one, also where a test gives all keys of a table the same. Only where <see cref="SplitsByKey"/>.
    /// </summary>
    internal virtual void HashRows(ColumnBatch batch, int input, Span<uint> hashes) =>
        throw new InvalidOperationException($"The rows of {Name} are not split by key.");

    /// <summary>Bytes that are in use for what is in memory, now: asked between two pushes of rows, so it is quick.</summary>
    internal long MemoryBytes => HotBytes + _early.Bytes;

    /// <summary>How many of them are records that wait for the next snapshot.</summary>
    internal long EarlyBytes => _early.Bytes;

    /// <summary>Bytes that tables use, and what finds its way in them.</summary>
    private protected abstract long HotBytes { get; }

    /// <summary>Where entries go that memory has no room for; null where all stay in memory. Set once, before the first batch.</summary>
    internal SpillArea? SpillArea { get; set; }

    /// <summary>Called when it has taken rows of another operator; it may spill then. Null where nothing is spilled.</summary>
    internal Action? WhenTaken { get; set; }

    /// <inheritdoc/>
    private protected override void Taken() => WhenTaken?.Invoke();

    /// <summary>How many entries of the state are in <see cref="SpillArea"/>.</summary>
    internal virtual long SpilledEntries => SpillArea?.Count ?? 0;

    /// <summary>
    /// Whether anybody asks for <see cref="SaveChanges"/>: not in a query without a checkpoint, where what changed and was spilled is not to be kept for it.
    /// </summary>
    internal bool IsStored { get; set; } = true;

    /// <summary>
    /// Records that the next snapshot needs though the tables do not know of them any more: of entries that have changed and were then spilled, and of the
    /// removal of stored ones. An entry that comes again is written behind them. Null where nothing is stored.
    /// </summary>
    private protected StateChanges? Early => IsStored ? _early : null;

    /// <summary>
    /// Puts entries that were not needed for the longest time into <see cref="SpillArea"/> until about so many bytes are in use, or nothing is left
    /// that may go. Called between two pushes of rows, between batches and between shards that are loaded, also with 0, which spills all that may go.
    /// </summary>
    internal void Spill(long keepBytes)
    {
        if (SpillArea is { } area)
            SpillTo(area, Math.Max(0, keepBytes - _early.Bytes));
    }

    /// <summary>Does what <see cref="Spill"/> says, for <see cref="HotBytes"/>.</summary>
    private protected virtual void SpillTo(SpillArea area, long keepBytes)
    {
    }

    /// <summary>
    /// Writes the entries that were put or removed since the last call, or since the state was loaded; those in the spill area that have changed
    /// since were written before they went there. Called after a batch.
    /// </summary>
    internal void SaveChanges(StateChanges changes)
    {
        SaveEarly(changes);
        SaveEntries(changes, CaptureSlice.Whole());
    }

    /// <summary>
    /// Gives away what was written ahead of the next snapshot. It belongs to that one, and in front of what <see cref="SaveChanges"/> writes then; it may be
    /// asked for at any time between two pushes of rows.
    /// </summary>
    internal void SaveEarly(StateChanges changes) => changes.Take(_early);

    /// <summary>
    /// Writes some of the entries that were put or removed, until the slice is over. What was written counts as stored, and is written again if it changes again. Called
    /// after a batch, <see cref="SaveChanges"/> after a later one.
    /// </summary>
    /// <returns>Whether nothing was left to write in slices.</returns>
    internal bool SaveSome(StateChanges changes, CaptureSlice slice)
    {
        SaveEarly(changes);
        return SaveEntries(changes, slice);
    }

    /// <summary>Does what <see cref="SaveSome"/> says, for the entries in memory. An operator that changes little need not look at the slice.</summary>
    private protected abstract bool SaveEntries(StateChanges changes, CaptureSlice slice);

    /// <summary>Writes what there is beside entries.</summary>
    internal abstract void SaveHead(StateHead head);

    /// <summary>Forgets the state and begins with the head of a stored one; its entries follow, in any order, each once.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    internal void LoadHead(StateHead head)
    {
        _early.Clear();
        SpillArea?.Clear();
        BeginLoad(head);
    }

    /// <summary>Does what <see cref="LoadHead"/> says; nothing is in the spill area any more.</summary>
    private protected abstract void BeginLoad(StateHead head);

    /// <summary>Says how many entries follow at most, so that a table need not grow step by step. Called after <see cref="LoadHead"/>.</summary>
    internal virtual void ExpectEntries(long count)
    {
    }

    /// <summary>Takes an entry of a stored state. It counts as stored: <see cref="SaveChanges"/> writes it only if it changes.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    internal abstract void LoadEntry(in StateEntry entry);

    /// <summary>Takes entries of a stored state, many at once; what it does not read of one is damage.</summary>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    internal virtual void LoadEntries(StateEntries entries, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            StateEntry entry = entries[i];
            LoadEntry(entry);
            CheckRead(entry.Key);
            CheckRead(entry.Value);
        }
    }

    /// <summary>Checks that all of a key or a value was read.</summary>
    /// <exception cref="InvalidDataException">It was not.</exception>
    private protected void CheckRead(StateReader part)
    {
        if (part.Left != 0)
            throw new InvalidDataException($"{Name} left {part.Left} bytes of an entry unread");
    }

    /// <summary>
    /// Says that all entries of a shard were given, and so all of its keys. The operator may be asked to spill now, before the entries of the next one.
    /// </summary>
    internal virtual void LoadShardEnd()
    {
    }

    /// <summary>Says that all entries were given.</summary>
    internal virtual void LoadEnd()
    {
    }
}

/// <summary>What happened to the state of an operator in one micro-batch (semantics 13.4).</summary>
public sealed class StateCounts
{
    private readonly StatefulOperator _operator;

    internal StateCounts(StatefulOperator one) => _operator = one;

    /// <summary>Entries after the batch: keys, or pairs of key and window.</summary>
    public long Total { get; set; }

    /// <summary>Entries added or changed.</summary>
    public long Updated { get; set; }

    /// <summary>Entries that left.</summary>
    public long Removed { get; set; }

    /// <summary>Input rows dropped by the watermark. A row that falls into several windows counts once for each late one.</summary>
    public long DroppedByWatermark { get; set; }

    /// <summary>Bytes of memory in use, now.</summary>
    public long MemoryBytes => _operator.MemoryBytes;

    /// <summary>Starts a new batch; totals stay.</summary>
    public void Clear() => (Updated, Removed, DroppedByWatermark) = (0, 0, 0);
}

/// <summary>Takes rows that came behind the watermark.</summary>
public interface ILateRows
{
    /// <summary>Takes some rows of a batch.</summary>
    /// <param name="operatorName">Where they were late.</param>
    /// <param name="batch">The batch they are in: <see cref="ColumnBatch.Origin"/> of the operator's input, or the input itself.</param>
    /// <param name="rows">Which rows.</param>
    /// <param name="eventTimes">What was compared with the watermark: the end of the window or the time itself, µs; one for each row.</param>
    /// <param name="watermark">The late watermark, µs.</param>
    void Take(string operatorName, ColumnBatch batch, ReadOnlySpan<int> rows, ReadOnlySpan<long> eventTimes, long watermark);
}
