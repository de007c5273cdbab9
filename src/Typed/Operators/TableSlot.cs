using Typed.Columns;
using Typed.Schema;

namespace Typed.Operators;

/// <summary>A table as the operators of a query see it: replaced as a whole between micro-batches.</summary>
/// <param name="Number">The number of the table among the tables of the pipeline.</param>
/// <param name="Schema">The columns.</param>
public sealed record TableSlot(int Number, RowSchema Schema) : IDisposable
{
    /// <summary>The rows, in one batch.</summary>
    public ColumnBatch? Rows { get; private set; }

    /// <summary>Grows with each replacement, so that readers know when to build their index anew.</summary>
    public int Version { get; private set; }

    /// <summary>Replaces the rows; takes over the caller's reference.</summary>
    public void Replace(ColumnBatch rows)
    {
        Rows?.Release();
        Rows = rows;
        Version++;
    }

    /// <summary>Releases the rows.</summary>
    public void Dispose()
    {
        Rows?.Release();
        Rows = null;
    }
}
