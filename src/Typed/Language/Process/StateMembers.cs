using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Typed.Operators;

namespace Typed;

/// <summary>One value of each key, where more is wanted than a plain field gives: whether it exists, a lifetime, a write that is not a change (semantics 10.5).</summary>
/// <typeparam name="T">The value; not nullable.</typeparam>
public readonly struct ValueState<T>
    where T : notnull
{
    private readonly ValueMember<T>? _member;

    /// <summary>Made by the generator.</summary>
    public ValueState(ValueMember<T> member) => _member = member;

    /// <summary>Whether there is a value that has not expired.</summary>
    public bool Exists => Member.TryGet(out _);

    /// <summary>The value.</summary>
    /// <exception cref="StreamingQueryException">There is none (<c>state-get-when-absent</c>); test <see cref="Exists"/> or use <see cref="TryGet"/>.</exception>
    public T Value
    {
        get => Member.TryGet(out T? value) ? value : throw Member.Absent();
        set => Member.Set(value);
    }

    /// <summary>When the value expires; null if there is none, or it never does.</summary>
    public DateTimeOffset? ExpiresAt => Member.ExpiresAt;

    private ValueMember<T> Member => _member ?? throw StateMember.Unbound("ValueState");

    /// <summary>The value, if there is one.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value) => Member.TryGet(out value);

    /// <summary>Writes the value; its lifetime starts again.</summary>
    /// <exception cref="StreamingQueryException"><paramref name="value"/> is null (<c>null-state-value</c>).</exception>
    public void Set(T value) => Member.Set(value);

    /// <summary>Removes the value.</summary>
    public void Clear() => Member.Clear();
}

/// <summary>A list of each key, in the order in which elements were appended (semantics 10.5).</summary>
/// <typeparam name="T">The elements; not nullable.</typeparam>
public readonly struct ListState<T> : IEnumerable<T>
    where T : notnull
{
    private readonly ListMember<T>? _member;

    /// <summary>Made by the generator.</summary>
    public ListState(ListMember<T> member) => _member = member;

    /// <summary>How many elements have not expired.</summary>
    public int Count => Member.Count;

    /// <summary>Whether there is an element that has not expired.</summary>
    public bool Exists => Member.Count > 0;

    private ListMember<T> Member => _member ?? throw StateMember.Unbound("ListState");

    /// <summary>Appends an element.</summary>
    /// <exception cref="StreamingQueryException"><paramref name="element"/> is null (<c>null-state-value</c>).</exception>
    public void Append(T element) => Member.Append(element);

    /// <summary>Appends elements.</summary>
    /// <exception cref="StreamingQueryException">An element is null (<c>null-state-value</c>), or there is none (<c>empty-list-value</c>).</exception>
    public void AppendAll(params ReadOnlySpan<T> elements) => Member.AppendAll(elements);

    /// <summary>Replaces the list.</summary>
    /// <exception cref="StreamingQueryException">An element is null (<c>null-state-value</c>), or there is none (<c>empty-list-value</c>).</exception>
    public void Set(params ReadOnlySpan<T> elements) => Member.Set(elements);

    /// <summary>Removes all elements.</summary>
    public void Clear() => Member.Clear();

    /// <summary>When each element expires, in order. Allocates.</summary>
    public DateTimeOffset?[] Expiries() => Member.Expiries();

    /// <summary>The elements as they are now, in order: later changes do not show (10.5).</summary>
    public StateEnumerator<T> GetEnumerator() => Member.Snapshot();

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A map of each key of the stream (semantics 10.5).</summary>
/// <typeparam name="TKey">The keys of the map; not nullable.</typeparam>
/// <typeparam name="TValue">The values; not nullable.</typeparam>
public readonly struct MapState<TKey, TValue> : IEnumerable<KeyValuePair<TKey, TValue>>
    where TKey : notnull
    where TValue : notnull
{
    private readonly MapMember<TKey, TValue>? _member;

    /// <summary>Made by the generator.</summary>
    public MapState(MapMember<TKey, TValue> member) => _member = member;

    /// <summary>How many entries have not expired.</summary>
    public int Count => Member.Count;

    /// <summary>Whether there is an entry that has not expired.</summary>
    public bool Exists => Member.Count > 0;

    private MapMember<TKey, TValue> Member => _member ?? throw StateMember.Unbound("MapState");

    /// <summary>The value of a key.</summary>
    /// <exception cref="StreamingQueryException">The key is null (<c>null-state-value</c>) or not there (<c>state-get-when-absent</c>).</exception>
    public TValue this[TKey key]
    {
        get => Member.TryGet(key, out TValue? value) ? value : throw Member.Absent(key);
        set => Member.Set(key, value);
    }

    /// <summary>The value of a key, if it is there.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => Member.TryGet(key, out value);

    /// <summary>Whether a key is there.</summary>
    public bool Contains(TKey key) => Member.TryGet(key, out _);

    /// <summary>Writes the value of a key; the lifetime of the entry starts again.</summary>
    /// <exception cref="StreamingQueryException">The key or the value is null (<c>null-state-value</c>).</exception>
    public void Set(TKey key, TValue value) => Member.Set(key, value);

    /// <summary>Removes a key.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(TKey key) => Member.Remove(key);

    /// <summary>Removes all entries.</summary>
    public void Clear() => Member.Clear();

    /// <summary>When the entry of a key expires; null if it is not there, or never does.</summary>
    public DateTimeOffset? ExpiresAt(TKey key) => Member.ExpiresAt(key);

    /// <summary>The entries as they are now, in the order in which they were last written; later changes do not show.</summary>
    public StateEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator() => Member.Snapshot();

    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
