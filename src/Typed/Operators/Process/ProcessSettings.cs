using Typed.Schema;

namespace Typed.Operators;

/// <summary>What is fixed for an operator of custom state.</summary>
/// <param name="Name">The name of the operator: its kind and number.</param>
/// <param name="Output">The rows that go out.</param>
/// <param name="UserName">The name that the pipeline gave to it.</param>
/// <param name="Processor">The name of the class.</param>
/// <param name="Time">What timers, time-outs and lifetimes follow.</param>
/// <param name="Mode">What the query writes; for a <see cref="GroupProcessor{TKey, TIn, TOut}"/> what it declares to emit.</param>
/// <param name="Key">The key in words: what each part of it is, and its type.</param>
public sealed record ProcessSettings(string Name, RowSchema Output, string UserName, string Processor, TimeMode Time, OutputMode Mode, string Key)
{
    /// <summary>The column of the event time in the input, a timestamp or a window; −1 for none.</summary>
    public int TimeColumn { get; init; } = -1;

    /// <summary>Whether the input has a watermark.</summary>
    public bool HasWatermark { get; init; }

    /// <summary>The column of the output that carries the watermark on (semantics 10.8); −1 for none.</summary>
    public int OutputTimeColumn { get; init; } = -1;

    /// <summary>Whether each call emits exactly one row (semantics 9.1).</summary>
    public bool OneRowPerCall { get; init; }
}
