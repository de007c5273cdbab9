using System.Buffers;
using System.Collections;
using System.Runtime.CompilerServices;

namespace Typed.Operators;

/// <summary>Goes through the elements that a state field had when it was asked; they lie in a rented array until <see cref="Dispose"/>.</summary>
/// <typeparam name="T">The element.</typeparam>
public struct StateEnumerator<T> : IEnumerator<T>
{
    private readonly int _count;
    private T[]? _elements;
    private int _next;

    internal StateEnumerator(T[] rented, int count)
    {
        _elements = rented;
        _count = count;
    }

    /// <inheritdoc/>
    public readonly T Current => _elements![_next - 1];

    readonly object? IEnumerator.Current => Current;

    /// <inheritdoc/>
    public bool MoveNext()
    {
        if (_next >= _count)
            return false;
        _next++;
        return true;
    }

    /// <summary>Starts again.</summary>
    public void Reset() => _next = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_elements is { Length: > 0 } rented)
            ArrayPool<T>.Shared.Return(rented, RuntimeHelpers.IsReferenceOrContainsReferences<T>());
        _elements = null;
        _next = _count;
    }
}
