namespace Typed;

/// <summary>
/// Custom state with timers (transformWithState, semantics 10): derive a partial class, mark its fields with <see cref="StateAttribute"/>
/// and give an object of it to <c>GroupBy(…).Process(…)</c>. One object serves all keys: its state fields are those of the key of the
/// present call; other fields must not change.
/// </summary>
/// <remarks>
/// Within a batch: rows of an initial state (first batch only), then one <see cref="OnRows"/> for each key that has rows, then
/// the timers that are due, the earliest first over all keys. An exception fails the batch, which is run again at the next start, and names
/// key and row.
/// </remarks>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TIn">The rows that come in.</typeparam>
/// <typeparam name="TOut">The rows that go out.</typeparam>
public abstract class KeyedProcessor<TKey, TIn, TOut>
{
    /// <summary>Takes all rows that one key has in a micro-batch.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="ctx">The key, the clocks, what can be done.</param>
    public abstract void OnRows(Rows<TIn> rows, Context<TKey, TOut> ctx);

    /// <summary>
    /// Takes a timer that is due: its time is at or before the clock of the batch or the watermark (semantics 10.3). It is still listed in
    /// <see cref="Context{TKey, TOut}.Timers"/> and is deleted afterwards. A timer registered here that is due already is taken in the next batch.
    /// </summary>
    /// <param name="time">The time it was registered for.</param>
    /// <param name="ctx">The key, the clocks, what can be done.</param>
    public virtual void OnTimer(DateTimeOffset time, Context<TKey, TOut> ctx) => throw new InvalidOperationException(
        $"{GetType().Name} has registered a timer but does not override OnTimer. Override it, or do not call TimerAt.");
}

/// <summary>Custom state with timers and an initial state: rows of a table that are read in the first batch (semantics 10.1).</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TIn">The rows that come in.</typeparam>
/// <typeparam name="TOut">The rows that go out.</typeparam>
/// <typeparam name="TInitial">The rows of the initial state.</typeparam>
public abstract class KeyedProcessor<TKey, TIn, TOut, TInitial> : KeyedProcessor<TKey, TIn, TOut>
{
    /// <summary>Takes one row of the initial state; several of them may have one key. In the first batch of a new checkpoint, before all else.</summary>
    /// <param name="row">The row.</param>
    /// <param name="ctx">Its key, the clocks, what can be done.</param>
    public abstract void OnInitial(TInitial row, Context<TKey, TOut> ctx);
}
