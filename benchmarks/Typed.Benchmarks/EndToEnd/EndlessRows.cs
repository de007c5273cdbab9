using System.Globalization;
using System.Runtime.CompilerServices;
using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed.Benchmarks.EndToEnd;

/// <summary>The same batches of columns again and again, which cost a query nothing to read: there is always a micro-batch more.</summary>
/// <param name="batches">The batches.</param>
/// <param name="times">How often they come in a micro-batch.</param>
internal sealed class EndlessRows<T>(IReadOnlyList<ColumnBatch> batches, int times) : ISource<T>, ISourceReader
    where T : IStreamRecord<T>
{
    private long _rows;

    /// <summary>How many rows were read.</summary>
    internal long Rows => Volatile.Read(ref _rows);

    public string Description => "endless rows";

    public bool CanReplay => true;

    public ISourceReader Open(SourceContext context) => this;

    public ValueTask<string?> NextOffsetAsync(string? start, bool all, CancellationToken cancellation) =>
        new((start is null ? 1 : long.Parse(start, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture));

    public ValueTask FreezeAsync(string? start, CancellationToken cancellation) => default;

    public async IAsyncEnumerable<ColumnBatch> ReadAsync(string? start, string end, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        for (int i = 0; i < times * batches.Count; i++)
        {
            ColumnBatch batch = batches[i % batches.Count];
            batch.AddReference();
            Volatile.Write(ref _rows, _rows + batch.Length);
            yield return batch;
        }
    }

    public ValueTask CommitAsync(string end, CancellationToken cancellation) => default;

    public ValueTask WaitForDataAsync(string? start, CancellationToken cancellation) => default;

    public ValueTask DisposeAsync() => default;
}

/// <summary>Counts the rows that come out.</summary>
internal sealed class CountedRows<T> : ISink<T>, ISinkWriter
    where T : IStreamRecord<T>
{
    /// <summary>How many there were.</summary>
    internal long Rows { get; private set; }

    public string Description => "counted rows";

    public ISinkWriter Open(SinkContext context) => this;

    public void Begin(long batchId, long? watermark)
    {
    }

    public void Write(ColumnBatch batch) => Rows += batch.Length;

    public ValueTask CommitAsync(CancellationToken cancellation) => default;

    public void Abort()
    {
    }

    public ValueTask DisposeAsync() => default;
}
