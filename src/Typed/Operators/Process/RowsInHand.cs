namespace Typed.Operators;

/// <summary>The rows of the key of the present call, made from columns into an array that is used again, and how far a handler has come.</summary>
/// <typeparam name="T">The row.</typeparam>
internal abstract class RowsInHand<T>
{
    /// <summary>Above so many rows the arrays are given back after the call.</summary>
    private const int MostKept = 1 << 16;

    private protected T[] Arrived = [];
    private protected T[] ByTime = [];

    /// <summary>How many rows there are.</summary>
    public int Count { get; private protected set; }

    /// <summary>How many rows the last enumeration has gone through, which makes the row that a failure is about; negative for one by event time.</summary>
    public int Reached { get; set; }

    /// <summary>The rows as a handler sees them.</summary>
    public Rows<T> View => new(Arrived.AsSpan(0, Count), this, isOrdered: false);

    /// <summary>The same rows by event time.</summary>
    public abstract ReadOnlySpan<T> Ordered();

    /// <summary>The row that was reached last, in words; empty if none was.</summary>
    public string Describe() => Reached switch
    {
        0 => "",
        > 0 => $"row {Reached} of {Count} ({Arrived[Reached - 1]})",
        _ => $"row {-Reached} of {Count} by event time ({ByTime[-Reached - 1]})",
    };

    /// <summary>Ends a call: what large arrays hold is given back.</summary>
    public void Leave()
    {
        Count = 0;
        if (Arrived.Length > MostKept)
            (Arrived, ByTime) = ([], []);
    }
}
