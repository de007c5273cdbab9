using System.Runtime.ExceptionServices;
using Typed.Columns;
using Typed.Connect;
using Typed.Time;

namespace Typed.Execution;

/// <summary>
/// A sink that is tried again when it fails, with the same batch: its rows are kept as columns, by reference, until they are committed, so no operator
/// runs twice and the other sinks know nothing of it. A sink that stays down may have a spare one, which then gets its batches, this one first, until
/// the run ends.
/// </summary>
internal sealed class RetryingWriter(ISinkWriter primary, ISinkWriter? spare, SinkContext context) : ISinkWriter
{
    private readonly List<ColumnBatch> _rows = [];
    private Retry _retry = Retry.None;
    private readonly ISinkWriter _primary = primary;
    private ISinkWriter _writer = primary;
    private long _batchId;
    private long? _watermark;
    private DateTimeOffset _firstFailure;
    private Exception? _failure;
    private Exception? _primaryFailure;
    private volatile string? _waiting;

    /// <inheritdoc/>
    public string Description => _writer == _primary ? _primary.Description : $"{_writer.Description}, instead of {_primary.Description}";

    /// <summary>How often the sink was tried again in the present batch.</summary>
    internal int Retries { get; private set; }

    /// <summary>What somebody should know who asks why the batch does not end; null while no sink is waited for.</summary>
    internal string? Waiting => _waiting;

    /// <summary>The sink as the options of a query want it: as it is, or tried again.</summary>
    internal static ISinkWriter Of(ISinkWriter writer, Retry retry, SinkContext context)
    {
        if (retry.Attempts == 1)
            return writer;
        RetryingWriter retrying = writer as RetryingWriter ?? new RetryingWriter(writer, null, context);
        retrying._retry = retry;
        return retrying;
    }

    public void Begin(long batchId, long? watermark)
    {
        ReleaseRows();
        (_batchId, _watermark, Retries, _failure) = (batchId, watermark, 0, null);
        Try(() => _writer.Begin(batchId, watermark));
    }

    public void Write(ColumnBatch batch)
    {
        if (_writer == spare)
        {
            spare.Write(batch);
            return;
        }

        _rows.Add(batch.AddReference());
        if (_failure is null)
            Try(() => _primary.Write(batch));
    }

    /// <summary>Commits, and waits and tries again where that fails.</summary>
    /// <param name="cancellation">Ends a wait at once: the batch is not committed then, and comes again at the next start.</param>
    public async ValueTask CommitAsync(CancellationToken cancellation)
    {
        try
        {
            for (int attempt = 1; !await TryCommitAsync(); attempt++)
            {
                if (attempt == 1)
                    _firstFailure = context.Time.GetUtcNow();
                if (attempt < _retry.Attempts)
                    await WaitAsync(attempt, cancellation);
                else if (spare is not null && _writer == _primary)
                    Divert(attempt);
                else
                    throw GivenUp(attempt);
                _failure = null;
                Try(Repeat);
            }
        }
        finally
        {
            _waiting = null;
            ReleaseRows();
        }
    }

    public void Abort()
    {
        ReleaseRows();
        _writer.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        ReleaseRows();
        try
        {
            await _primary.DisposeAsync();
        }
        finally
        {
            if (spare is not null)
                await spare.DisposeAsync();
        }
    }

    /// <summary>Whether it may go better the next time. What the rows or the program are at fault for stays as it is.</summary>
    private static bool MayPass(Exception e) => e is not (QueryStartException or StreamingQueryException or ArgumentException or FormatException
        or InvalidCastException or InvalidDataException or NotSupportedException or NotImplementedException or NullReferenceException or OutOfMemoryException);

    private async ValueTask<bool> TryCommitAsync()
    {
        if (_failure is not null)
            return false;
        try
        {
            await _writer.CommitAsync(CancellationToken.None);
            return true;
        }
        catch (Exception e) when (CanRepeat && MayPass(e))
        {
            _failure = e;
            return false;
        }
    }

    // What the spare one gets directly is not kept; after that there is nowhere else to go.
    private bool CanRepeat => _writer == _primary || _rows.Count > 0;

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (_writer == _primary && MayPass(e))
        {
            _failure = e;
        }
    }

    private void Repeat()
    {
        // The spare one has nothing to forget.
        if (_writer == _primary)
            _primary.Abort();
        _writer.Begin(_batchId, _watermark);
        foreach (ColumnBatch rows in _rows)
            _writer.Write(rows);
    }

    private async ValueTask WaitAsync(int attempt, CancellationToken cancellation)
    {
        TimeSpan wait = _retry.After(attempt);
        string next = Explanation.At(context.Time.GetUtcNow() + wait);
        string left = Explanation.Count(_retry.Attempts - attempt, "more time");
        string then = spare is null ? "the query fails" : $"its rows go to the spare sink, {spare.Description}";
        if (attempt == 1)
            context.Warn($"The sink '{Description}' failed in batch {_batchId} and is tried again, {left} at most: {ErrorText.Sentence(_failure!)}");
        _waiting = $"Batch {_batchId} waits for the sink '{Description}', which has failed {Explanation.Count(attempt, "time")} since {Explanation.At(_firstFailure)}, the last time so: "
            + $"{ErrorText.Sentence(_failure!)} It is tried again at {next}, {left} at most; then {then}. Everything else waits for it.";
        Retries++;
        await Task.Delay(wait, context.Time, cancellation);
    }

    private void Divert(int attempts)
    {
        context.Warn(
            $"The sink '{_primary.Description}' failed {Explanation.Count(attempts, "time")} in batch {_batchId}. Its rows go to the spare sink '{spare!.Description}', from this batch on until the query is started anew. The last failure: {ErrorText.Sentence(_failure!)}");
        try
        {
            _primary.Abort();
        }
        catch (Exception e) when (MayPass(e))
        {
            context.Warn($"The sink '{_primary.Description}' could not be told to forget batch {_batchId}: {ErrorText.Sentence(e)}");
        }

        (_writer, _primaryFailure) = (spare!, _failure);
    }

    private Exception GivenUp(int attempts)
    {
        if (_writer == spare)
        {
            return new StreamingQueryException(
                "sink-down",
                $"The sink '{_primary.Description}' failed {Explanation.Count(attempts - 1, "time")}, the last time so: {ErrorText.Sentence(_primaryFailure!)} Its batch could not go to the spare sink '{spare!.Description}' as well: {ErrorText.Sentence(_failure!)} "
                + "The batch is not committed and nothing is lost: when one of them is back, start the query again; it goes on with this batch.",
                _failure)
            {
                Attempts = attempts - 1,
            };
        }

        if (attempts == 1)
            ExceptionDispatchInfo.Throw(_failure!);
        string took = DurationPhrase.Of(context.Time.GetUtcNow() - _firstFailure);
        return new StreamingQueryException(
            "sink-down",
            $"The sink '{Description}' failed {attempts} times within {took}, the last time so: {ErrorText.Sentence(_failure!)} The batch is not committed and nothing is lost: when the sink is back, start the query again; it goes on with this batch.",
            _failure)
        {
            Attempts = attempts,
        };
    }

    private void ReleaseRows()
    {
        foreach (ColumnBatch rows in _rows)
            rows.Release();
        _rows.Clear();
    }
}
