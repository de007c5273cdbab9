using Typed.Columns;
using Typed.State;

namespace Typed.Operators;

/// <content>
/// Groups that memory has no room for. In the spill area:
/// <code>
/// table 0, part 0:   key = the fields of the key     value = the micro-batch that last changed the group (4) | what is stored of it
///                    due = when the watermark, or the clock, ends the group; never where nothing does
/// </code>
/// A group comes back when a row of it does. When it is due it is written, or counted, and forgotten where it lies, so that what ends at once needs no memory;
/// in complete mode all are shown where they lie. In update mode a group that the present micro-batch has changed stays, since it is written at the end of it.
/// </content>
public sealed unsafe partial class TopOperator<TKey, TOrder, TOps>
{
    private readonly SpillBatch _spill = new();
    private readonly ColdGroups _cold = new();
    private readonly Arena _lookup = new();
    private ISpillTarget? _returning;
    private ColumnBatch? _shown;

    /// <summary>How many rows are in the spill area.</summary>
    private long _spilledRows;

    /// <summary>How many groups that the present micro-batch has changed are in the spill area.</summary>
    private int _touchedAway;
    private bool _inBatch;

    /// <inheritdoc/>
    private protected override long HotBytes => _groups.MemoryBytes + _due.MemoryBytes + _store.MemoryBytes;

    private bool HasSpilled => SpillArea is { Count: > 0 };

    /// <inheritdoc/>
    private protected override void SpillTo(SpillArea area, long keepBytes)
    {
        long bytes = HotBytes;
        if (_groups.Count == 0 || bytes <= keepBytes)
            return;
        _cold.Begin(_groups.Epoch);
        for (int group = 0; group < _groups.Top; group++)
        {
            if (_groups.IsThere(group))
                _cold.Count(_groups.Records[group].Epoch);
        }

        _cold.Decide(keepBytes <= 0 ? 0 : (long)(_groups.Count * ((double)keepBytes / bytes)));
        for (int group = 0; group < _groups.Top; group++)
        {
            if (!_groups.IsThere(group) || !_cold.Takes(_groups.Records[group].Epoch))
                continue;
            bool isTouched = _inBatch && _groups.Records[group].Epoch == _groups.Epoch;
            if (isTouched && _settings.Mode == OutputMode.Update)
                continue;
            _touchedAway += isTouched ? 1 : 0;
            Put(group);
            if (_spill.IsLarge)
                _spill.PutInto(area);
        }

        _spill.PutInto(area);
        _groups.CompactAll();

        // The groups have other numbers now. What is watched gives its memory back with the rest.
        _due.Dispose();
        for (int group = 0; group < _groups.Top; group++)
            Watch(group);
        Compact();
        ShowTotals();
    }

    /// <summary>Takes groups of rows back that were spilled.</summary>
    private void Fetch<TRows>(TOps ops, TRows rows, int count)
        where TRows : struct, IRowSelection
    {
        _groups.ListMissing(ops, rows, count, _spill);
        _spill.TakeFrom(SpillArea!, Returning());
    }

    /// <summary>Ends groups that are in the spill area and that the watermark or the clock ends.</summary>
    private void EndSpilled(long time)
    {
        if (!HasSpilled)
            return;
        SpillArea!.TakeDue(0, time, new EndingGroups(this, time));
        EmitShown();
    }

    private void End(StateReader key, StateReader value, long time)
    {
        _lookup.Reset();
        TOps.LoadKey(key, _lookup, out TKey ending);
        value.Read<uint>();
        long seen = value.Read<long>();
        if ((_isTimed ? TimeOf(ending) : seen) > time)
        {
            key.Rewind();
            value.Rewind();
            TakeBack(key, value);
            return;
        }

        int rows = value.Read<int>();
        Counts.Closed += rows;
        Counts.Held -= rows;
        _spilledRows -= rows;
        State.Removed++;
        if (_isTimed && _settings.Mode == OutputMode.Append)
        {
            value.Rewind();
            Show(value);
        }

        // What is spilled is stored, or is on its way to be; the watermark is the floor of what it ends.
        if (_isTimed || !_tracks || Early is not { } early)
            return;
        early.BeginRemove(0, StateEntry.NoTime, TOps.Hash(ending));
        TOps.SaveKey(ending, early.Writer);
        early.End();
    }

