namespace Typed;

/// <content>Custom state (semantics 9, 10).</content>
public sealed partial class GroupedStream<TKey, T>
{
    /// <summary>Custom state with timers (transformWithState, semantics 10).</summary>
    /// <param name="processor">A new object of the processor; what its initialisers set are parameters, read once at start.</param>
    /// <param name="name">What messages and the progress call the operator; part of the identity of its state.</param>
    public Stream<TOut> Process<TOut>(KeyedProcessor<TKey, T, TOut> processor, string name) => throw Never.Runs();

    /// <summary>Custom state with timers and an initial state, which is read in the first batch of a new checkpoint (semantics 10.1).</summary>
    /// <param name="processor">A new object of the processor; what its initialisers set are parameters, read once at start.</param>
    /// <param name="name">What messages and the progress call the operator; part of the identity of its state.</param>
    /// <param name="initial">The rows of the initial state; several may have one key.</param>
    /// <param name="initialKey">Their key.</param>
    public Stream<TOut> Process<TOut, TInitial>(
        KeyedProcessor<TKey, T, TOut, TInitial> processor, string name, Table<TInitial> initial, Func<TInitial, TKey> initialKey) => throw Never.Runs();

    /// <summary>Custom state with time-outs (mapGroupsWithState and flatMapGroupsWithState, semantics 9).</summary>
    /// <param name="processor">A new object of the processor; what its initialisers set are parameters, read once at start.</param>
    /// <param name="name">What messages and the progress call the operator; part of the identity of its state.</param>
    public Stream<TOut> Process<TOut>(GroupProcessor<TKey, T, TOut> processor, string name) => throw Never.Runs();

    /// <summary>Custom state with time-outs and an initial state, which is read in the first batch of a new checkpoint (semantics 9.9).</summary>
    /// <param name="processor">A new object of the processor; what its initialisers set are parameters, read once at start.</param>
    /// <param name="name">What messages and the progress call the operator; part of the identity of its state.</param>
    /// <param name="initial">The rows of the initial state, one for each key.</param>
    /// <param name="initialKey">Their key.</param>
    public Stream<TOut> Process<TOut, TInitial>(
        GroupProcessor<TKey, T, TOut, TInitial> processor, string name, Table<TInitial> initial, Func<TInitial, TKey> initialKey) => throw Never.Runs();
}
