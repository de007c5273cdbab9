using System.Runtime.ExceptionServices;
using Typed.Columns;

namespace Typed.Execution;

/// <summary>
/// The workers of a query, each with a thread and a copy of the operators. Batches of sources are dealt to them in rounds, and rows change workers before operators with state.
/// The thread of the query deals, and calls the sinks; while it reads the next batches from a source, the workers take the last ones.
/// </summary>
/// <remarks>
/// A round, and the end of a micro-batch, has a phase for each level of exchanges; all workers are through with one before any begins the next:
/// <code>
/// phase 0:   worker w takes batches w, w + n, w + 2n, … of the sources; rows for operators with state go into boxes
/// phase 1:   worker w empties its boxes of the exchanges of level 1, by turn and sender; what comes of it goes to sinks, or into boxes of a higher level
/// phase 2:   …
/// </code>
/// So the rows of a key come in the order in which the source gave them, whatever the threads do, and what goes to a sink has the same order in each run.
/// At the end of a micro-batch an operator may emit more than there is room for: in the middle of a phase the workers then go through the phases behind it, which empties the boxes, and come back.
/// </remarks>
internal sealed partial class WorkerSet : IDisposable
{
    // Batches are dealt until a round is worth its phases. The first rounds of a micro-batch are small, so that work begins at once; the later ones are larger, since all workers
    // meet at each phase; wide rows make them less large, since all are held. How large depends on the rows alone, so that it is the same in each run.
    private const int RowsPerWorker = 8192;
    private const int MostRowsPerWorker = 1 << 16;
    private const int MostBytesPerWorker = 4 << 20;
    private const int BatchesPerWorker = 8;
    private readonly WorkerGraph[] _graphs;
    private readonly ExchangePlan _plan;
    private readonly Action<int, ColumnBatch> _write;
    private readonly Action _whenIdle;
    private readonly Func<Exception, long, Exception> _tell;
    private readonly Worker[] _workers;
    private readonly Barrier _barrier;
    private readonly bool[] _pauses;
    private bool _handsOver;
    private List<Packet> _gathering = [];
    private List<Packet> _running = [];
    private long _rows;
    private long _bytes;
    private long _roundRows = RowsPerWorker;
    private long _turn;
    private volatile bool _isAbandoned;
    private volatile bool _isStopping;
    private bool _isAtWork;
    private bool _atEnd;

    // How far the present work was drained: the workers that are not through with the step at which all are.
    private readonly List<int> _left = [];
    private bool _stepBegun;
    private bool _isFirstStep;
    private bool _isLastStep;

    /// <param name="graphs">The operators of each worker.</param>
    /// <param name="plan">Where rows change workers.</param>
    /// <param name="write">Writes rows to the sinks of an output, <see cref="OutputQueue.Late"/> or <see cref="OutputQueue.Quarantine"/>.</param>
    /// <param name="whenIdle">Called between two rounds, while no worker does anything.</param>
    /// <param name="tell">What is thrown for a failure in a turn; called while no worker does anything.</param>
    internal WorkerSet(WorkerGraph[] graphs, ExchangePlan plan, Action<int, ColumnBatch> write, Action whenIdle, Func<Exception, long, Exception> tell)
    {
        (_graphs, _plan, _write, _whenIdle, _tell) = (graphs, plan, write, whenIdle, tell);
        _pauses = new bool[graphs.Length];
        _barrier = new Barrier(graphs.Length, _ => AllAreThere());
        _workers = [.. graphs.Select((graph, number) => new Worker(this, graph, number))];
    }

    /// <summary>Starts a micro-batch.</summary>
    internal void Begin()
    {
        Abandon();
        _turn = 0;
        _roundRows = RowsPerWorker;
    }

    /// <summary>Takes rows of a source; keeps a reference until they were taken.</summary>
    /// <param name="source">The source.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="rowsBefore">How many came from it before, in this micro-batch.</param>
    internal void Push(int source, ColumnBatch batch, long rowsBefore)
    {
        _gathering.Add(new Packet(batch.AddReference(), _turn++, source, batch.Partition) { RowsBefore = rowsBefore });
        _rows += batch.Length;
        _bytes += batch.MemoryBytes;
        int workers = _graphs.Length;
        bool isLarge = _rows >= _roundRows * workers || (_rows >= (long)RowsPerWorker * workers && _bytes >= (long)MostBytesPerWorker * workers);
        bool isFull = _gathering.Count >= workers && isLarge;
        if (!isFull && _gathering.Count < BatchesPerWorker * workers)
            return;
        Finish();
        StartRound();
    }

