using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Typed;

/// <summary>
/// A field of string keys and values: an immutable map that keeps its entries in the order in which they came and is equal to another
/// one with equal entries in the same order, so that records that hold maps stay comparable.
/// </summary>
/// <remarks>A lookup scans the entries: maps in events are short. The last of several entries with one key counts.</remarks>
/// <typeparam name="TKey">The type of the keys; a field of a record must have <see cref="string"/>.</typeparam>
/// <typeparam name="TValue">The type of the values.</typeparam>
public sealed class Map<TKey, TValue> : IReadOnlyDictionary<TKey, TValue>, IEquatable<Map<TKey, TValue>>
    where TKey : notnull
{
    private readonly KeyValuePair<TKey, TValue>[] _entries;

    /// <summary>A map of the entries; of several with one key the last one counts.</summary>
    public Map(IEnumerable<KeyValuePair<TKey, TValue>> entries)
    {
        List<KeyValuePair<TKey, TValue>> kept = [];
        foreach (KeyValuePair<TKey, TValue> entry in entries)
        {
            int known = kept.FindIndex(other => EqualityComparer<TKey>.Default.Equals(other.Key, entry.Key));
            if (known >= 0)
                kept[known] = entry;
            else
                kept.Add(entry);
        }

        _entries = [.. kept];
    }

    /// <summary>A map without entries.</summary>
    public static Map<TKey, TValue> Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _entries.Length;

    /// <inheritdoc/>
    public IEnumerable<TKey> Keys => _entries.Select(entry => entry.Key);

    /// <inheritdoc/>
    public IEnumerable<TValue> Values => _entries.Select(entry => entry.Value);

    /// <inheritdoc/>
    public TValue this[TKey key] => TryGetValue(key, out TValue? value) ? value : throw new KeyNotFoundException($"The map has no entry '{key}'.");

    /// <inheritdoc/>
    public bool ContainsKey(TKey key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        foreach (KeyValuePair<TKey, TValue> entry in _entries)
        {
            if (EqualityComparer<TKey>.Default.Equals(entry.Key, key))
            {
                value = entry.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator() => ((IEnumerable<KeyValuePair<TKey, TValue>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(Map<TKey, TValue>? other) => other is not null && _entries.AsSpan().SequenceEqual(other._entries);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Map<TKey, TValue>);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (KeyValuePair<TKey, TValue> entry in _entries)
            hash.Add(entry);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => "{" + string.Join(", ", _entries.Select(entry => $"{entry.Key}: {entry.Value}")) + "}";
}
