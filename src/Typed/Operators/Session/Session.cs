namespace Typed.Operators;

/// <summary>A session of a key.</summary>
/// <typeparam name="TAcc">The accumulator.</typeparam>
internal struct Session<TAcc>
    where TAcc : unmanaged
{
    /// <summary>The time of its first row, µs.</summary>
    public long Start;

    /// <summary>The greatest time of a row plus the row's gap, µs; <see cref="NotOpen"/> where no row has come.</summary>
    public long End;

    /// <summary>The micro-batch that gave it its start: what a counter needs to know (semantics 4.7).</summary>
    public uint Born;

    /// <summary>The next session of the key, which lies before this one in time: its place + 1; 0 for none.</summary>
    public int Next;

    /// <summary>The accumulator.</summary>
    public TAcc Acc;

    /// <summary>The end of a session without rows.</summary>
    public const long NotOpen = long.MinValue;
}

/// <summary>
/// The sessions of a key: the latest one lies beside the key, since nearly all rows belong to it, and the earlier ones in a list that goes back in
/// time. They never touch: what touches is one session (semantics 4.2).
/// </summary>
/// <typeparam name="TAcc">The accumulator.</typeparam>
internal struct KeySessions<TAcc>
    where TAcc : unmanaged
{
    /// <summary>The session with the latest start.</summary>
    public Session<TAcc> Latest;

    /// <summary>When the timing wheel looks at the key: not after the end of its first session.</summary>
    public long Due;
}
