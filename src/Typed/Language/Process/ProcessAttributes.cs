namespace Typed;

/// <summary>Which clock the timers, time-outs and lifetimes of a processor follow (semantics 9.4, 9.5, 10.2).</summary>
public enum TimeMode
{
    /// <summary>None: no timers, no time-outs, no lifetimes; late rows are delivered.</summary>
    None,

    /// <summary>
    /// The clock of the batch. A batch runs at each tick of <see cref="Trigger.Every(TimeSpan)"/>, also without data (10.9); with the default trigger, which
    /// has no ticks, when a timer is due. Late rows are delivered.
    /// </summary>
    ProcessingTime,

    /// <summary>The watermark, which the input must have. Rows behind it are dropped (2.3.6).</summary>
    EventTime,
}

/// <summary>How a <see cref="KeyedProcessor{TKey, TIn, TOut}"/> works; without it, <see cref="TimeMode.None"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ProcessorAttribute : Attribute
{
    /// <summary>What timers and lifetimes follow.</summary>
    public TimeMode Time { get; set; }

    /// <summary>
    /// The field of the output that carries the event time on, with the watermark of the input; a row emitted with a time at or behind the
    /// late watermark fails the query (semantics 10.8). Null for none.
    /// </summary>
    public string? OutputEventTime { get; set; }
}

/// <summary>How a <see cref="GroupProcessor{TKey, TIn, TOut}"/> works; without it, no time-out and append.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class GroupProcessorAttribute : Attribute
{
    /// <summary>What time-outs follow.</summary>
    public TimeMode Timeout { get; set; }

    /// <summary>What the emitted rows are to the query: rows for good (append) or the present state of their key (update).</summary>
    public OutputMode Output { get; set; } = OutputMode.Append;

    /// <summary>Whether each call emits exactly one row (mapGroupsWithState, semantics 9.1), which fails the query otherwise. Needs update mode.</summary>
    public bool OneRowPerCall { get; set; }
}

/// <summary>
/// Marks a field of a processor that is kept for each key. The processor must be partial: the generator adds what loads the field before
/// each call and keeps it afterwards.
/// </summary>
/// <remarks>
/// A field may be a value — absent is null, or the default of a type that is not nullable — or a <see cref="ValueState{T}"/>,
/// <see cref="ListState{T}"/> or <see cref="MapState{TKey, TValue}"/>.
/// </remarks>
[AttributeUsage(AttributeTargets.Field)]
public sealed class StateAttribute : Attribute
{
    /// <summary>
    /// How long what is written stays, from the clock of the batch that wrote it, for example <c>"24 hours"</c>; null for ever. For a whole value, each
    /// element of a list, each entry of a map. Only with <see cref="TimeMode.ProcessingTime"/> and not for plain values (semantics 10.7).
    /// </summary>
    public string? Ttl { get; set; }
}
