namespace Typed.Tests.State;

[StreamRecord]
public readonly partial record struct Deposit(long Account, long Cents);

[StreamRecord]
public readonly partial record struct Balance(long Account, long Deposits, long Cents);

[Pipeline(OutputMode.Update)]
public sealed partial class Balances
{
    public static Stream<Balance> Define(Stream<Deposit> deposits) => deposits
        .GroupBy(d => d.Account)
        .Select(g => new Balance(g.Key, g.Count(), g.Sum(d => d.Cents)));
}

/// <summary>A query whose micro-batches change much more than there is memory for, over restarts.</summary>
public sealed class SpilledQueryTests : IDisposable
{
    private const int Accounts = 50_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("typed-spill-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("1 hour", 1)]
    [InlineData("0 seconds", 1)]
    [InlineData("1 hour", 2)]
    public async Task What_changes_is_stored_though_memory_has_no_room_for_it(string snapshotEvery, int workers)
    {
        MemorySource<Deposit> source = new();
        MemorySink<Balance> sink = new() { SurvivesRestart = true };
        Dictionary<long, Balance> expected = [];
        Random random = new(1);
        QueryOptions options = new()
        {
            Checkpoint = _folder, Stepped = true, SnapshotEvery = snapshotEvery, Workers = workers, State = StateStore.Faster(memory: "1 MB", snapshotEvery: snapshotEvery),
        };
        for (int run = 0; run < 3; run++)
        {
            await using StreamingQuery query = await Balances.From(source).To(sink).StartAsync(options, TestContext.Current.CancellationToken);
            for (int batch = 0; batch < 2; batch++)
            {
                Deposit[] rows = [.. Enumerable.Range(0, Accounts).Select(i => new Deposit(random.Next(Accounts), i))];
                foreach ((long account, long cents) in rows)
                {
                    Balance before = expected.GetValueOrDefault(account);
                    expected[account] = new Balance(account, before.Deposits + 1, before.Cents + cents);
                }

                source.Add(rows);
                await query.ProcessAllAvailableAsync();
            }

            Assert.Equal(expected.Count, query.Totals.StateRows);
            Assert.NotEqual(0, query.LastProgress!.StateOperators.Single().SpilledRows);
        }

        Dictionary<long, Balance> last = [];
        foreach (Balance balance in sink.Rows)
            last[balance.Account] = balance;
        Assert.Equal(expected.OrderBy(one => one.Key), last.OrderBy(one => one.Key));
    }
}
