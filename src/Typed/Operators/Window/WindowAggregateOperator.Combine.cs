using Typed.Columns;

namespace Typed.Operators;

/// <content>Rows of keys that many rows have: each worker adds its own to tables apart, and the owner of a key puts them together at the end of the micro-batch.</content>
public abstract unsafe partial class WindowAggregateOperator<TKey, TAcc, TOps>
{
    private SliceTables<TKey, TAcc, TOps>? _combined;
    private GroupTable<TKey, TAcc, TOps>? _own;
    private bool _isCombining;
    private bool _hasTaken;

    /// <summary>Whether rows of this micro-batch went into the tables of this worker, be it by another one.</summary>
    private protected bool HasNewRows => Counts.Grouped > 0 || _hasTaken;

    internal override bool CombinesRows => TOps.MergesExactly;

    internal override void CombineRows(ColumnBatch batch)
    {
        _isCombining = true;
        try
        {
            Process(batch);
        }
        finally
        {
            _isCombining = false;
        }
    }

    internal override void TakeCombined(StatefulOperator other)
    {
        if (((WindowAggregateOperator<TKey, TAcc, TOps>)other)._combined is not { } combined)
            return;
        for (int i = 0; i < combined.Count; i++)
            TakeCombined(combined[i].Number, combined[i].Table);
    }

    private void TakeCombined(long slice, GroupTable<TKey, TAcc, TOps> combined)
    {
        GroupTable<TKey, TAcc, TOps> own = _own ??= new();
        own.Clear();
        for (int group = 0; group < combined.Top; group++)
        {
            if (Owns(combined.Records[group].Key))
                own.MergeGroup(ref Ops, combined.Records[group], ownKey: true);
        }

        if (own.Top == 0)
            return;
        _hasTaken = true;
        if (RowsMayBeAway)
        {
            Want(slice, own);
            FetchWanted();
        }

        TableOf(slice).Merge(ref Ops, own, ownKeys: true);
    }

    private GroupTable<TKey, TAcc, TOps> CombinedOf(long slice) => (_combined ??= new()).GetOrAdd(slice);
}
