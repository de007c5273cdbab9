namespace Typed.Operators;

/// <summary>A statement about rows, and what became of it in the current micro-batch (semantics 18).</summary>
/// <param name="name">The name, unique in a pipeline.</param>
/// <param name="text">What should hold, as it stands in the plan.</param>
/// <param name="column">The boolean column of the operator's input that says whether it does; null counts as a violation.</param>
/// <param name="onViolation">What happens to a row for which it does not.</param>
public sealed class Expectation(string name, string text, int column, OnViolation onViolation)
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>What should hold.</summary>
    public string Text { get; } = text;

    /// <summary>What happens to a row for which it does not.</summary>
    public OnViolation OnViolation { get; } = onViolation;

    /// <summary>Rows of the batch for which it held.</summary>
    public long Passed { get; internal set; }

    /// <summary>Rows of the batch for which it did not.</summary>
    public long Violated { get; internal set; }

    internal int Column { get; } = column;
}

/// <summary>Takes rows that violate an expectation and are to be looked at apart.</summary>
public interface IQuarantinedRows
{
    /// <summary>Takes some rows of a batch.</summary>
    /// <param name="batch">The batch they are in.</param>
    /// <param name="columns">Which of its columns are the row.</param>
    /// <param name="schema">The row.</param>
    /// <param name="rows">Which rows.</param>
    /// <param name="violated">For each of them the expectations it violates, as bits by their place in <paramref name="expectations"/>.</param>
    /// <param name="expectations">The expectations of the operator.</param>
    void Take(Columns.ColumnBatch batch, ReadOnlySpan<int> columns, Schema.RowSchema schema, ReadOnlySpan<int> rows, ReadOnlySpan<ulong> violated, IReadOnlyList<Expectation> expectations);
}
