using System.Globalization;
using Typed.Columns;
using Typed.Connect;

namespace Typed;

/// <summary>
/// Prints the rows of each micro-batch as a table with its number and watermark. For eyes: a batch that is run again after a crash is
/// printed again, and a query that goes on from a checkpoint prints from there on.
/// </summary>
public static class ConsoleSink
{
    /// <summary>Prints tables.</summary>
    /// <param name="rows">How many rows of a batch are printed at most; how many more there were is said.</param>
    /// <param name="truncate">Whether long cells are cut so that a table fits the width.</param>
    /// <param name="writer">Where to print; null for the console.</param>
    /// <param name="width">The width in characters; null for that of the console.</param>
    /// <param name="emptyBatches">Whether a batch without rows is mentioned.</param>
    public static ISink Table(int rows = 20, bool truncate = true, TextWriter? writer = null, int? width = null, bool emptyBatches = false)
    {
        RateLimit.Check(rows, nameof(rows), "console-option");
        RateLimit.Check(width, nameof(width), "console-option");
        return new Sink(rows, truncate, writer, width, emptyBatches);
    }

    private sealed record Sink(int Rows, bool Truncate, TextWriter? Writer, int? Width, bool EmptyBatches) : ISink
    {
        public ISinkWriter Open(SinkContext context) => new Writer(this, context);
    }

    private sealed class Writer(Sink sink, SinkContext context) : ISinkWriter
    {
        private readonly ConsoleTable _table = new(context.Schema);
        private long _batchId;
        private long? _watermark;
        private long _count;

        public string Description => "console";

        public void Begin(long batchId, long? watermark)
        {
            (_batchId, _watermark, _count) = (batchId, watermark, 0);
            _table.Clear();
        }

        public void Write(ColumnBatch batch)
        {
            for (int row = 0; row < batch.Length && _table.RowCount < sink.Rows; row++)
                _table.Add(batch, row);
            _count += batch.Length;
        }

        public async ValueTask CommitAsync(CancellationToken cancellation)
        {
            if (_count == 0 && !sink.EmptyBatches)
                return;
            TextWriter writer = sink.Writer ?? Console.Out;
            await writer.WriteLineAsync(Headline());
            if (_count > 0)
            {
                _table.Print(writer, sink.Truncate ? sink.Width ?? ConsoleWidth() : int.MaxValue);
                if (_count > _table.RowCount)
                    await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $" … and {_count - _table.RowCount:n0} more rows"));
            }

            await writer.WriteLineAsync();
            await writer.FlushAsync(cancellation);
        }

        public void Abort() => _table.Clear();

        public ValueTask DisposeAsync() => default;

        private string Headline()
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"Batch {_batchId} · {_count:n0} {(_count == 1 ? "row" : "rows")}");
            return _watermark is long watermark
                ? text + string.Create(CultureInfo.InvariantCulture, $" · watermark {Instant.FromMicros(watermark):yyyy-MM-dd HH:mm:ss.FFFFFF} UTC")
                : text;
        }

        /// <summary>The width of the console; where the output goes to a file there is none, and 120 is wide enough to read.</summary>
        private static int ConsoleWidth()
        {
            if (Console.IsOutputRedirected)
                return 120;
            int width = Console.WindowWidth;
            return width > 0 ? width : 120;
        }
    }
}
