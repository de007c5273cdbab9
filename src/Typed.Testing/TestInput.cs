using Typed.Connect;
using Typed.Schema;

namespace Typed.Testing;

/// <summary>A stream of a pipeline under test. What is added between two batches is the input of the next one.</summary>
/// <typeparam name="T">The record.</typeparam>
public sealed class TestInput<T>
    where T : IStreamRecord<T>
{
    private readonly MemorySource<T> _source = new();

    internal TestInput(string name) => Name = name;

    /// <summary>The name of the parameter.</summary>
    public string Name { get; }

    /// <summary>
    /// How many partitions the stream has; 0, as at first, for none. With an idle time, each partition has a watermark of its own, and one that is silent for long
    /// enough no longer holds the others back.
    /// </summary>
    /// <exception cref="InvalidOperationException">A batch was run or rows were added already.</exception>
    public int Partitions
    {
        get => _source.Partitions;
        set => _source.SetPartitions(value);
    }

    /// <summary>How many rows were added.</summary>
    public long Count => _source.Count;

    /// <summary>What the pipeline reads; used by generated code.</summary>
    public ISource<T> Source => _source;

    /// <summary>Adds rows; to the first partition, if there are several.</summary>
    public void Add(params ReadOnlySpan<T> rows) => _source.Add(rows);

    /// <inheritdoc cref="Add(ReadOnlySpan{T})"/>
    public void Add(IEnumerable<T> rows) => _source.Add(rows);

    /// <summary>Adds rows to a partition.</summary>
    /// <param name="partition">The partition, from 0; below <see cref="Partitions"/>.</param>
    /// <param name="rows">The rows.</param>
    public void AddTo(int partition, params ReadOnlySpan<T> rows) => _source.AddTo(partition, rows);
}

/// <summary>A table of a pipeline under test. A change is seen by the next batch; it does not make one run (semantics 7.2).</summary>
/// <typeparam name="T">The record.</typeparam>
public sealed class TestTable<T>
    where T : IStreamRecord<T>
{
    private readonly MemoryTable<T> _table = new();

    internal TestTable(string name) => Name = name;

    /// <summary>The name of the parameter.</summary>
    public string Name { get; }

    /// <summary>What the pipeline reads; used by generated code.</summary>
    public ITableSource<T> Source => _table;

    /// <summary>Replaces all rows.</summary>
    public void Set(params ReadOnlySpan<T> rows) => _table.Set(rows);
}
