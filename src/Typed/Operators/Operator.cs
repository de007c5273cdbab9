using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>
/// A step of a query at run time: takes batches of columns, computes, and pushes batches on. Within one micro-batch of the
/// query an operator sees <see cref="Begin"/>, any number of <see cref="Process(ColumnBatch)"/>, and <see cref="End"/> once all of its
/// inputs have ended. One thread runs it at a time.
/// </summary>
public abstract class Operator : IDisposable
{
    private readonly List<(Operator Reader, int Input)> _readers = [];
    private int _inputs;
    private int _ended;

    private protected Operator(string name, RowSchema output)
    {
        Name = name;
        Output = output;
        Pool = new BatchPool(output);
    }

    /// <summary>A name that is stable for one plan: the kind of operator and its number.</summary>
    public string Name { get; }

    /// <summary>The rows that come out.</summary>
    public RowSchema Output { get; }

    /// <summary>What happened to the rows of the current micro-batch.</summary>
    public RowCounts Counts { get; } = new();

    /// <summary>The batch that is being computed.</summary>
    protected BatchContext Context { get; private set; } = BatchContext.None;

    /// <summary>The batches this operator writes to.</summary>
    protected BatchPool Pool { get; }

    /// <summary>The operators that read this one.</summary>
    public IReadOnlyList<Operator> Readers => [.. _readers.Select(one => one.Reader.Meant)];

    /// <summary>Whether it has to see all rows, so that they cannot be split among workers: the first one gets them.</summary>
    internal virtual bool NeedsAllRows => false;

    /// <summary>Whether the same operator of another worker has all rows, so that at the end there is nothing to emit here, not even what stands for no rows.</summary>
    internal bool IsIdle { get; set; }

    /// <summary>The operator that is meant where this one only brings rows to it.</summary>
    private protected virtual Operator Meant => this;

    /// <summary>Lets <paramref name="reader"/> read this operator, as its next input.</summary>
    public void PushTo(Operator reader) => _readers.Add((reader, reader._inputs++));

    /// <summary>Puts an operator in between this one and an input of a reader; it hands rows on by itself.</summary>
    internal void Interpose(Operator between, Operator reader, int input) => _readers[_readers.IndexOf((reader, input))] = (between, 0);

    /// <summary>The readers with the number of the input by which they read this one.</summary>
    internal IReadOnlyList<(Operator Reader, int Input)> Edges => _readers;

    /// <summary>Takes rows of one of several inputs, from the operator that it reads.</summary>
    internal void Receive(ColumnBatch batch, int input)
    {
        Process(batch, input);
        Taken();
    }

    /// <summary>It has taken rows of another operator, and does nothing until the next ones.</summary>
    private protected virtual void Taken()
    {
    }

    /// <summary>Starts a micro-batch.</summary>
    public virtual void Begin(BatchContext context)
    {
        Context = context;
        _ended = 0;
        Counts.Clear();
    }

    /// <summary>Takes rows. The batch belongs to the caller: keep it with <see cref="ColumnBatch.AddReference"/> or copy.</summary>
    public abstract void Process(ColumnBatch batch);

    /// <summary>Takes rows of one of several inputs. An operator to which it does not matter which one does not override this.</summary>
    /// <param name="batch">As in <see cref="Process(ColumnBatch)"/>.</param>
    /// <param name="input">The number of the input, in the order of <see cref="PushTo"/>.</param>
    protected virtual void Process(ColumnBatch batch, int input) => Process(batch);

    /// <summary>Says that one input has no more rows in this micro-batch; after the last one, what is due is emitted.</summary>
    /// <param name="input">The number of the input.</param>
    public void InputEnded(int input = 0)
    {
        InputEnding(input);
        if (++_ended < _inputs)
            return;
        if (!IsIdle)
            End();
        foreach ((Operator reader, int number) in _readers)
            reader.InputEnded(number);
    }

    /// <summary>Frees memory.</summary>
    public virtual void Dispose()
    {
        Pool.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Learns that one of several inputs has no more rows in this micro-batch; before <see cref="End"/>.</summary>
    protected virtual void InputEnding(int input)
    {
    }

    /// <summary>Emits what is due at the end of a micro-batch: closed windows, changed groups.</summary>
    protected virtual void End()
    {
    }

    /// <summary>Pushes rows to the readers and releases the batch.</summary>
    protected void Emit(ColumnBatch batch)
    {
        try
        {
            Counts.Out += batch.Length;
            if (batch.Length == 0)
                return;
            foreach ((Operator reader, int input) in _readers)
                reader.Receive(batch, input);
        }
        finally
        {
            batch.Release();
        }
    }
}
