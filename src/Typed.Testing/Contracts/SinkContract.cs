using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed.Testing;

/// <summary>
/// What an exactly-once sink has to do (semantics 12.3, 12.6): rows are visible once their batch is committed and not before, and a batch that
/// comes again under its number, after a crash or a failure, is there once. The micro-batch loop commits a batch to the sink before it notes
/// that itself, so every batch may come again that is not older than the last one. Earlier ones come again where the checkpoint was set back over them
/// (<see cref="SinkContext.LastForgottenBatch"/>), maybe with other rows.
/// </summary>
/// <typeparam name="T">The record that is written.</typeparam>
public abstract class SinkContract<T> : Contract<T>
    where T : IStreamRecord<T>
{
    private readonly Guid _query = Guid.NewGuid();

    /// <summary>The names of the checks.</summary>
    public static IReadOnlyList<string> SinkChecks { get; } =
    [
        nameof(RowsAreVisibleOnceTheirBatchIsCommitted), nameof(EachBatchIsAddedToThoseBefore), nameof(BatchWithoutRowsIsCommitted),
        nameof(BatchThatWasAbortedLeavesNothing), nameof(BatchThatWasBrokenOffComesAgain), nameof(BatchThatIsCommittedIsLeftOutWhenItComesAgain),
        nameof(CommitThatIsCancelledIsAllOrNothing), nameof(OtherQueryMayUseTheSameNumbers), nameof(CrashAnywhereLosesAndDoublesNothing),
        nameof(BatchesThatAreForgottenAreThereOnce), nameof(ForgottenBatchWithOtherRowsReplacesItsOwnOrIsRefused),
    ];

    /// <summary>Opens the sink for a run: each time on the same target.</summary>
    protected abstract ISinkWriter Open(SinkContext context);

    /// <summary>What somebody who reads the target sees.</summary>
    protected abstract Task<IReadOnlyList<T>> ReadAsync();

    /// <summary>Whether several queries may write to the target, each with numbers of its own.</summary>
    protected virtual bool SharesItsTarget => true;

    private protected sealed override IEnumerable<Func<Task>> Checks() =>
    [
        RowsAreVisibleOnceTheirBatchIsCommitted, EachBatchIsAddedToThoseBefore, BatchWithoutRowsIsCommitted,
        BatchThatWasAbortedLeavesNothing, BatchThatWasBrokenOffComesAgain, BatchThatIsCommittedIsLeftOutWhenItComesAgain,
        CommitThatIsCancelledIsAllOrNothing, OtherQueryMayUseTheSameNumbers, CrashAnywhereLosesAndDoublesNothing,
        BatchesThatAreForgottenAreThereOnce, ForgottenBatchWithOtherRowsReplacesItsOwnOrIsRefused,
    ];

    private async Task RowsAreVisibleOnceTheirBatchIsCommitted()
    {
        await using ISinkWriter writer = Start();
        Write(writer, 0, Rows(0, 3));
        Expect("Rows were written and not committed", [], await ReadAsync());
        await writer.CommitAsync(default);
        Expect("The batch was committed", Rows(0, 3), await ReadAsync());
    }

    private async Task EachBatchIsAddedToThoseBefore()
    {
        await using (ISinkWriter writer = Start())
        {
            await PutAsync(writer, 0, Rows(0, 2));
            writer.Begin(1, null);
            Write(writer, Rows(2, 1));
            Write(writer, Rows(3, 2));
            await writer.CommitAsync(default);
        }

        await using (ISinkWriter writer = Start(recovering: true))
            await PutAsync(writer, 2, Rows(5, 1));
        Expect("Three batches were committed in two runs", Rows(0, 6), await ReadAsync());
    }

    private async Task BatchWithoutRowsIsCommitted()
    {
        await using ISinkWriter writer = Start();
        await PutAsync(writer, 0, []);
        await PutAsync(writer, 1, Rows(0, 1));
        await PutAsync(writer, 2, []);
        Expect("Batches without rows were committed", Rows(0, 1), await ReadAsync());
    }

    private async Task BatchThatWasAbortedLeavesNothing()
    {
        await using ISinkWriter writer = Start();
        await PutAsync(writer, 0, Rows(0, 2));
        Write(writer, 1, Rows(2, 2));
        writer.Abort();
        Expect("The second batch was aborted", Rows(0, 2), await ReadAsync());
        await PutAsync(writer, 1, Rows(2, 2));
        Expect("The second batch came again", Rows(0, 4), await ReadAsync());
    }

    private async Task BatchThatWasBrokenOffComesAgain()
    {
        await using (ISinkWriter writer = Start())
        {
            await PutAsync(writer, 0, Rows(0, 2));
            Write(writer, 1, Rows(2, 3));
        }

        Expect("The run ended before the commit of its second batch", Rows(0, 2), await ReadAsync());
        await using (ISinkWriter writer = Start(recovering: true, repeated: 1))
            await PutAsync(writer, 1, Rows(2, 3));
        Expect("The batch came again in the next run", Rows(0, 5), await ReadAsync());
    }

    private async Task BatchThatIsCommittedIsLeftOutWhenItComesAgain()
    {
        await using (ISinkWriter writer = Start())
        {
            await PutAsync(writer, 0, Rows(0, 2));
            await PutAsync(writer, 1, Rows(2, 2));
        }

        await using (ISinkWriter writer = Start(recovering: true, repeated: 1))
        {
            await PutAsync(writer, 1, Rows(2, 2));
            Expect("A batch that the sink has committed came again", Rows(0, 4), await ReadAsync());
            await PutAsync(writer, 2, Rows(4, 1));
        }

        Expect("A batch that the sink has committed came again, and a new one", Rows(0, 5), await ReadAsync());
    }

    private async Task CommitThatIsCancelledIsAllOrNothing()
    {
        await using (ISinkWriter writer = Start())
        {
            Write(writer, 0, Rows(0, 3));
            try
            {
                await writer.CommitAsync(new CancellationToken(canceled: true));
            }
            catch (OperationCanceledException)
            {
                // Either is fine; what counts is what there is, and that the batch can come again.
                writer.Abort();
            }
        }

        IReadOnlyList<T> found = await ReadAsync();
        Expect("A commit was cancelled", found.Count == 0 ? [] : Rows(0, 3), found);
        await using (ISinkWriter writer = Start(recovering: true, repeated: 0))
            await PutAsync(writer, 0, Rows(0, 3));
        Expect("The batch whose commit was cancelled came again", Rows(0, 3), await ReadAsync());
    }

    private async Task OtherQueryMayUseTheSameNumbers()
    {
        if (!SharesItsTarget)
            return;
        await using (ISinkWriter writer = Start())
            await PutAsync(writer, 0, Rows(0, 2));
        await using (ISinkWriter writer = Open(Context(Guid.NewGuid(), false, null)))
            await PutAsync(writer, 0, Rows(2, 2));
        Expect("Two queries have written a batch 0 each", Rows(0, 4), await ReadAsync());
    }

    private async Task CrashAnywhereLosesAndDoublesNothing()
    {
        Random random = new(7);
        List<T> expected = [];
        long next = 0;
        bool repeats = false;
        for (int run = 0; run < 24; run++)
        {
            await using ISinkWriter writer = Start(next > 0 || repeats, repeats ? next : null);
            for (int batches = random.Next(4); ; batches--)
            {
                T[] rows = Rows((int)next * 10, (int)(next % 4));
                Write(writer, next, rows);
                bool dies = batches <= 0;
                if (dies && random.Next(2) == 0)
                {
                    repeats = true;
                    break;
                }

                await writer.CommitAsync(default);
                if (dies)
                {
                    // Committed here, and not noted by the loop: it comes again, with the same rows.
                    repeats = true;
                    break;
                }

                expected.AddRange(rows);
                next++;
                repeats = false;
            }
        }

        await using (ISinkWriter writer = Start(recovering: true, repeated: next))
        {
            T[] rows = Rows((int)next * 10, (int)(next % 4));
            await PutAsync(writer, next, rows);
            expected.AddRange(rows);
        }

        Expect("24 runs were broken off before or after a commit", expected, await ReadAsync());
    }

    private async Task BatchesThatAreForgottenAreThereOnce()
    {
        await using (ISinkWriter writer = Start())
        {
            await PutAsync(writer, 0, Rows(0, 2));
            await PutAsync(writer, 1, Rows(2, 2));
            Write(writer, 2, Rows(4, 2));
        }

        await using (ISinkWriter writer = Start(recovering: true, forgotten: 2))
        {
            await PutAsync(writer, 1, Rows(2, 2));
            Expect("The checkpoint was set back to batch 0, and a batch that the sink has committed came again", Rows(0, 4), await ReadAsync());

            // It was not committed, so that others may come under its number.
            await PutAsync(writer, 2, Rows(6, 1));
            await PutAsync(writer, 3, Rows(7, 1));
        }

        Expect("After that came one that the sink had not committed, and a new one", [.. Rows(0, 4), .. Rows(6, 2)], await ReadAsync());
    }

    private async Task ForgottenBatchWithOtherRowsReplacesItsOwnOrIsRefused()
    {
        await using (ISinkWriter writer = Start())
        {
            await PutAsync(writer, 0, Rows(0, 2));
            await PutAsync(writer, 1, Rows(2, 2));
        }

        bool refused = false;
        await using (ISinkWriter writer = Start(recovering: true, forgotten: 1))
        {
            try
            {
                await PutAsync(writer, 1, Rows(3, 3));
            }
            catch (Exception)
            {
                // Whatever it throws ends the query; what counts is what there is.
                writer.Abort();
                refused = true;
            }
        }

        IReadOnlyList<T> found = await ReadAsync();
        if (!refused)
        {
            Expect("The checkpoint was set back to batch 0, and the batch after it came with other rows, which the sink has taken", [.. Rows(0, 2), .. Rows(3, 3)], found);
            return;
        }

        Expect("The checkpoint was set back to batch 0, and the batch after it came with other rows, which the sink has refused", Rows(0, 4), found);
        await using (ISinkWriter writer = Start(recovering: true, forgotten: 1))
            await PutAsync(writer, 1, Rows(2, 2));
        Expect("Then it came with the rows that the sink has", Rows(0, 4), await ReadAsync());
    }

    private ISinkWriter Start(bool recovering = false, long? repeated = null, long? forgotten = null) => Open(Context(_query, recovering, repeated, forgotten));

    private static SinkContext Context(Guid query, bool recovering, long? repeated, long? forgotten = null) =>
        new("contract", query, T.Schema, OutputMode.Append, recovering, TimeProvider.System) { RepeatedBatch = repeated, LastForgottenBatch = forgotten };

    private static async Task PutAsync(ISinkWriter writer, long batchId, T[] rows)
    {
        Write(writer, batchId, rows);
        await writer.CommitAsync(default);
    }

    private static void Write(ISinkWriter writer, long batchId, T[] rows)
    {
        writer.Begin(batchId, null);
        Write(writer, rows);
    }

    private static void Write(ISinkWriter writer, T[] rows)
    {
        if (rows.Length == 0)
            return;
        ColumnBatch batch = RecordBatch.Of<T>(rows);
        try
        {
            writer.Write(batch);
        }
        finally
        {
            batch.Release();
        }
    }
}
