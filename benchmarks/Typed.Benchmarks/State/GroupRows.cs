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
            ColumnBatch batch = Rows((int)Math.Min(BatchRows, first + count - at), i => (at + i) * 7_368_787 % Keys, i => i);
            run.Batch(batch);
            batch.Release();
            after?.Invoke();
        }
    }

    /// <summary>Full batches of rows of keys that all come alike often.</summary>
    internal static List<ColumnBatch> OfRandomKeys(int keys, int batches)
    {
        Random random = new(11);
        return [.. Enumerable.Range(0, batches).Select(_ => Rows(BatchRows, _ => random.Next(keys), _ => random.Next(1000)))];
    }

    private static ColumnBatch Rows(int count, Func<int, long> key, Func<int, long> value)
    {
        ColumnBatch batch = new(RowSchema.Of<Reading>());
        for (int i = 0; i < count; i++)
        {
            ((FixedColumn<long>)batch[0]).Append(0);
            ((FixedColumn<long>)batch[1]).Append(key(i));
            ((FixedColumn<long>)batch[2]).Append(value(i));
            ((Utf8Column)batch[3]).Append(ReadOnlySpan<byte>.Empty);
        }

        batch.Length = count;
        return batch;
    }
}
