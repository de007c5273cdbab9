namespace Typed.Operators;

/// <content>Groups that come back, from the spill area or from what is stored.</content>
internal sealed unsafe partial class GroupTable<TKey, TAcc, TOps>
{
    private int _touchedAway;
    private uint _awayEpoch;

    /// <summary>How many groups that this micro-batch has changed have gone to the spill area since.</summary>
    public int TouchedAway
    {
        get => _awayEpoch == Epoch ? _touchedAway : 0;
        set => (_touchedAway, _awayEpoch) = (value, Epoch);
    }

    /// <summary>Takes back a group that is stored as it is.</summary>
    /// <param name="key">The key.</param>
    /// <param name="acc">The accumulator.</param>
    /// <param name="own">Whether what they point to goes before the table; else it is in the arena of the table.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="InvalidDataException">It is there already.</exception>
    public int Restore(in TKey key, in TAcc acc, bool own)
    {
        int group = FindOrAdd(key, acc, own, out bool added);
        if (!added)
            throw new InvalidDataException("State is damaged: a group appears twice.");
        if (own && TOps.HasCells)
            TOps.OwnCells(ref _records[group].Acc, Arena);
        MarkStored(group);
        return group;
    }

    /// <summary>Does what <see cref="Restore(in TKey, in TAcc, bool)"/> does for a group that was away: it is not a new one of this micro-batch.</summary>
    /// <param name="key">The key.</param>
    /// <param name="acc">The accumulator.</param>
    /// <param name="own">Whether what they point to goes before the table.</param>
    /// <param name="epoch">The micro-batch that had changed it last.</param>
    /// <param name="now">The present one.</param>
    /// <returns>Whether both are the same.</returns>
    public bool Return(in TKey key, in TAcc acc, bool own, uint epoch, uint now)
    {
        int group = Restore(key, acc, own);
        TopBefore++;
        if (epoch != now)
        {
            _records[group].Epoch = epoch;
            return false;
        }

        Touch(group);
        return true;
    }

    /// <summary>Says that the groups which came in this micro-batch so far are counted.</summary>
    public void CountAdded() => TopBefore = Top;
}
