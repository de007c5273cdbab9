using Typed.Columns;
using Typed.Operators;
using Typed.Schema;

namespace Typed.Tests.Generator;

/// <summary>Reads an operator and keeps what it emits in a micro-batch.</summary>
internal sealed class PipelineSink<T> : Operator
    where T : IStreamRecord<T>
{
    public PipelineSink(Operator read)
        : base("sink", read.Output) => read.PushTo(this);

    public List<ColumnBatch> Batches { get; } = [];

    public override void Begin(BatchContext context)
    {
        base.Begin(context);
        Clear();
    }

    public override void Process(ColumnBatch batch) => Batches.Add(batch.AddReference());

    /// <summary>The rows of the batches.</summary>
    public List<T> Take()
    {
        List<T> rows = [];
        foreach (ColumnBatch batch in Batches)
        {
            for (int row = 0; row < batch.Length; row++)
                rows.Add(T.Read(batch, row));
        }

        return rows;
    }

    public override void Dispose()
    {
        Clear();
        base.Dispose();
    }

    private void Clear()
    {
        foreach (ColumnBatch batch in Batches)
            batch.Release();
        Batches.Clear();
    }
}
