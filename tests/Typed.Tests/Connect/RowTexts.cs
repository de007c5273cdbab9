using Typed.Columns;
using Typed.Connect;

namespace Typed.Tests.Connect;

/// <summary>Keeps rows of any record as text.</summary>
internal sealed class RowTexts : ISink
{
    public List<string> Rows { get; } = [];

    public bool Fails { get; init; }

    public ISinkWriter Open(SinkContext context) => new Writer(this);

    private sealed class Writer(RowTexts sink) : ISinkWriter
    {
        private readonly List<string> _pending = [];

        public string Description => "texts";

        public void Begin(long batchId, long? watermark) => _pending.Clear();

        public void Write(ColumnBatch batch)
        {
            for (int row = 0; row < batch.Length; row++)
                _pending.Add(string.Join('|', batch.Schema.Fields.Select((_, i) => ColumnText.ToManaged(batch[i], row) ?? "null")));
        }

        public ValueTask CommitAsync(CancellationToken cancellation)
        {
            if (sink.Fails)
                throw new IOException("the quarantine is shut");
            sink.Rows.AddRange(_pending);
            return default;
        }

        public void Abort() => _pending.Clear();

        public ValueTask DisposeAsync() => default;
    }
}
