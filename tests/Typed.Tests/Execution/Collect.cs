using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed.Tests.Execution;

/// <summary>Keeps rows of any schema as text.</summary>
internal sealed class Collect : ISink, ISinkWriter
{
    private readonly List<string> _pending = [];

    public string Description => "collect";

    internal RowSchema? Schema { get; private set; }

    internal List<string> Committed { get; } = [];

    public ISinkWriter Open(SinkContext context)
    {
        Schema = context.Schema;
        return this;
    }

    public void Begin(long batchId, long? watermark) => _pending.Clear();

    public void Write(ColumnBatch batch)
    {
        for (int row = 0; row < batch.Length; row++)
            _pending.Add(string.Join(' ', Enumerable.Range(0, batch.Schema.Fields.Count).Select(i => Text(batch[i], row))));
    }

    public ValueTask CommitAsync(CancellationToken cancellation)
    {
        Committed.AddRange(_pending);
        return default;
    }

    public void Abort() => _pending.Clear();

    public ValueTask DisposeAsync() => default;

    private static string Text(Column column, int row) => column switch
    {
        FixedColumn<long> numbers => numbers[row].ToString(System.Globalization.CultureInfo.InvariantCulture),
        Utf8Column texts => System.Text.Encoding.UTF8.GetString(texts[row].Span),
        _ => "?",
    };
}
