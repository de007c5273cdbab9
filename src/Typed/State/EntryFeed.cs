using System.Collections.Concurrent;

namespace Typed.State;

/// <summary>
/// Reads the entries of a version ahead, on another thread: files are read, checked, decoded and merged there while operators put entries into their tables. A few
/// batches are under way at most.
/// </summary>
internal sealed class EntryFeed : IDisposable
{
    private const int BatchesAhead = 16;
    private readonly BlockingCollection<(int Operator, StateEntries? Entries)> _ready = new(BatchesAhead);
    private readonly BlockingCollection<StateEntries> _free = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;
    private StateEntries? _given;

    /// <summary>Begins to read all operators of a version, which must stay open until the feed is disposed of.</summary>
    internal EntryFeed(StoredVersion version)
    {
        for (int i = 0; i < BatchesAhead + 2; i++)
            _free.Add(new StateEntries());
        _reading = Task.Factory.StartNew(() => Read(version), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The next entries of an operator; valid until the next call. Null after the last ones of the operator.</summary>
    /// <param name="number">The operator: they come one after the other.</param>
    /// <exception cref="StateDamagedException">A file is damaged.</exception>
    internal StateEntries? Next(int number)
    {
        if (_given is { } given)
        {
            given.Clear();
            _free.Add(given);
            _given = null;
        }

        if (!_ready.TryTake(out (int Operator, StateEntries? Entries) next, Timeout.Infinite))
        {
            _reading.GetAwaiter().GetResult();
            throw new InvalidOperationException($"The entries of operator {number} are asked for after the last ones.");
        }

        if (next.Operator != number)
            throw new InvalidOperationException($"The entries of operator {next.Operator} come next, and those of {number} are asked for.");
        return _given = next.Entries;
    }

    /// <summary>Ends the reading, also where it has not come to its end.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        Task.WhenAny(_reading).Wait();
        _ready.Dispose();
        _free.Dispose();
        _stop.Dispose();
    }

    private void Read(StoredVersion version)
    {
        try
        {
            Filling filling = new(this);
            for (int i = 0; i < version.Operators.Count; i++)
            {
                for (int shard = 0; shard < Shard.Count; shard++)
                {
                    _stop.Token.ThrowIfCancellationRequested();
                    version.Read(i, (byte)shard, filling);
                }

                filling.End(i);
            }
        }
        finally
        {
            _ready.CompleteAdding();
        }
    }

    /// <summary>Fills batches.</summary>
    private sealed class Filling(EntryFeed feed) : IStateBytesTarget
    {
        private StateEntries _entries = feed._free.Take();
        private int _number;

        public void Take(int table, long time, byte shard, ReadOnlySpan<byte> bytes, int keyLength)
        {
            if (!_entries.HasRoomFor(bytes.Length))
                Give();
            _entries.Add(table, time, shard, bytes, keyLength);
        }

        internal void End(int number)
        {
            if (_entries.Count > 0)
                Give();
            feed._ready.Add((number, null), feed._stop.Token);
            _number = number + 1;
        }

        private void Give()
        {
            feed._ready.Add((_number, _entries), feed._stop.Token);
            _entries = feed._free.Take(feed._stop.Token);
        }
    }
}
