namespace Typed;

/// <summary>
/// Custom state in the simpler form with time-outs (mapGroupsWithState and flatMapGroupsWithState, semantics 9): derive a partial class, mark its
/// fields with <see cref="StateAttribute"/> and give an object of it to <c>GroupBy(…).Process(…)</c>. One object serves all keys: its
/// state fields are those of the key of the present call; other fields must not change.
/// </summary>
/// <remarks>
/// Each call clears the time-out of its key, so a call that wants one sets it (9.3). A key with rows in a batch is never timed out in that batch (9.2).
/// </remarks>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TIn">The rows that come in.</typeparam>
/// <typeparam name="TOut">The rows that go out.</typeparam>
public abstract class GroupProcessor<TKey, TIn, TOut>
{
    /// <summary>Takes all rows that one key has in a micro-batch; with an initial state, in the first batch also its keys without rows (9.9).</summary>
    /// <param name="rows">The rows; none for a key that only the initial state has.</param>
    /// <param name="ctx">The key, the clocks, what can be done.</param>
    public abstract void OnRows(Rows<TIn> rows, GroupContext<TKey, TOut> ctx);

    /// <summary>Takes a key whose time-out has expired: it is before, not at, the clock of the batch or the watermark (9.4, 9.5). Forgets the key unless overridden.</summary>
    /// <param name="ctx">The key, the clocks, what can be done.</param>
    public virtual void OnTimeout(GroupContext<TKey, TOut> ctx) => ctx.Clear();
}

/// <summary>Custom state with time-outs and an initial state: a table with one row for each key (semantics 9.9).</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TIn">The rows that come in.</typeparam>
/// <typeparam name="TOut">The rows that go out.</typeparam>
/// <typeparam name="TInitial">The rows of the initial state.</typeparam>
public abstract class GroupProcessor<TKey, TIn, TOut, TInitial> : GroupProcessor<TKey, TIn, TOut>
{
    /// <summary>
    /// Sets the state fields from the row that the initial state has for a key, just before the first <c>OnRows</c> of the key. In the first
    /// batch of a new checkpoint. Two rows for one key fail the query.
    /// </summary>
    /// <param name="row">The row.</param>
    public abstract void OnInitial(TInitial row);
}
