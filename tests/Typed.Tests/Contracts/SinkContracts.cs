using Typed.Connect;
using Typed.Testing;
using Typed.Tests.Connect;
using Typed.Tests.Files;

namespace Typed.Tests.Contracts;

/// <summary>A row that a sink writes, or a source reads.</summary>
[StreamRecord]
public readonly partial record struct Item(long Number, string Name, decimal? Price);

/// <summary>Exactly once into files.</summary>
public abstract class FileSinkContract(string name) : SinkContract<Item>, IDisposable
{
    private readonly Folder _folder = new();

    public static TheoryData<string> All => [.. SinkChecks];

    protected string Target => Path.Combine(_folder.Path, name);

    [Theory]
    [MemberData(nameof(All))]
    public Task Holds(string check) => CheckAsync(check);

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override Item Row(int number) => new(number, $"item {number}, \"quoted\"", number % 3 == 0 ? null : number / 4m);

    protected override ISinkWriter Open(SinkContext context) => Sink.Open(context);

    protected override async Task<IReadOnlyList<Item>> ReadAsync() => Directory.Exists(Target) ? await ReadAsync(Source) : [];

    private static async Task<IReadOnlyList<Item>> ReadAsync(ISource<Item> source)
    {
        await using ISourceReader reader = source.Open(Reading.Context());
        (List<List<Item>> batches, _) = await reader.DrainAsync<Item>(null);
        return [.. batches.SelectMany(batch => batch)];
    }

    protected abstract ISink Sink { get; }

    protected abstract ISource<Item> Source { get; }
}

public sealed class JsonSinkContract() : FileSinkContract("json")
{
    protected override ISink Sink => JsonFiles.Out(Target);

    protected override ISource<Item> Source => JsonFiles.In<Item>(Target);
}

public sealed class CsvSinkContract() : FileSinkContract("csv")
{
    protected override ISink Sink => CsvFiles.Out(Target);

    protected override ISource<Item> Source => CsvFiles.In<Item>(Target);
}

/// <summary>Exactly once by a function that keeps batches by their number, as the page of checkpoints shows it.</summary>
public sealed class ForeachBatchContract : SinkContract<Item>
{
    private readonly Dictionary<(Guid Query, long Batch), Item[]> _kept = [];

    public static TheoryData<string> All => [.. SinkChecks];

    [Theory]
    [MemberData(nameof(All))]
    public Task Holds(string check) => CheckAsync(check);

    protected override Item Row(int number) => new(number, $"item {number}", null);

    protected override ISinkWriter Open(SinkContext context) => ForeachBatch.Run<Item>((batch, of) =>
    {
        of.Token.ThrowIfCancellationRequested();
        if (!_kept.TryAdd((of.QueryId, of.BatchId), [.. batch.Rows]) && !_kept[(of.QueryId, of.BatchId)].SequenceEqual(batch.Rows))
            throw new InvalidOperationException($"Batch {of.BatchId} comes again with other rows.");
        return Task.CompletedTask;
    }).Open(context);

    protected override Task<IReadOnlyList<Item>> ReadAsync() => Task.FromResult<IReadOnlyList<Item>>([.. _kept.Values.SelectMany(rows => rows)]);
}

/// <summary>A sink that writes what comes, once more when it comes again: the contract has to find that.</summary>
public sealed class ForgetfulSinkTests : SinkContract<Item>
{
    private readonly List<Item> _rows = [];

    [Theory]
    [InlineData("BatchThatIsCommittedIsLeftOutWhenItComesAgain")]
    [InlineData("CrashAnywhereLosesAndDoublesNothing")]
    [InlineData("BatchesThatAreForgottenAreThereOnce")]
    [InlineData("ForgottenBatchWithOtherRowsReplacesItsOwnOrIsRefused")]
    public async Task Is_found_out(string check) => await Assert.ThrowsAsync<ContractException>(() => CheckAsync(check));

    [Fact]
    public async Task Unknown_checks_are_refused() => await Assert.ThrowsAsync<ArgumentException>(() => CheckAsync("Nothing"));

    protected override Item Row(int number) => new(number, "", null);

    protected override ISinkWriter Open(SinkContext context) => ForeachBatch.Run<Item>((batch, _) =>
    {
        _rows.AddRange(batch.Rows);
        return Task.CompletedTask;
    }).Open(context);

    protected override Task<IReadOnlyList<Item>> ReadAsync() => Task.FromResult<IReadOnlyList<Item>>([.. _rows]);
}

/// <summary>A sink that leaves out each number that it has, without a look at the rows: where a checkpoint was set back it loses some.</summary>
public sealed class TrustingSinkTests : SinkContract<Item>
{
    private readonly Dictionary<(Guid Query, long Batch), Item[]> _kept = [];

    public static TheoryData<string> Others => [.. SinkChecks.Where(check => check != Refused)];

    private const string Refused = "ForgottenBatchWithOtherRowsReplacesItsOwnOrIsRefused";

    [Fact]
    public async Task Is_found_out() => await Assert.ThrowsAsync<ContractException>(() => CheckAsync(Refused));

    [Theory]
    [MemberData(nameof(Others))]
    public Task Holds_otherwise(string check) => CheckAsync(check);

    protected override Item Row(int number) => new(number, "", null);

    protected override ISinkWriter Open(SinkContext context) => ForeachBatch.Run<Item>((batch, of) =>
    {
        of.Token.ThrowIfCancellationRequested();
        _kept.TryAdd((of.QueryId, of.BatchId), [.. batch.Rows]);
        return Task.CompletedTask;
    }).Open(context);

    protected override Task<IReadOnlyList<Item>> ReadAsync() => Task.FromResult<IReadOnlyList<Item>>([.. _kept.Values.SelectMany(rows => rows)]);
}
