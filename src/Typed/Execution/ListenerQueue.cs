using System.Threading.Channels;

namespace Typed.Execution;

/// <summary>
/// What waits for one listener. Queries put events here and go on; a task of the listener's own takes them. If the listener is so slow
/// that many thousands wait, progress and idle events are left out, but never the start or the end of a query.
/// </summary>
internal sealed class ListenerQueue : IDisposable
{
    private const int MostWaiting = 10_000;
    private readonly StreamingQueryListener _listener;
    private readonly Action<ListenerQueue> _removed;
    private readonly Channel<(StreamingQuery Query, object Happened)> _waiting =
        Channel.CreateUnbounded<(StreamingQuery, object)>();

    internal ListenerQueue(StreamingQueryListener listener, Action<ListenerQueue> removed)
    {
        _listener = listener;
        _removed = removed;
        Ended = Task.Run(TellAsync);
    }

    /// <summary>Whether the listener takes warnings.</summary>
    internal bool HearsWarnings => _listener.OnWarning is not null;

    /// <summary>Ends when all was told after the listening has ended.</summary>
    internal Task Ended { get; }

    public void Dispose()
    {
        _removed(this);
        _waiting.Writer.TryComplete();
    }

    internal void Add(StreamingQuery query, object happened)
    {
        if (happened is StreamingQueryProgress or QueryIdle && _waiting.Reader.Count > MostWaiting)
            return;
        // False if the listening ends at this moment; then there is nobody to tell.
        _waiting.Writer.TryWrite((query, happened));
    }

    private async Task TellAsync()
    {
        await foreach ((StreamingQuery query, object happened) in _waiting.Reader.ReadAllAsync())
        {
            try
            {
                Tell(happened);
            }
            catch (Exception e)
            {
                query.KeepWarning($"A listener failed on {happened.GetType().Name}: {e.GetType().Name}: {e.Message}");
            }
        }
    }

    private void Tell(object happened)
    {
        switch (happened)
        {
            case QueryStarted started:
                _listener.OnStarted?.Invoke(started);
                break;
            case StreamingQueryProgress progress:
                _listener.OnProgress?.Invoke(progress);
                break;
            case QueryIdle idle:
                _listener.OnIdle?.Invoke(idle);
                break;
            case QueryWarning warning:
                _listener.OnWarning?.Invoke(warning);
                break;
            case QueryTerminated terminated:
                _listener.OnTerminated?.Invoke(terminated);
                break;
        }
    }
}
