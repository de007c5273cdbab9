using Typed.Columns;

namespace Typed.Operators;

/// <summary>One side of a join while it runs: what is stored, and what waits for the other side.</summary>
internal sealed class JoinInput<TKey, TJoin>(JoinSide side, bool isLeft, bool isPreserved, bool isTimed, int timeShift) : IDisposable
    where TKey : unmanaged
    where TJoin : struct, IStreamJoin<TKey>
{
    /// <summary>The description.</summary>
    public JoinSide Side { get; } = side;

    /// <summary>Whether it is the left side.</summary>
    public bool IsLeft { get; } = isLeft;

    /// <summary>Whether rows that find no match are given.</summary>
    public bool IsPreserved { get; } = isPreserved;

    /// <summary>The state.</summary>
    public JoinStore<TKey, TJoin> Store { get; } = new(side, isTimed, timeShift);

    /// <summary>Batches that came before their turn.</summary>
    public Queue<ColumnBatch> Early { get; } = [];

    /// <summary>Whether the input has ended in this micro-batch.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Rows at or below this time leave the state at the end of this micro-batch, µs.</summary>
    public long StateWatermark { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (Early.TryDequeue(out ColumnBatch? batch))
            batch.Release();
        Store.Dispose();
    }
}
