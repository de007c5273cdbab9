namespace Typed.Execution;

internal sealed partial class WorkerSet
{
    /// <summary>How many rows of what operators emit at the end of a micro-batch a worker holds for other operators before they are handed over.</summary>
    internal const int MostRowsHeld = RowsPerWorker;

    /// <summary>A thread and what it does in a phase.</summary>
    private sealed class Worker(WorkerSet set, WorkerGraph graph, int number)
    {
        private readonly SemaphoreSlim _go = new(0);
        private readonly int[] _next = new int[set._graphs.Length];
        private volatile Exception? _failure;
        private long _failedTurn;
        private Thread? _thread;
        private int _phase;
        private bool _emits;
        private long _held;

        internal Exception? Failure => _failure;

        /// <summary>The turn in which it failed.</summary>
        internal long FailedTurn => Volatile.Read(ref _failedTurn);

        internal void Go()
        {
            _failure = null;
            if (_thread is null)
            {
                for (int i = 0; i < set._plan.Exchanges.Count; i++)
                {
                    int level = set._plan.Exchanges[i].Level;
                    graph.Exchanges[i].WhenHeldAtEnd = rows => Hold(level, rows);
                }

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
                if (set._atEnd)
                    End();
                else
                    TakeRound();
                graph.Output.Mark(OutputQueue.WorkEnd);
            }
        }

        private void TakeRound()
        {
            Try(TakeDealt);
            for (_phase = 1; _phase <= set._plan.Levels; _phase++)
            {
                Meet();
                Try(() => EmptyLevel(_phase));
            }
        }

        private void End()
        {
            (_phase, _held) = (0, 0);
            Emit(graph.EndSources);
            for (_phase = 1; _phase <= set._plan.Levels; _phase++)
            {
                Try(() => EmptyLevel(_phase));
                for (int i = 0; i < set._plan.Exchanges.Count; i++)
                {
                    int exchange = i;
                    if (set._plan.Exchanges[i].Level == _phase)
                        Emit(() => graph.EndExchange(exchange));
                }
            }
        }

        // All workers are through with what operators emit before any goes on, so that the rows of one operator are taken before those of the next, whoever hands over.
        private void Emit(Action end)
        {
            _emits = true;
            Try(() =>
            {
                if (!set.Skips(Packet.AtEnd))
                    end();
            });
            _emits = false;
            if (_phase == set._plan.Levels)
                return;
            Meet();
            while (set._handsOver)
            {
                TakeHandedOver();
                Meet();
            }
        }

        // On the stack of an operator that emits; what is run here are operators behind it, and none between it and the exchange, whose level is that of the phase.
        private void Hold(int level, int rows)
        {
            if (!_emits || level != _phase + 1)
                return;
            _held += rows;
            if (_held < MostRowsHeld)
                return;
            (_emits, graph.IsEmitting) = (false, true);
            set._pauses[number] = true;
            Meet();
            TakeHandedOver();
            (_emits, graph.IsEmitting) = (true, false);
        }

        private void TakeHandedOver()
        {
            _held = 0;
            for (int level = _phase + 1; level <= set._plan.Levels; level++)
            {
                int one = level;
                Try(() => EmptyLevel(one));
                Meet();
            }

            graph.EnterEnd();
        }

        private void Meet()
        {
            graph.Output.Mark(OutputQueue.StepEnd);
            set._barrier.SignalAndWait();
        }

        private void Try(Action work)
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                // Thrown on the thread of the query when all workers are through with what they do.
                if (_failure is null || graph.Turn < _failedTurn)
                    (_failedTurn, _failure) = (graph.Turn, e);
            }
        }

        private void EmptyLevel(int level)
        {
            for (int i = 0; i < set._plan.Exchanges.Count; i++)
            {
                if (set._plan.Exchanges[i].Level == level)
                    Empty(i);
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
                    dealt[at].Release();
                }
            }
            finally
            {
                for (; at < dealt.Count; at += set._workers.Length)
                    dealt[at].Release();
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
                        packet.Release();
                    }
                }
            }
            finally
            {
                for (int sender = 0; sender < _next.Length; sender++)
                {
                    List<Packet> box = set._graphs[sender].Exchanges[exchange].BoxFor(number);
                    for (; _next[sender] < box.Count; _next[sender]++)
                        box[_next[sender]].Release();
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
