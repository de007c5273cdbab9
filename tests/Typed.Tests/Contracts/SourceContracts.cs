using System.Globalization;
using System.Text.Json;
using Typed.Connect;
using Typed.Testing;
using Typed.Tests.Files;

namespace Typed.Tests.Contracts;

/// <summary>Files as a source: each piece of input is a file that appears whole.</summary>
public abstract class FileSourceContract : SourceContract<Item>
{
    private readonly Folder _files = new();
    private int _count;

    public static TheoryData<string> All => [.. SourceChecks];

    protected string Input => _files.Path;

    [Theory]
    [MemberData(nameof(All))]
    public Task Holds(string check) => CheckAsync(check);

    protected override Item Row(int number) => new(number, $"item {number}", number % 2 == 0 ? null : number);

    protected override ISourceReader Open(SourceContext context) => Source.Open(context);

    protected override async Task AddAsync(IReadOnlyList<Item> rows)
    {
        string name = _count++.ToString("D4", CultureInfo.InvariantCulture);
        string temporary = Path.Combine(Input, "." + name);
        await File.WriteAllTextAsync(temporary, Text(rows));
        File.Move(temporary, Path.Combine(Input, name + ".in"));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _files.Dispose();
    }

    protected abstract ISource<Item> Source { get; }

    protected abstract string Text(IReadOnlyList<Item> rows);
}

public sealed class JsonSourceContract : FileSourceContract
{
    protected override ISource<Item> Source => JsonFiles.In<Item>(Input, new() { Order = FileOrder.Path, MaxFilesPerTrigger = 1, PollInterval = TimeSpan.FromMilliseconds(5) });

    protected override string Text(IReadOnlyList<Item> rows) => string.Concat(rows.Select(row => JsonSerializer.Serialize(row, JsonSerializerOptions.Web) + "\n"));
}

public sealed class CsvSourceContract : FileSourceContract
{
    protected override ISource<Item> Source => CsvFiles.In<Item>(Input, new() { Order = FileOrder.Path, MaxFilesPerTrigger = 2, PollInterval = TimeSpan.FromMilliseconds(5) });

    protected override string Text(IReadOnlyList<Item> rows) =>
        "number,name,price\n" + string.Concat(rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"{row.Number},{row.Name},{row.Price}\n")));
}

public sealed class MemorySourceContract : SourceContract<Item>
{
    private readonly MemorySource<Item> _source = new() { MaxRowsPerTrigger = 100, RowsPerColumnBatch = 2 };

    public static TheoryData<string> All => [.. SourceChecks];

    [Theory]
    [MemberData(nameof(All))]
    public Task Holds(string check) => CheckAsync(check);

    protected override Item Row(int number) => new(number, $"item {number}", null);

    protected override ISourceReader Open(SourceContext context) => _source.Open(context);

    protected override Task AddAsync(IReadOnlyList<Item> rows)
    {
        _source.Add([.. rows]);
        return Task.CompletedTask;
    }
}
