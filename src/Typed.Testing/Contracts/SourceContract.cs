using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed.Testing;

/// <summary>
/// What a source that can replay has to do (semantics 12.3, 12.6): rows come once and in order, a range of offsets that was read can be read
/// again, also by another run, and gives the same rows.
/// </summary>
/// <typeparam name="T">The record that is read.</typeparam>
public abstract class SourceContract<T> : Contract<T>, IDisposable
    where T : IStreamRecord<T>
{
    private readonly string _folder = Directory.CreateTempSubdirectory("typed-source-").FullName;

    /// <summary>The names of the checks.</summary>
    public static IReadOnlyList<string> SourceChecks { get; } =
    [
        nameof(NothingIsThereBeforeAnythingCame), nameof(RowsComeOnceAndInOrder), nameof(RangeThatWasReadIsReadAgain),
        nameof(AnotherRunGoesOnFromAnOffset), nameof(AnotherRunReadsARangeAgain), nameof(LimitsCutAndAllLiftsThem), nameof(WhatComesAfterTheFreezeWaits),
        nameof(CancellationEndsReadingAndWaiting), nameof(CommitTakesNothingAwayThatIsStillToCome), nameof(WaitEndsWhenRowsCome),
    ];

    /// <summary>Opens the source for a run: each time on the same input.</summary>
    protected abstract ISourceReader Open(SourceContext context);

    /// <summary>Adds rows to the input, all at once: a reader sees all of them or none.</summary>
    protected abstract Task AddAsync(IReadOnlyList<T> rows);

    /// <summary>Removes the folder that the source was given for its records.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Removes what the contract needed.</summary>
    protected virtual void Dispose(bool disposing) => Directory.Delete(_folder, true);

    private protected sealed override IEnumerable<Func<Task>> Checks() =>
    [
        NothingIsThereBeforeAnythingCame, RowsComeOnceAndInOrder, RangeThatWasReadIsReadAgain,
        AnotherRunGoesOnFromAnOffset, AnotherRunReadsARangeAgain, LimitsCutAndAllLiftsThem, WhatComesAfterTheFreezeWaits,
        CancellationEndsReadingAndWaiting, CommitTakesNothingAwayThatIsStillToCome, WaitEndsWhenRowsCome,
    ];

    private async Task NothingIsThereBeforeAnythingCame()
    {
        await using ISourceReader reader = Open();
        Expect("An input without rows gave an offset", await reader.NextOffsetAsync(null, false, default) is null);
        Expect("The source cannot replay, and this is the contract of those that can", reader.CanReplay);
        Expect("An input that goes on has ended", !reader.HasEnded(null));
    }

    private async Task RowsComeOnceAndInOrder()
    {
        await using ISourceReader reader = Open();
        await AddAsync(Rows(0, 3));
        string first = await NextAsync(reader, null);
        T[] found = await ReadAsync(reader, null, first);
        Expect("Three rows were added", Rows(0, 3).AsSpan().SequenceEqual(found));
        Expect("Nothing is new, and the offset is another one", await reader.NextOffsetAsync(first, false, default) == first);
        await AddAsync(Rows(3, 2));
        string second = await NextAsync(reader, first);
        Expect("Two more were added", Rows(3, 2), await ReadAsync(reader, first, second));
    }

    private async Task RangeThatWasReadIsReadAgain()
    {
        await using ISourceReader reader = Open();
        await AddAsync(Rows(0, 4));
        string first = await NextAsync(reader, null);
        await AddAsync(Rows(4, 4));
        string second = await NextAsync(reader, first);
        T[] once = await ReadAsync(reader, first, second);
        T[] again = await ReadAsync(reader, first, second);
        Expect("A range was read twice, with other rows or another order", once.AsSpan().SequenceEqual(again));
        Expect("The range before it was read again", Rows(0, 4), await ReadAsync(reader, null, first));
    }

    private async Task AnotherRunGoesOnFromAnOffset()
    {
        await AddAsync(Rows(0, 3));
        string first;
        await using (ISourceReader reader = Open())
        {
            first = await NextAsync(reader, null);
            await ReadAsync(reader, null, first);
        }

        await AddAsync(Rows(3, 3));
        await using ISourceReader next = Open();
        string second = await NextAsync(next, first);
        Expect("Another run went on from an offset", Rows(3, 3), await ReadAsync(next, first, second));
    }

    private async Task AnotherRunReadsARangeAgain()
    {
        await AddAsync(Rows(0, 5));
        string first;
        string second;
        await using (ISourceReader reader = Open())
        {
            first = await NextAsync(reader, null);
            await AddAsync(Rows(5, 5));
            second = await NextAsync(reader, first);
        }

        await AddAsync(Rows(10, 5));
        await using ISourceReader next = Open();
        Expect("Another run read a range that the one before had planned", Rows(5, 5), await ReadAsync(next, first, second));
        Expect("It read the range before as well", Rows(0, 5), await ReadAsync(next, null, first));
    }

    private async Task LimitsCutAndAllLiftsThem()
    {
        await using ISourceReader reader = Open();
        for (int i = 0; i < 4; i++)
            await AddAsync(Rows(i * 2, 2));
        string end = await reader.NextOffsetAsync(null, true, default) ?? throw new ContractException("Rows were added, and there is no offset.");
        Expect("All there was in one batch", Rows(0, 8), await ReadAsync(reader, null, end));
    }

    private async Task WhatComesAfterTheFreezeWaits()
    {
        await using ISourceReader reader = Open();
        await AddAsync(Rows(0, 3));
        await reader.FreezeAsync(null, default);
        await AddAsync(Rows(3, 3));
        List<T> found = [];
        string? start = null;
        while (await reader.NextOffsetAsync(start, false, default) is { } end && end != start)
        {
            found.AddRange(await ReadAsync(reader, start, end));
            start = end;
        }

        Expect("Rows came after the end was frozen", Rows(0, 3), found);
    }

    private async Task CancellationEndsReadingAndWaiting()
    {
        await using ISourceReader reader = Open();
        await AddAsync(Rows(0, 100));
        string end = await NextAsync(reader, null);
        CancellationToken cancelled = new(canceled: true);
        Expect("Reading went on although it was cancelled", await IsCancelledAsync(async () =>
        {
            await foreach (ColumnBatch batch in reader.ReadAsync(null, end, cancelled))
                batch.Release();
        }));
        Expect("The wait went on although it was cancelled", await IsCancelledAsync(async () => await reader.WaitForDataAsync(end, cancelled)));
        Expect("After a reading that was cancelled", Rows(0, 100), await ReadAsync(reader, null, end));
    }

    private async Task CommitTakesNothingAwayThatIsStillToCome()
    {
        await using ISourceReader reader = Open();
        await AddAsync(Rows(0, 2));
        string first = await NextAsync(reader, null);
        await ReadAsync(reader, null, first);
        await AddAsync(Rows(2, 2));
        string second = await NextAsync(reader, first);
        await reader.CommitAsync(first, default);
        await reader.CommitAsync(first, default);
        Expect("What came before was committed, twice", Rows(2, 2), await ReadAsync(reader, first, second));
    }

    private async Task WaitEndsWhenRowsCome()
    {
        await using ISourceReader reader = Open();
        await AddAsync(Rows(0, 1));
        string first = await NextAsync(reader, null);
        using CancellationTokenSource enough = new(TimeSpan.FromSeconds(30));
        Task<string> found = Task.Run(async () =>
        {
            while (true)
            {
                if (await reader.NextOffsetAsync(first, false, enough.Token) is { } next && next != first)
                    return next;
                await reader.WaitForDataAsync(first, enough.Token);
            }
        });
        await AddAsync(Rows(1, 2));
        Expect("Rows came while the source waited", Rows(1, 2), await ReadAsync(reader, first, await found));
    }

    private ISourceReader Open() => Open(new SourceContext("contract", 0, _folder, TimeProvider.System, new Refused()));

    private static async Task<string> NextAsync(ISourceReader reader, string? start)
    {
        string? end = await reader.NextOffsetAsync(start, false, default);
        Expect("Rows were added, and there is no new offset", end is not null && end != start);
        return end!;
    }

    private static async Task<T[]> ReadAsync(ISourceReader reader, string? start, string end)
    {
        List<T> rows = [];
        await foreach (ColumnBatch batch in reader.ReadAsync(start, end, default))
        {
            rows.AddRange(RecordBatch.ToRecords<T>(batch));
            batch.Release();
        }

        return [.. rows];
    }

    private static async Task<bool> IsCancelledAsync(Func<Task> run)
    {
        try
        {
            await run();
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private sealed class Refused : IMalformedRecords
    {
        public void Take(string source, long position, string reason, ReadOnlySpan<byte> text) =>
            throw new ContractException($"A record that was written to be read is malformed: {source}, {position}: {reason}.");

        public void Drop() => throw new ContractException("A record that was written to be read was left out.");
    }
}
