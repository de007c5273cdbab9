using Typed.Schema;
using Typed.State;

namespace Typed.Operators;

/// <summary>What the aggregations by keys without windows share: one table of groups, how it is stored, and what of it is spilled.</summary>
/// <remarks>
/// Stored:
/// <code>
/// head:              sequence (greatest): rows that have come; held (sum): rows in groups
/// table 0 "groups":  the fields of the key → the fields of the accumulator, what the operator adds
/// </code>
/// Any group may be spilled, also one that the present micro-batch has touched. In update mode such groups go to tables of the area of their own, by ranges of
/// their hashes, from where they are shown at the end of the micro-batch and moved to the others. In complete mode the area shows all its groups anyway.
/// </remarks>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAcc">The accumulator.</typeparam>
/// <typeparam name="TOps">The aggregation.</typeparam>
public abstract class GroupedOperator<TKey, TAcc, TOps> : AggregateOperator<TKey, TAcc, TOps>
    where TKey : unmanaged
    where TAcc : unmanaged
    where TOps : struct, IAggregation<TKey, TAcc>
{
    private protected const int Table = 0;

    private const int FirstTouchedTable = 1;
    private const int MostExpected = 1 << 30;
    private readonly SpillBatch _spill = new();
    private readonly ColdGroups _cold = new();
    private readonly Returned _returned;
    private readonly Shown _shown;
    private readonly ShownTouched _shownTouched;
    private bool _inBatch;

    private protected GroupedOperator(string name, RowSchema output, OutputMode mode, string schema, TOps aggregation)
        : base(name, output, mode, schema, aggregation, hasWindow: false) =>
        (_returned, _shown, _shownTouched) = (new Returned(this), new Shown(this), new ShownTouched(this));

    private protected GroupTable<TKey, TAcc, TOps> Groups { get; } = new();

    /// <inheritdoc/>
    private protected override long HotBytes => Groups.MemoryBytes;

    /// <inheritdoc/>
    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        Groups.BeginEpoch(Epoch);
        _inBatch = true;
    }

    /// <inheritdoc/>
    private protected override void SpillTo(SpillArea area, long keepBytes)
    {
        int stay = Groups.CountWithin(keepBytes - (HotBytes - Groups.MemoryBytes));
        if (stay == Groups.Count)
            return;
        _cold.Begin(Epoch);
        for (int group = 0; group < Groups.Top; group++)
        {
            if (Groups.IsThere(group))
                _cold.Count(Groups.EpochOf(group));
        }

        _cold.Decide(stay);
        for (int group = 0; group < Groups.Top; group++)
        {
            if (!Groups.IsThere(group) || !_cold.Takes(Groups.EpochOf(group)))
                continue;
            if (Early is { } early && Groups.IsChanged(group))
                Put(group, early);
            bool isTouched = IsTouched(group);
            if (isTouched)
                Groups.TouchedAway++;
            if (isTouched && _inBatch && Mode == OutputMode.Update)
                Groups.BeginSpill(group, TouchedTable(Groups.SpillHash(group)), 0, SpillArea.NeverDue, _spill);
            else
                Groups.BeginSpill(group, Table, 0, DueOf(group), _spill);
            SaveMore(group, _spill.Writer);
            _spill.End();
            Groups.Leave(group);
            if (_spill.IsLarge)
                _spill.PutInto(area);
        }

        _spill.PutInto(area);
        Compact();
    }

    /// <inheritdoc/>
    internal override void SaveHead(StateHead head) => SaveCounts(head);

    /// <inheritdoc/>
    private protected override bool SaveEntries(StateChanges changes, CaptureSlice slice)
    {
        GroupTable<TKey, TAcc, TOps>.ChangedSlice changed = Groups.TakeChanged(slice);
        while (changed.MoveNext())
            Put(changed.Current, changes);
        return changed.LeftNothing;
    }

    /// <inheritdoc/>
    private protected override void BeginLoad(StateHead head)
    {
        Groups.Clear();
        LoadCounts(head);
    }

    /// <inheritdoc/>
    internal override void ExpectEntries(long count) => Groups.Reserve((int)Math.Min(count, MostExpected));

    /// <inheritdoc/>
    internal override void LoadEntry(in StateEntry entry) => LoadMore(Groups.AddStored(entry.Key, entry.Value), entry.Value);

    /// <inheritdoc/>
    internal override unsafe void LoadEntries(StateEntries entries, int start, int end)
    {
        const int Ahead = 64;
        TKey* keys = stackalloc TKey[Ahead];
        uint* hashes = stackalloc uint[Ahead];
        for (int first = start; first < end; first += Ahead)
        {
            int count = Math.Min(Ahead, end - first);
            Groups.LoadKeys(entries, first, count, keys, hashes);
            for (int i = 0; i < count; i++)
            {
                StateReader value = entries.Value(first + i);
                LoadMore(Groups.AddStored(keys[i], hashes[i], value), value);
                CheckRead(value);
            }
        }
    }

    /// <inheritdoc/>
    internal override void LoadEnd() => CountState();

    /// <inheritdoc/>
    public override void Dispose()
    {
        Groups.Dispose();
        base.Dispose();
    }

    /// <summary>Adds rows of the batch that is bound; those of their groups that are spilled come back first.</summary>
    private protected void Add<TRows>(TRows rows, int count)
        where TRows : struct, IRowSelection
    {
        if (SpillArea is { } area && area.Count > 0)
        {
            Ops.Start(out TAcc initial);
            Groups.AddMissing(Ops, rows, count, initial, Table, 0, _spill);
            TakeMissing(area);
        }

        Groups.Add(Ops, rows, count);
    }

    /// <summary>Adds a group of another table; if it is spilled here, it comes back first.</summary>
    private protected void Merge(in GroupRecord<TKey, TAcc> group)
    {
        if (SpillArea is { } area && area.Count > 0)
        {
            Ops.Start(out TAcc initial);
            Groups.AddMissing(group.Key, initial, Table, 0, _spill);
            TakeMissing(area);
        }

        Groups.MergeGroup(ref Ops, group, ownKey: true);
    }

    private void TakeMissing(SpillArea area)
    {
        if (Mode == OutputMode.Update && Groups.TouchedAway > 0 && _spill.Count > 0)
        {
            _spill.MoveTo(TouchedTable);
            area.Take(_spill, _returned);
            _spill.MoveTo(static _ => Table);
        }

        _spill.TakeFrom(area, _returned);
    }

    private static int TouchedTable(uint hash) => FirstTouchedTable + SpillRange.Of(hash);

    /// <summary>Emits what the output mode asks for at the end of each micro-batch, apart from what is closed.</summary>
    private protected void EmitResults()
    {
        CountUpdated();
        if (Mode == OutputMode.Update)
            EmitTouched(Groups, 0, 0);
        else if (Mode == OutputMode.Complete)
            EmitAll(Groups, 0, 0);
        _inBatch = false;
        if (Mode == OutputMode.Complete && SpillArea is { Count: > 0 } all)
            all.Visit(Table, 0, _shown);
        if (Mode != OutputMode.Update || Groups.TouchedAway == 0)
            return;
        for (int range = 0; range < SpillRange.Count; range++)
        {
            SpillArea!.TakePart(FirstTouchedTable + range, 0, _shownTouched);

            // Few at once would lie in a page for each.
            if (_spill.IsLarge || range == SpillRange.Count - 1)
                _spill.PutInto(SpillArea);
        }
    }

    private protected void CountUpdated() => State.Updated = Groups.TouchedCount + Groups.TouchedAway;

    private protected void CountState() => State.Total = Groups.Count + (SpillArea?.CountOf(Table, 0) ?? 0);

    /// <summary>Whether this micro-batch has touched a group; before the first one, which is number 1, none.</summary>
    private protected bool IsTouched(int group) => Epoch > 0 && Groups.EpochOf(group) == Epoch;

    /// <summary>Takes a group back that was spilled.</summary>
    private protected virtual int TakeBack(StateReader key, StateReader value) => Groups.TakeBack(key, value);

    /// <summary>The time of the entry of a group.</summary>
    private protected virtual long TimeOf(int group) => StateEntry.NoTime;

    /// <summary>When a group that is spilled has to be back.</summary>
    private protected virtual long DueOf(int group) => SpillArea.NeverDue;

    /// <summary>The same for one that the present micro-batch has touched.</summary>
    private protected virtual long DueOfTouched(in TKey key) => SpillArea.NeverDue;

    /// <summary>Writes what the operator keeps for a group beside its accumulator.</summary>
    private protected virtual void SaveMore(int group, StateWriter writer)
    {
    }

    /// <summary>Reads what <see cref="SaveMore"/> wrote; called for each group that comes from stored state.</summary>
    private protected virtual void LoadMore(int group, StateReader reader)
    {
    }

    /// <summary>Compacts the table after groups have left it; the others have other numbers then.</summary>
    private protected virtual void Compact() => Groups.Compact();

    private void Put(int group, StateChanges changes)
    {
        Groups.BeginPut(group, Table, TimeOf(group), changes);
        SaveMore(group, changes.Writer);
        changes.End();
    }

    /// <summary>Takes groups back because rows came for them.</summary>
    private sealed class Returned(GroupedOperator<TKey, TAcc, TOps> owner) : ISpillTarget
    {
        public void Take(int table, long part, StateReader key, StateReader value) => owner.TakeBack(key, value);
    }

    /// <summary>Emits groups that stay where they are.</summary>
    private sealed class Shown(GroupedOperator<TKey, TAcc, TOps> owner) : ISpillTarget
    {
        public void Take(int table, long part, StateReader key, StateReader value)
        {
            owner.Groups.Read(key, value, out TKey spilled, out TAcc acc);
            owner.EmitRow(spilled, acc, 0, 0);
        }
    }

    /// <summary>Emits groups that the micro-batch has touched, and moves them to the others.</summary>
    private sealed class ShownTouched(GroupedOperator<TKey, TAcc, TOps> owner) : ISpillTarget
    {
        public void Take(int table, long part, StateReader key, StateReader value)
        {
            owner.Groups.Read(key, value, out TKey spilled, out TAcc acc);
            owner.EmitRow(spilled, acc, 0, 0);
            owner._spill.Begin(Table, 0, owner.Groups.SpillHash(spilled), owner.DueOfTouched(spilled));
            key.Rewind();
            value.Rewind();
            owner._spill.Writer.WriteRaw(key.ReadRaw(key.Left));
            owner._spill.BeginValue();
            owner._spill.Writer.WriteRaw(value.ReadRaw(value.Left));
            owner._spill.End();
        }
    }
}
