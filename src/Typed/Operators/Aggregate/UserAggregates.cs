using System.Runtime.CompilerServices;

namespace Typed.Operators;

/// <summary>Calls of a user's aggregate through its interface, which are direct calls where it is a struct.</summary>
public static class UserAggregates
{
    /// <summary>The state of a group without rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TState Initial<TAggregate, TValue, TState, TResult>(ref TAggregate aggregate)
        where TAggregate : IAggregate<TValue, TState, TResult>
        where TState : unmanaged => aggregate.Initial;

    /// <summary>Adds the value of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add<TAggregate, TValue, TState, TResult>(ref TAggregate aggregate, ref TState state, TValue value)
        where TAggregate : IAggregate<TValue, TState, TResult>
        where TState : unmanaged => aggregate.Add(ref state, value);

    /// <summary>Adds another state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Merge<TAggregate, TValue, TState, TResult>(ref TAggregate aggregate, ref TState state, in TState other)
        where TAggregate : IAggregate<TValue, TState, TResult>
        where TState : unmanaged => aggregate.Merge(ref state, in other);

    /// <summary>The result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TResult Result<TAggregate, TValue, TState, TResult>(ref TAggregate aggregate, in TState state)
        where TAggregate : IAggregate<TValue, TState, TResult>
        where TState : unmanaged => aggregate.Result(in state);
}
