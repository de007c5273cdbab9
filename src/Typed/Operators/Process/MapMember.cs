using System.Diagnostics.CodeAnalysis;

namespace Typed.Operators;

/// <summary>The map of a key.</summary>
/// <typeparam name="TKey">The keys of the map.</typeparam>
/// <typeparam name="TValue">The values.</typeparam>
public abstract class MapMember<TKey, TValue> : StateMember
    where TKey : notnull
    where TValue : notnull
{
    private protected MapMember(ProcessState state, string name, int number, DueHeap? heap, long ttlMicros)
        : base(state, name, number, heap, ttlMicros)
    {
    }

    /// <summary>How many entries have not expired.</summary>
    public abstract int Count { get; }

    /// <summary>The value of a key, if it is there.</summary>
    public abstract bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value);

    /// <summary>Writes the value of a key.</summary>
    public abstract void Set(TKey key, TValue value);

    /// <summary>Removes a key.</summary>
    public abstract bool Remove(TKey key);

    /// <summary>When the entry of a key expires.</summary>
    public abstract DateTimeOffset? ExpiresAt(TKey key);

    /// <summary>The entries as they are now.</summary>
    public abstract StateEnumerator<KeyValuePair<TKey, TValue>> Snapshot();

    internal StreamingQueryException Absent(TKey key) =>
        Error("state-get-when-absent", $"has no entry '{key}' (semantics 10.5). Test Contains first, or use TryGet");
}
