using Typed.Columns;
using Typed.Schema;

namespace Typed.Connect;

/// <summary>A description of where a table comes from.</summary>
/// <typeparam name="T">The record.</typeparam>
public interface ITableSource<T>
    where T : IStreamRecord<T>
{
    /// <summary>Opens the table for a run.</summary>
    ITableReader Open(SourceContext context);
}

/// <summary>An open table.</summary>
public interface ITableReader : IAsyncDisposable
{
    /// <summary>What the table is, for messages.</summary>
    string Description { get; }

    /// <summary>
    /// The rows, in one batch that the caller releases, if they have to be read for this batch as the refresh policy says; null if those
    /// that were read last still hold.
    /// </summary>
    /// <param name="batchId">The number of the micro-batch that will look the table up.</param>
    /// <param name="cancellation">Ends the read.</param>
    ValueTask<ColumnBatch?> RefreshAsync(long batchId, CancellationToken cancellation);
}
