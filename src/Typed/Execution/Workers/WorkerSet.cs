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
/// </remarks>
internal sealed class WorkerSet : IDisposable
{
    // Large batches are dealt one for each worker; small ones until a round is worth its phases.
    private const int RowsPerWorker = 8192;
    private const int BatchesPerWorker = 8;
    private readonly WorkerGraph[] _graphs;
    private readonly ExchangePlan _plan;
    private readonly Action<int, ColumnBatch> _write;
    private readonly Action _whenIdle;
    private readonly Worker[] _workers;
    private readonly Barrier _barrier;
    private List<Packet> _gathering = [];
    private List<Packet> _running = [];
    private long _rows;
    private long _turn;
    private volatile bool _isAbandoned;
    private volatile bool _isStopping;
    private bool _isAtWork;
    private bool _atEnd;

    // How far the present work was drained: the phase, and the workers that are not through with it.
    private readonly List<int> _left = [];
    private bool _phaseBegun;
    private int _phase;

    /// <param name="graphs">The operators of each worker.</param>
    /// <param name="plan">Where rows change workers.</param>
    /// <param name="write">Writes rows to the sinks of an output, <see cref="OutputQueue.Late"/> or <see cref="OutputQueue.Quarantine"/>.</param>
    /// <param name="whenIdle">Called between two rounds, while no worker does anything.</param>
    internal WorkerSet(WorkerGraph[] graphs, ExchangePlan plan, Action<int, ColumnBatch> write, Action whenIdle)
    {
        (_graphs, _plan, _write, _whenIdle) = (graphs, plan, write, whenIdle);
        _barrier = new Barrier(graphs.Length);
        _workers = [.. graphs.Select((graph, number) => new Worker(this, graph, number))];
    }

    /// <summary>Starts a micro-batch.</summary>
    internal void Begin()
    {
        Abandon();
        _turn = 0;
    }

    /// <summary>Takes rows of a source; keeps a reference until they were taken.</summary>
    /// <param name="source">The source.</param>
    /// <param name="batch">The rows.</param>
    /// <param name="rowsBefore">How many came from it before, in this micro-batch.</param>
    internal void Push(int source, ColumnBatch batch, long rowsBefore)
    {
        _gathering.Add(new Packet(batch.AddReference(), _turn++, source, batch.Partition) { RowsBefore = rowsBefore });
        _rows += batch.Length;
        bool isFull = _gathering.Count >= _graphs.Length && _rows >= (long)RowsPerWorker * _graphs.Length;
        if (!isFull && _gathering.Count < BatchesPerWorker * _graphs.Length)
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
            packet.Batch.Release();
        _gathering.Clear();
        _rows = 0;
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
        _rows = 0;
        Start(atEnd: false);
    }

    private void Start(bool atEnd)
    {
        (_atEnd, _isAtWork) = (atEnd, true);
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
        ExceptionDispatchInfo.Throw(failed.Failure!);
    }

    // One turn of each worker after the other; behind the first phase a batch of each.
    private void Drain(Action<int, ColumnBatch>? write)
    {
        while (_phase <= _plan.Levels)
        {
            for (int i = 0; _left.Count < _graphs.Length && !_phaseBegun; i++)
                _left.Add(i);
            _phaseBegun = true;
            for (int i = 0; i < _left.Count;)
            {
                if (DrainTurn(_graphs[_left[i]].Output, write))
                    i++;
                else
                    _left.RemoveAt(i);
            }

            if (_left.Count == 0)
                (_phase, _phaseBegun) = (_phase + 1, false);
        }

        (_phase, _isAtWork) = (0, false);
    }

