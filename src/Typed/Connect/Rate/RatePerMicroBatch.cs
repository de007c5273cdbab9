using System.Globalization;
using Typed.Connect;
using Typed.Execution;
using Typed.Schema;

namespace Typed;

/// <summary>
/// The same number of made-up rows in every micro-batch, with times that depend on the batch alone (semantics 16.2): what a query makes
/// of it is the same in every run, whatever the clock does.
/// </summary>
public static class RatePerMicroBatch
{
    /// <summary>So many rows a micro-batch.</summary>
    /// <param name="rowsPerBatch">How many rows a micro-batch has; above zero.</param>
    /// <param name="row">Row i, from 0, with the time of its batch. Must give the same row each time.</param>
    /// <param name="start">The time of the first batch; null for 1970-01-01 UTC.</param>
    /// <param name="advance">How much later each batch is than the one before; null for one second.</param>
    /// <param name="batches">After how many batches the source ends; null for never.</param>
    /// <exception cref="QueryStartException">A number is out of range (rule <c>rate-source-options</c>).</exception>
    public static ISource<T> Of<T>(
        long rowsPerBatch, Func<long, DateTimeOffset, T> row, DateTimeOffset? start = null, TimeSpan? advance = null, long? batches = null)
        where T : IStreamRecord<T>
    {
        ArgumentNullException.ThrowIfNull(row);
        RateLimit.Check(rowsPerBatch, nameof(rowsPerBatch), "rate-source-options");
        RateLimit.Check(batches, nameof(batches), "rate-source-options");
        TimeSpan step = advance ?? TimeSpan.FromSeconds(1);
        if (step < TimeSpan.Zero)
            throw new QueryStartException(StartRules.ConnectOption.As("rate-source-options"), nameof(advance), step, SettingProblems.Negative);
        DateTimeOffset first = start ?? DateTimeOffset.UnixEpoch;
        return new Source<T>(rowsPerBatch, i => row(i, first + TimeSpan.FromTicks(checked(step.Ticks * (i / rowsPerBatch)))), batches);
    }

    /// <inheritdoc cref="Of{T}(long, Func{long, DateTimeOffset, T}, DateTimeOffset?, TimeSpan?, long?)"/>
    public static ISource<T> Of<T>(long rowsPerBatch, Func<long, T> row, long? batches = null)
        where T : IStreamRecord<T>
    {
        ArgumentNullException.ThrowIfNull(row);
        return Of(rowsPerBatch, (i, _) => row(i), batches: batches);
    }

    private sealed record Source<T>(long RowsPerBatch, Func<long, T> Row, long? Batches) : ISource<T>
        where T : IStreamRecord<T>
    {
        public ISourceReader Open(SourceContext context) => new Reader<T>(this, context.Name);
    }

    private sealed class Reader<T>(Source<T> source, string name) : GeneratedRows<T>(source.Row, name)
        where T : IStreamRecord<T>
    {
        private readonly long _last = source.Batches is long batches ? checked(batches * source.RowsPerBatch) : long.MaxValue;
        private long _frozen = long.MaxValue;

        public override string Description => string.Create(CultureInfo.InvariantCulture, $"{source.RowsPerBatch} rows a batch '{Name}'");

        public override ValueTask<string?> NextOffsetAsync(string? start, bool all, CancellationToken cancellation)
        {
            long from = RowOffset.Parse(start, Description);
            long limit = Math.Min(_frozen, _last);
            long to = limit - from < source.RowsPerBatch ? Math.Max(from, limit) : from + source.RowsPerBatch;
            return new(to == 0 ? null : RowOffset.Format(to));
        }

        public override ValueTask FreezeAsync(string? start, CancellationToken cancellation)
        {
            // There is no end to what is available, so the run takes one batch; a source with a last batch is taken whole.
            if (source.Batches is null)
                _frozen = RowOffset.Parse(start, Description) + source.RowsPerBatch;
            return default;
        }

        public override bool HasEnded(string? start) => RowOffset.Parse(start, Description) >= _last;

        public override async ValueTask WaitForDataAsync(string? start, CancellationToken cancellation)
        {
            if (HasEnded(start))
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        }
    }
}
