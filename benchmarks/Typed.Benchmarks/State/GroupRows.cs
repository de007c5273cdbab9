using Typed.Benchmarks.Aggregate;
using Typed.Columns;
using Typed.Schema;
using Typed.State;

namespace Typed.Benchmarks.State;

/// <summary>Rows of a group-by of ten million keys.</summary>
internal static class GroupRows
{
    internal const int BatchRows = 1 << 16;

    // Prime, so that a multiple of an odd number comes to each key once, in no order.
    internal const int Keys = 10_000_019;

    /// <summary>A version for what a pipeline changes, all of it in one piece.</summary>
    internal static StateVersion Version(PipelineRate run)
    {
        StateVersion version = new();
        run.Prepare(version, (_, _) => { });
        version.Operators[0].Changes.Full = null;
        return version;
    }

    /// <summary>Pushes rows, each of another key, in micro-batches; those from the same place on have the same keys.</summary>
    internal static void Push(PipelineRate run, long first, long count, Action? after = null)
    {
        for (long at = first; at < first + count; at += BatchRows)
        {
            ColumnBatch batch = Rows(at, (int)Math.Min(BatchRows, first + count - at));
            run.Batch(batch);
            batch.Release();
            after?.Invoke();
        }
    }

    private static ColumnBatch Rows(long first, int count)
    {
        ColumnBatch batch = new(RowSchema.Of<Reading>());
        for (int i = 0; i < count; i++)
        {
            ((FixedColumn<long>)batch[0]).Append(0);
            ((FixedColumn<long>)batch[1]).Append((first + i) * 7_368_787 % Keys);
            ((FixedColumn<long>)batch[2]).Append(i);
            ((Utf8Column)batch[3]).Append(ReadOnlySpan<byte>.Empty);
        }

        batch.Length = count;
        return batch;
    }
}
