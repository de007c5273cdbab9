namespace Typed.State;

/// <summary>One entry of stored state on its way back into an operator.</summary>
/// <param name="table">The table, by its place in the operator's layout.</param>
/// <param name="time">The time with which it was put.</param>
/// <param name="shard">The shard of its key.</param>
/// <param name="key">Reads the fields of the key; valid during the call.</param>
/// <param name="value">Reads the fields of the value; valid during the call.</param>
public readonly ref struct StateEntry(int table, long time, byte shard, StateReader key, StateReader value)
{
    /// <summary>The time of an entry that is there until it is removed.</summary>
    public const long NoTime = long.MaxValue;

    /// <summary>The table, by its place in the operator's layout.</summary>
    public int Table { get; } = table;

    /// <summary>The time with which it was put.</summary>
    public long Time { get; } = time;

    /// <summary>The shard of its key.</summary>
    public byte Shard { get; } = shard;

    /// <summary>Reads the fields of the key.</summary>
    public StateReader Key { get; } = key;

    /// <summary>Reads the fields of the value.</summary>
    public StateReader Value { get; } = value;
}
