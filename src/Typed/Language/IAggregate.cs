namespace Typed;

/// <summary>
/// An aggregate of the user's own: a struct whose methods the compiler inlines into the aggregation loop.
/// </summary>
/// <remarks>
/// The state is stored as bytes and combined across slices of a window and across restarts, so <see cref="Merge"/>
/// must be associative, and <see cref="Add"/> and <see cref="Merge"/> deterministic. Null values are skipped unless
/// <typeparamref name="TValue"/> is nullable.
/// </remarks>
/// <typeparam name="TValue">The value of one row.</typeparam>
/// <typeparam name="TState">What is kept for a group: an unmanaged struct.</typeparam>
/// <typeparam name="TResult">The result for a group.</typeparam>
public interface IAggregate<TValue, TState, TResult>
    where TState : unmanaged
{
    /// <summary>The state of a group without rows.</summary>
    TState Initial { get; }

    /// <summary>Adds the value of one row.</summary>
    void Add(ref TState state, TValue value);

    /// <summary>Adds all that <paramref name="other"/> has seen.</summary>
    void Merge(ref TState state, in TState other);

    /// <summary>The result.</summary>
    TResult Result(in TState state);
}
