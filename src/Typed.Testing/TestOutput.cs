using Typed.Connect;
using Typed.Schema;

namespace Typed.Testing;

/// <summary>What a pipeline under test has written.</summary>
/// <typeparam name="T">The record.</typeparam>
public sealed class TestOutput<T> : ITestOutput
    where T : IStreamRecord<T>
{
    private readonly MemorySink<T> _sink = new() { SurvivesRestart = true };
    private int _read;

    internal TestOutput(string name) => Name = name;

    /// <summary>The name of the output.</summary>
    public string Name { get; }

    /// <summary>Where the pipeline writes; used by generated code.</summary>
    public ISink<T> Sink => _sink;

    /// <summary>All rows that were written; in complete mode the latest result.</summary>
    public IReadOnlyList<T> All => _sink.Rows;

    /// <summary>The rows of the batches that the last call on the harness has run; in complete mode the result of the last of them.</summary>
    public IReadOnlyList<T> New
    {
        get
        {
            IReadOnlyList<MemoryBatch<T>> batches = _sink.Batches;
            return batches.Count <= _read ? []
                : _sink.Mode == OutputMode.Complete ? batches[^1].Rows
                : [.. batches.Skip(_read).SelectMany(batch => batch.Rows)];
        }
    }

    /// <summary>What each batch has written, batches without rows included.</summary>
    public IReadOnlyList<MemoryBatch<T>> Batches => _sink.Batches;

    /// <summary>Holds <see cref="New"/> against the rows that should be there, in any order. Rows are compared by what their columns hold.</summary>
    /// <exception cref="RowMismatchException">Others are there; the message shows which are missing and which are too many.</exception>
    public void ExpectNew(params ReadOnlySpan<T> rows) => Check(nameof(New), New, rows.ToArray());

    /// <summary>Holds <see cref="All"/> against the rows that should be there, in any order. Rows are compared by what their columns hold.</summary>
    /// <exception cref="RowMismatchException">Others are there; the message shows which are missing and which are too many.</exception>
    public void ExpectAll(params ReadOnlySpan<T> rows) => Check(nameof(All), All, rows.ToArray());

    void ITestOutput.MarkRead() => _read = _sink.Batches.Count;

    private void Check(string what, IReadOnlyList<T> actual, T[] expected) =>
        RowDifference.Check($"{Name}.{what}", [.. T.Schema.Fields.Select(field => field.Name)], RowText.Of(actual), RowText.Of<T>(expected));
}

/// <summary>An output of any record.</summary>
internal interface ITestOutput
{
    /// <summary>Makes what comes from now on new.</summary>
    void MarkRead();
}