    /// <summary>Waits until all rows that were pushed are in the operators or with the sinks.</summary>
    internal void Settle()
    {
        Finish();
        if (_gathering.Count == 0)
            return;
        StartRound();
        Finish();
    }

    /// <summary>Says that all sources are through; operators emit what is due.</summary>
    internal void End()
    {
        Settle();
        Start(atEnd: true);
        Finish();
    }

    /// <summary>Gives up what is at work and what was not begun, and waits until all workers are idle.</summary>
    internal void Abandon()
    {
        if (_isAtWork)
        {
            _isAbandoned = true;
            foreach (WorkerGraph graph in _graphs)
                graph.Output.Discard(true);
            Drain(null);
            foreach (WorkerGraph graph in _graphs)
                graph.Output.Discard(false);
            _isAbandoned = false;
        }

        foreach (Packet packet in _gathering)
            packet.Release();
        _gathering.Clear();
        (_rows, _bytes) = (0, 0);
    }

    public void Dispose()
    {
        Abandon();
        _isStopping = true;
        foreach (Worker worker in _workers)
            worker.Stop();
        _barrier.Dispose();
    }

    private void StartRound()
    {
        (_running, _gathering) = (_gathering, _running);
        _gathering.Clear();
        (_rows, _bytes) = (0, 0);
        _roundRows = Math.Min(_roundRows * 2, MostRowsPerWorker);
        Start(atEnd: false);
    }

    private void Start(bool atEnd)
    {
        (_atEnd, _isAtWork, _stepBegun, _isFirstStep, _isLastStep) = (atEnd, true, false, true, false);
        foreach (Worker worker in _workers)
            worker.Go();
    }

    /// <summary>Writes what the workers have for the sinks until they are through. The failure that came first, by the order of rows and then of workers, is thrown.</summary>
    private void Finish()
    {
        if (!_isAtWork)
            return;
        try
        {
            Drain(_write);
        }
        catch
        {
            Abandon();
            throw;
        }

        Worker? failed = null;
        foreach (Worker worker in _workers)
        {
            if (worker.Failure is not null && !(worker.FailedTurn >= failed?.FailedTurn))
                failed = worker;
        }

        if (failed is null)
        {
            _whenIdle();
            return;
        }

        Abandon();
        ExceptionDispatchInfo.Throw(_tell(failed.Failure!, failed.FailedTurn));
    }

    // One turn of each worker after the other; behind the first phase a batch of each.
    private void Drain(Action<int, ColumnBatch>? write)
    {
        while (_isAtWork)
        {
            for (int i = 0; _left.Count < _graphs.Length && !_stepBegun; i++)
                _left.Add(i);
            _stepBegun = true;
            for (int i = 0; i < _left.Count;)
            {
                if (DrainTurn(_graphs[_left[i]].Output, write))
                    i++;
                else
                    _left.RemoveAt(i);
            }

            if (_left.Count == 0)
                (_stepBegun, _isFirstStep, _isAtWork) = (false, false, !_isLastStep);
        }
    }

    private bool DrainTurn(OutputQueue output, Action<int, ColumnBatch>? write)
    {
        while (true)
        {
            (int to, ColumnBatch? batch) = output.Take();
            if (batch is null)
            {
                _isLastStep |= to == OutputQueue.WorkEnd;
                return to == OutputQueue.TurnEnd;
            }

            try
            {
                write?.Invoke(to, batch);
            }
            finally
            {
                batch.Release();
            }

            if (!_isFirstStep || _atEnd)
                return true;
        }
    }

    /// <summary>
    /// Whether rows are not worth to be taken any more. What comes before those that failed is taken, so that the first failure in the order of the sources is told.
    /// </summary>
    private bool Skips(long turn)
    {
        foreach (Worker worker in _workers)
        {
            if (worker.Failure is not null && worker.FailedTurn <= turn)
                return true;
        }

        return _isAbandoned;
    }

    // Run by one of the workers while all others wait: what they have said of themselves before is one answer for all.
    private void AllAreThere()
    {
        _handsOver = Array.IndexOf(_pauses, true) >= 0;
        Array.Clear(_pauses);
    }
}