    private ISpillTarget Returning() => _returning ??= new ReturningGroups(this);

    private void Put(int group)
    {
        ref GroupRecord<TKey, TopGroup<TOrder>> record = ref _groups.Records[group];
        if (_tracks && Early is { } early && _groups.IsChanged(group))
            Save(group, early);
        long due = _isTimed ? TimeOf(record.Key) : _settings.TtlMicros > 0 ? record.Acc.Seen : SpillArea.NeverDue;
        _spill.Begin(0, 0, TOps.Hash(record.Key), due);
        TOps.SaveKey(record.Key, _spill.Writer);
        _spill.BeginValue();
        _spill.Writer.Write(record.Epoch);
        SaveValue(group, _spill.Writer);
        _spill.End();
        _spilledRows += record.Acc.Count;
        _groups.Leave(group);
    }

    private void TakeBack(StateReader key, StateReader value)
    {
        uint epoch = value.Read<uint>();
        TOps.LoadKey(key, _groups.Arena, out TKey taken);
        int group = Load(taken, value);
        if (_tracks)
            _groups.MarkStored(group);
        _spilledRows -= _groups.Records[group].Acc.Count;
        if (_groups.Return(group, epoch) && _inBatch)
            _touchedAway--;
    }

    /// <summary>Writes the rows of a group that is in the spill area to the output.</summary>
    private void Show(StateReader value)
    {
        _shown ??= Pool.Rent();
        value.Read<uint>();
        value.Read<long>();
        int count = value.Read<int>();
        for (int i = 0; i < count; i++)
        {
            value.Read<TOrder>();
            for (int column = 0; column < _settings.Columns.Length; column++)
                RowState.Read(value, _shown[column]);
            if (_settings.HasRank)
                ((FixedColumn<int>)_shown[_settings.Columns.Length]).Append(i + 1);
        }

        _shown.Length += count;
        if (_shown.Length >= OutputRows)
            EmitShown();
    }

    private void ShowSpilled()
    {
        if (HasSpilled)
            SpillArea!.Visit(0, 0, new ShownGroups(this));
        EmitShown();
    }

    private void EmitShown()
    {
        if (_shown is not { } shown)
            return;
        _shown = null;
        Emit(shown);
    }

    private void SaveSpilled(StateChanges changes)
    {
        if (HasSpilled)
            SpillArea!.Visit(0, 0, new SavedGroups(this, changes));
    }

    private void SaveSpilled(StateReader key, StateReader value, StateChanges changes)
    {
        _lookup.Reset();
        TOps.LoadKey(key, _lookup, out TKey one);
        value.Read<uint>();
        changes.BeginPut(0, TimeOf(one), TOps.Hash(one));
        TOps.SaveKey(one, changes.Writer);
        changes.BeginValue();
        changes.Writer.WriteRaw(value.ReadRaw(value.Left));
        changes.End();
    }

    private sealed class ReturningGroups(TopOperator<TKey, TOrder, TOps> to) : ISpillTarget
    {
        public void Take(int table, long part, StateReader key, StateReader value) => to.TakeBack(key, value);
    }

    private sealed class EndingGroups(TopOperator<TKey, TOrder, TOps> of, long time) : ISpillTarget
    {
        public void Take(int table, long part, StateReader key, StateReader value) => of.End(key, value, time);
    }

    private sealed class ShownGroups(TopOperator<TKey, TOrder, TOps> by) : ISpillTarget
    {
        public void Take(int table, long part, StateReader key, StateReader value) => by.Show(value);
    }

    private sealed class SavedGroups(TopOperator<TKey, TOrder, TOps> by, StateChanges changes) : ISpillTarget
    {
        public void Take(int table, long part, StateReader key, StateReader value) => by.SaveSpilled(key, value, changes);
    }
}
