namespace Typed;

/// <summary>The rows of one key in one micro-batch: at least one, in the order in which they came (semantics 9.1, 10.1). Valid during the call.</summary>
/// <typeparam name="T">The row.</typeparam>
public readonly ref struct Rows<T>
{
    private readonly ReadOnlySpan<T> _rows;
    private readonly Operators.RowsInHand<T> _hand;

    private readonly bool _isOrdered;

    internal Rows(ReadOnlySpan<T> rows, Operators.RowsInHand<T> hand, bool isOrdered)
    {
        _rows = rows;
        _hand = hand;
        _isOrdered = isOrdered;
    }

    /// <summary>How many there are.</summary>
    public int Count => _rows.Length;

    /// <summary>A row by its place.</summary>
    public ref readonly T this[int index] => ref _rows[index];

    /// <summary>The same rows, the earliest event time first; of equal ones in the order in which they came, those without one before all others.</summary>
    /// <exception cref="InvalidOperationException">The input has no event time.</exception>
    public Rows<T> OrderedByEventTime() => _isOrdered ? this : new(_hand.Ordered(), _hand, isOrdered: true);

    /// <summary>The rows as memory.</summary>
    public ReadOnlySpan<T> AsSpan() => _rows;

    /// <summary>A copy. Allocates.</summary>
    public T[] ToArray() => _rows.ToArray();

    /// <summary>The rows in order.</summary>
    public Enumerator GetEnumerator() => new(_rows, _hand, _isOrdered);

    /// <summary>Goes through the rows.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<T> _rows;
        private readonly Operators.RowsInHand<T> _hand;
        private readonly bool _isOrdered;
        private int _next;

        internal Enumerator(ReadOnlySpan<T> rows, Operators.RowsInHand<T> hand, bool isOrdered)
        {
            _isOrdered = isOrdered;
            _rows = rows;
            _hand = hand;
        }

        /// <summary>The present row.</summary>
        public readonly ref readonly T Current => ref _rows[_next - 1];

        /// <summary>Goes on. Which row a handler has reached is remembered, so that its failure can name it.</summary>
        public bool MoveNext()
        {
            if (_next == _rows.Length)
                return false;
            _next++;
            _hand.Reached = _isOrdered ? -_next : _next;
            return true;
        }
    }
}
