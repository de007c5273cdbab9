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

    /// <summary>The table of its rows in the state.</summary>
    public int Table => IsLeft ? 0 : 1;

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

    /// <summary>Rows on their way back from the spill area.</summary>
    public JoinArrivals Returned { get; } = new(side);

    /// <summary>Those of keys that were cut into chunks: they wait for all chunks.</summary>
    public List<JoinArrivals> ReturnedChunks { get; } = [];

    /// <summary>Rows with a smaller time have left the state for good, µs; the least number for none.</summary>
    public long Floor { get; set; } = long.MinValue;

    /// <summary>What the state watermark has passed is over for good.</summary>
    public void RaiseFloor()
    {
        if (Side.IsBounded)
            Floor = Math.Max(Floor, Math.Min(StateWatermark, long.MaxValue - 1) + 1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (Early.TryDequeue(out ColumnBatch? batch))
            batch.Release();
        Store.Dispose();
        Returned.Dispose();
        ReturnedChunks.ForEach(chunks => chunks.Dispose());
        ReturnedChunks.Clear();
    }
}