    private bool DrainTurn(OutputQueue output, Action<int, ColumnBatch>? write)
    {
        while (true)
        {
            (int to, ColumnBatch? batch) = output.Take();
            if (batch is null)
                return to == OutputQueue.TurnEnd;
            try
            {
                write?.Invoke(to, batch);
            }
            finally
            {
                batch.Release();
            }

            if (_phase > 0 || _atEnd)
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

    /// <summary>A thread and what it does in a phase.</summary>
    private sealed class Worker(WorkerSet set, WorkerGraph graph, int number)
    {
        private readonly SemaphoreSlim _go = new(0);
        private readonly int[] _next = new int[set._graphs.Length];
        private volatile Exception? _failure;
        private long _failedTurn;
        private Thread? _thread;

        internal Exception? Failure => _failure;

        /// <summary>The turn in which it failed.</summary>
        internal long FailedTurn => Volatile.Read(ref _failedTurn);

        internal void Go()
        {
            _failure = null;
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = $"typed worker {number}" };
                _thread.Start();
            }

            _go.Release();
        }

        internal void Stop()
        {
            _go.Release();
            _thread?.Join();
            _go.Dispose();
        }

        private void Run()
        {
            while (true)
            {
                _go.Wait();
                if (set._isStopping)
                    return;
                int levels = set._plan.Levels;
                for (int phase = 0; phase <= levels; phase++)
                {
                    if (phase > 0)
                        set._barrier.SignalAndWait();
                    try
                    {
                        DoPhase(phase);
                    }
                    catch (Exception e)
                    {
                        // Thrown on the thread of the query when all workers are through with what they do.
                        if (_failure is null || graph.Turn < _failedTurn)
                            (_failedTurn, _failure) = (graph.Turn, e);
                    }

                    graph.Output.Mark(OutputQueue.PhaseEnd);
                }
            }
        }

        private void DoPhase(int phase)
        {
            if (phase == 0 && !set._atEnd)
                TakeDealt();
            else if (phase == 0)
                graph.EndSources();
            for (int i = 0; i < set._plan.Exchanges.Count; i++)
            {
                if (set._plan.Exchanges[i].Level == phase)
                    Empty(i);
            }

            for (int i = 0; set._atEnd && i < set._plan.Exchanges.Count; i++)
            {
                if (set._plan.Exchanges[i].Level == phase && !set.Skips(Packet.AtEnd))
                    graph.EndExchange(i);
            }
        }

        private void TakeDealt()
        {
            List<Packet> dealt = set._running;
            int at = number;
            try
            {
                for (; at < dealt.Count; at += set._workers.Length)
                {
                    if (!set.Skips(dealt[at].Turn))
                        graph.Push(dealt[at]);
                    graph.Output.Mark(OutputQueue.TurnEnd);
                    dealt[at].Batch.Release();
                }
            }
            finally
            {
                for (; at < dealt.Count; at += set._workers.Length)
                    dealt[at].Batch.Release();
            }
        }

        // Takes the rows that all workers have for this one, by turn and then by sender. They are released, also where one of them fails.
        private void Empty(int exchange)
        {
            Array.Clear(_next);
            try
            {
                while (NextSender(exchange) is int sender and >= 0)
                {
                    Packet packet = set._graphs[sender].Exchanges[exchange].BoxFor(number)[_next[sender]++];
                    try
                    {
                        if (!set.Skips(packet.Turn))
                            graph.Take(exchange, packet);
                    }
                    finally
                    {
                        packet.Batch.Release();
                    }
                }
            }
            finally
            {
                for (int sender = 0; sender < _next.Length; sender++)
                {
                    List<Packet> box = set._graphs[sender].Exchanges[exchange].BoxFor(number);
                    for (; _next[sender] < box.Count; _next[sender]++)
                        box[_next[sender]].Batch.Release();
                    box.Clear();
                }
            }
        }

        private int NextSender(int exchange)
        {
            int first = -1;
            long turn = 0;
            for (int sender = 0; sender < _next.Length; sender++)
            {
                List<Packet> box = set._graphs[sender].Exchanges[exchange].BoxFor(number);
                if (_next[sender] < box.Count && (first < 0 || box[_next[sender]].Turn < turn))
                    (first, turn) = (sender, box[_next[sender]].Turn);
            }

            return first;
        }
    }
}
