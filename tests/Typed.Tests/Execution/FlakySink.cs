using Typed.Columns;
using Typed.Connect;

namespace Typed.Tests.Execution;

/// <summary>Keeps what was committed, by batch, and fails when it is told to.</summary>
internal sealed class FlakySink(string name = "flaky") : ISink
{
    /// <summary>What still fails, in order: Begin, Write or Commit.</summary>
    internal Queue<string> Failures { get; } = new();

    /// <summary>What it fails with.</summary>
    internal Func<Exception> Failure { get; set; } = () => new IOException("the disk is full");

    internal List<string> Committed { get; } = [];

    internal int Attempts { get; private set; }

    public ISinkWriter Open(SinkContext context) => new Writer(this);

    private void Reach(string step)
    {
        if (Failures.TryPeek(out string? next) && next == step)
        {
            Failures.Dequeue();
            throw Failure();
        }
    }

    private sealed class Writer(FlakySink sink) : ISinkWriter
    {
        private readonly List<long> _rows = [];
        private long _batchId;

        public string Description => sink.Name;

        public void Begin(long batchId, long? watermark)
        {
            Assert.Empty(_rows);
            _batchId = batchId;
            sink.Attempts++;
            sink.Reach("Begin");
        }

        public void Write(ColumnBatch batch)
        {
            sink.Reach("Write");
            for (int row = 0; row < batch.Length; row++)
                _rows.Add(((FixedColumn<long>)batch[0])[row]);
        }

        public ValueTask CommitAsync(CancellationToken cancellation)
        {
            sink.Reach("Commit");
            sink.Committed.Add($"{_batchId}: {string.Join(' ', _rows)}");
            _rows.Clear();
            return default;
        }

        public void Abort() => _rows.Clear();

        public ValueTask DisposeAsync() => default;
    }

    private string Name => name;
}
