using System.Threading.Channels;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Connect;

/// <summary>
/// An open source over a channel. The rows of a batch are taken from the channel when the batch is planned and held until it is
/// committed; nothing else is taken meanwhile, so a bounded channel slows its writer down.
/// </summary>
internal sealed class HeldRows<T> : ISourceReader
    where T : IStreamRecord<T>
{
    private const int RowsPerColumnBatch = 65_536;
    private readonly ChannelReader<T> _channel;
    private readonly BufferedSourceOptions _options;
    private readonly bool _availableMeansAll;
    private readonly Func<ValueTask>? _close;
    private readonly BatchPool _pool = new(T.Schema);
    private readonly List<T> _held = [];
    private long _first = -1;
    private long _frozen = long.MaxValue;
    private bool _drains;

    /// <summary>Reads a channel.</summary>
    /// <param name="description">What the source is.</param>
    /// <param name="channel">The rows.</param>
    /// <param name="options">The options.</param>
    /// <param name="availableMeansAll">Whether trigger AvailableNow means all rows up to the end of the source, and not those that are there.</param>
    /// <param name="close">Stops what writes to the channel.</param>
    internal HeldRows(string description, ChannelReader<T> channel, BufferedSourceOptions options, bool availableMeansAll, Func<ValueTask>? close)
    {
        RateLimit.Check(options.MaxRowsPerTrigger, nameof(options.MaxRowsPerTrigger));
        RateLimit.Check(options.Buffer, nameof(options.Buffer));
        (Description, _channel, _options, _availableMeansAll, _close) = (description, channel, options, availableMeansAll, close);
    }

    public string Description { get; }

    public bool CanReplay => false;

    private long End => _first + _held.Count;

    public async ValueTask<string?> NextOffsetAsync(string? start, bool all, CancellationToken cancellation)
    {
        long from = RowOffset.Parse(start, Description);
        Begin(from);
        if (_drains && End == from)
            await _channel.WaitToReadAsync(cancellation);
        long limit = all ? long.MaxValue : from + _options.MaxRowsPerTrigger;
        Take(Math.Min(limit, _frozen));
        if (End == from && _channel.Completion.IsFaulted)
            await _channel.Completion;
        return End == 0 ? null : RowOffset.Format(End);
    }

    public ValueTask FreezeAsync(string? start, CancellationToken cancellation)
    {
        long from = RowOffset.Parse(start, Description);
        Begin(from);
        if (_availableMeansAll)
            _drains = true;
        else if (_channel.CanCount)
            _frozen = End + _channel.Count;
        else
            Take(_frozen = from + _options.MaxRowsPerTrigger);
        return default;
    }

    public IAsyncEnumerable<ColumnBatch> ReadAsync(string? start, string end, CancellationToken cancellation)
    {
        long from = RowOffset.Parse(start, Description);
        long to = RowOffset.Parse(end, Description);
        if (_first < 0 || from < _first || to > End)
        {
            if (_options.FailOnDataLoss)
            {
                throw new InvalidOperationException(
                    $"The rows {from} to {to} of {Description} were taken by an earlier run, which did not finish their batch, and cannot be read again: "
                    + "this source hands each row out once. Set FailOnDataLoss to false to go on without them, start with a new checkpoint, "
                    + "or use a source that can be read again (files, for example) where no row may be lost.");
            }

            Begin(to);
            from = Math.Clamp(from, _first, to);
        }

        return Read((int)(from - _first), (int)(to - _first)).AsAsync(cancellation);
    }

    public ValueTask CommitAsync(string end, CancellationToken cancellation)
    {
        long done = RowOffset.Parse(end, Description) - _first;
        if (_first >= 0 && done > 0)
        {
            done = Math.Min(done, _held.Count);
            _held.RemoveRange(0, (int)done);
            _first += done;
        }

        return default;
    }

    public bool HasEnded(string? start) =>
        _channel.Completion.IsCompletedSuccessfully && (_first < 0 || RowOffset.Parse(start, Description) >= End);

    public async ValueTask WaitForDataAsync(string? start, CancellationToken cancellation)
    {
        if (_first >= 0 && RowOffset.Parse(start, Description) < End)
            return;
        // The end of the channel is news as well: the query asks whether the source has ended.
        await _channel.WaitToReadAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_close is not null)
            await _close();
        _pool.Dispose();
    }

    private void Begin(long first)
    {
        if (_first < 0)
            _first = first;
    }

    private void Take(long limit)
    {
        while (End < limit && _channel.TryRead(out T? row))
            _held.Add(row);
    }

    private IEnumerable<ColumnBatch> Read(int from, int to)
    {
        while (from < to)
        {
            int count = Math.Min(to - from, RowsPerColumnBatch);
            ColumnBatch batch = _pool.Rent();
            foreach (ref readonly T row in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_held).Slice(from, count))
                T.Append(row, batch);
            batch.Length = count;
            from += count;
            yield return batch;
        }
    }
}
