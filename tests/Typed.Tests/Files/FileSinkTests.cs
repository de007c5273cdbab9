using Typed.Columns;
using Typed.Connect;
using Typed.Files;
using Typed.Schema;
using Typed.Tests.Connect;

namespace Typed.Tests.Files;

[StreamRecord]
public readonly partial record struct Sale(
    [JsonName("event_date")] DateOnly? Date, [JsonName("event_type")] string? Type, long Id, [Precision(10, 2)] decimal? Amount, string? Note);

public sealed class FileSinkTests : IDisposable
{
    private static readonly DateOnly Day = new(2025, 1, 4);
    private readonly Folder _folder = new();
    private readonly Guid _query = Guid.NewGuid();

    private string Export => Path.Combine(_folder.Path, "export");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Committed_batches_are_listed_and_come_back_as_written()
    {
        Sale[] sales = [new(Day, "click", 1, 12.35m, "a,\"b\"\nc"), new(null, null, 2, null, null), new(Day, "", 3, -0.5m, "")];
        foreach (ISink sink in new[] { JsonFiles.Out(Export + "-json"), CsvFiles.Out(Export + "-csv"), CsvFiles.Out(Export + "-tab", new() { Separator = '\t', NullValue = "\\N" }) })
        {
            await using ISinkWriter writer = sink.Open(Context());
            await WriteAsync(writer, 0, sales);
            await WriteAsync(writer, 1);
            await WriteAsync(writer, 2, sales[0]);
        }

        Assert.Equal([.. sales, sales[0]], await ReadAsync(JsonFiles.In<Sale>(Export + "-json")));
        Assert.Equal([.. sales, sales[0]], await ReadAsync(CsvFiles.In<Sale>(Export + "-csv")));
        Assert.Equal([.. sales, sales[0]], await ReadAsync(CsvFiles.In<Sale>(Export + "-tab", new() { Separator = '\t', NullValue = "\\N" })));
        IReadOnlyList<CommittedFile> files = new CommittedFiles(Export + "-json").List();
        Assert.Equal([(0L, 3L), (2L, 1L)], files.Select(file => (file.BatchId, file.Rows)));
        Assert.All(files, file => Assert.Equal(file.Bytes, new FileInfo(Path.Combine(Export + "-json", file.Path)).Length));
    }

    [Fact]
    public async Task A_crash_while_entries_of_the_log_are_merged_makes_no_file_count_twice()
    {
        string log = Path.Combine(Export, "_typed_log");
        Dictionary<string, byte[]> before = [];
        for (int run = 0; run < 3; run++)
        {
            await using ISinkWriter writer = JsonFiles.Out(Export).Open(Context());
            for (int batch = run * 12; batch < (run + 1) * 12; batch++)
            {
                await WriteAsync(writer, batch, new Sale(Day, "a", batch, null, null));
                foreach (string path in Directory.GetFiles(log))
                    before[path] = File.ReadAllBytes(path);
            }

            // The merged entry is there, and the process dies before it takes away what it was made of.
            foreach ((string path, byte[] bytes) in before)
                File.WriteAllBytes(path, bytes);
        }

        Assert.Equal(Enumerable.Range(0, 36).Select(batch => (long)batch), new CommittedFiles(Export).List().Select(file => file.BatchId));
        await using (ISinkWriter last = JsonFiles.Out(Export).Open(Context()))
        {
            for (int batch = 36; batch < 48; batch++)
                await WriteAsync(last, batch, new Sale(Day, "a", batch, null, null));
        }

        Assert.Equal(Enumerable.Range(0, 48).Select(batch => (long)batch), new CommittedFiles(Export).List().Select(file => file.BatchId));
    }

    [Fact]
    public async Task A_batch_that_is_committed_is_left_out_when_it_comes_again()
    {
        await using (ISinkWriter writer = JsonFiles.Out(Export).Open(Context()))
            await WriteAsync(writer, 0, new Sale(Day, "a", 1, null, null));
        await using (ISinkWriter again = JsonFiles.Out(Export).Open(Context()))
        {
            await WriteAsync(again, 0, new Sale(Day, "a", 1, null, null));
            await WriteAsync(again, 1, new Sale(Day, "a", 2, null, null));
        }

        Assert.Equal([1L, 2], (await ReadAsync(JsonFiles.In<Sale>(Export))).Select(sale => sale.Id));
        await using (ISinkWriter other = JsonFiles.Out(Export).Open(Context() with { QueryId = Guid.NewGuid() }))
            await WriteAsync(other, 0, new Sale(Day, "a", 3, null, null));
        Assert.Equal(3, (await ReadAsync(JsonFiles.In<Sale>(Export))).Count);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task A_crash_after_any_step_leaves_each_row_once(string step, int batch)
    {
        FileSinkOptions options = new() { PartitionBy = ["event_type"] };
        List<long> expected = [];
        long next = 0;
        bool crashed = false;
        for (long id = 0; id < 13; id++)
        {
            Sale[] rows = [.. Enumerable.Range(0, 4).Select(i => new Sale(Day, i % 2 == 0 ? "x" : null, next++, null, null))];
            expected.AddRange(rows.Select(row => row.Id));
            FileSink sink = new("JSON", Export, options, () => new JsonRowFormat())
            {
                Reached = reached =>
                {
                    if (id == batch && !crashed && reached.ToString() == step)
                    {
                        crashed = true;
                        throw new InvalidTimeZoneException("crash");
                    }
                },
            };

            // A crash closes nothing; the next run opens the folder as it was left.
            ISinkWriter writer = sink.Open(Context());
            try
            {
                await WriteAsync(writer, id, rows);
            }
            catch (InvalidTimeZoneException)
            {
                IReadOnlyList<CommittedFile> seen = new CommittedFiles(Export).List();
                Assert.Contains(seen.Where(file => file.BatchId == id).Sum(file => file.Rows), new long[] { 0, rows.Length });
                await using ISinkWriter again = sink.Open(Context());
                await WriteAsync(again, id, rows);
            }
        }

        Assert.True(crashed);
        IReadOnlyList<CommittedFile> files = new CommittedFiles(Export).List();
        Assert.Equal(expected, Ids(files).Order());
        string[] data = [.. Directory.GetFiles(Export, "*.json", SearchOption.AllDirectories)];
        Assert.Equal(files.Select(file => Path.Combine(Export, file.Path)).Order(), data.Order());
        Assert.Empty(Directory.GetFiles(Path.Combine(Export, "_typed_log"), "*.pending"));
    }

    public static TheoryData<string, int> Steps
    {
        get
        {
            TheoryData<string, int> steps = [];
            foreach (FileSinkStep step in Enum.GetValues<FileSinkStep>())
            {
                steps.Add(step.ToString(), 0);
                steps.Add(step.ToString(), 9);
                steps.Add(step.ToString(), 11);
            }

            return steps;
        }
    }

    [Fact]
    public async Task Rows_go_to_the_folder_of_their_values()
    {
        FileSinkOptions options = new() { PartitionBy = ["event_date", "Type"] };
        await using (ISinkWriter writer = JsonFiles.Out(Export, options).Open(Context()))
        {
            await WriteAsync(
                writer, 0, new(Day, "click", 1, null, null), new(Day, "a/b=c:%\n", 2, null, null), new(null, null, 3, null, null), new(Day, "..", 4, null, null),
                new(Day, "click", 5, null, null), new(Day, "", 6, null, null));
        }

        Dictionary<string, long> rows = new CommittedFiles(Export).List().ToDictionary(file => Path.GetDirectoryName(file.Path)!, file => file.Rows);
        Assert.Equal(
            new Dictionary<string, long>
            {
                ["event_date=2025-01-04/Type=click"] = 2,
                ["event_date=2025-01-04/Type=a%2Fb%3Dc%3A%25%0A"] = 1,
                ["event_date=__HIVE_DEFAULT_PARTITION__/Type=__HIVE_DEFAULT_PARTITION__"] = 1,
                ["event_date=2025-01-04/Type=%2E%2E"] = 1,
                ["event_date=2025-01-04/Type="] = 1,
            }, rows);
        string text = File.ReadAllText(Directory.GetFiles(Path.Combine(Export, "event_date=2025-01-04/Type=click")).Single());
        Assert.Equal("{\"id\":1}\n{\"id\":5}\n", text);
    }

    [Fact]
    public async Task A_file_ends_at_the_target_size()
    {
        await using (ISinkWriter writer = CsvFiles.Out(Export, new() { TargetSize = "1 KB" }).Open(Context()))
            await WriteAsync(writer, 0, [.. Enumerable.Range(0, 1000).Select(i => new Sale(Day, "t", i, 1, "note"))]);
        IReadOnlyList<CommittedFile> files = new CommittedFiles(Export).List();
        Assert.InRange(files.Count, 20, 60);
        Assert.All(files.SkipLast(1), file => Assert.InRange(file.Bytes, 1024, 1200));
        Assert.Equal(1000, (await ReadAsync(CsvFiles.In<Sale>(Export))).Count);
    }

    [Fact]
    public async Task Too_many_folders_are_warned_of_once()
    {
        List<string> warnings = [];
        await using ISinkWriter writer = JsonFiles.Out(Export, new() { PartitionBy = ["id"] }).Open(Context() with { Warn = warnings.Add });
        Sale[] rows = [.. Enumerable.Range(0, 1001).Select(i => new Sale(Day, "t", i, 1, null))];
        ColumnBatch batch = RecordBatch.Of(rows);
        writer.Begin(0, null);
        writer.Write(batch);
        writer.Write(batch);
        batch.Release();
        writer.Abort();
        Assert.Contains("1000 folders", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Export, "*.json", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(OutputMode.Update)]
    [InlineData(OutputMode.Complete)]
    public void Other_modes_than_append_are_refused(OutputMode mode) =>
        Assert.Equal("file-sink-append-only", Refused(JsonFiles.Out(Export), Context() with { Mode = mode }).Rule);

    [Fact]
    public void Options_that_do_not_fit_are_refused()
    {
        Assert.Equal("partition-by-all-columns", Refused(JsonFiles.Out(Export, new() { PartitionBy = ["Date", "Type", "Id", "Amount", "Note"] }), Context()).Rule);
        Assert.Contains("event_type", Refused(JsonFiles.Out(Export, new() { PartitionBy = ["colour"] }), Context()).Message, StringComparison.Ordinal);
        Assert.Contains("twice", Refused(JsonFiles.Out(Export, new() { PartitionBy = ["id", "Id"] }), Context()).Message, StringComparison.Ordinal);
        foreach (string size in new[] { "", "0 MB", "-1 KB", "many", "1 XB", "99999999999 TB" })
            Assert.Contains("TargetSize", Refused(JsonFiles.Out(Export, new() { TargetSize = size }), Context()).Message, StringComparison.Ordinal);
        RowSchema nested = new("N", [new Field("Tags", FieldType.List(FieldType.Of(FieldKind.String)))]);
        Assert.Equal("csv-record", Refused(CsvFiles.Out(Export), Context() with { Schema = nested }).Rule);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_refused_with_its_path()
    {
        string file = _folder.Add("file", "x");
        QueryStartException refused = Refused(JsonFiles.Out(Path.Combine(file, "export")), Context());
        Assert.Equal("sink-path", refused.Rule);
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_cannot_be_written_leaves_nothing_and_can_be_written_later()
    {
        ISinkWriter writer = JsonFiles.Out(Export, new() { PartitionBy = ["event_type"] }).Open(Context());
        _folder.Add("export/event_type=b", "in the way");
        IOException failed = await Assert.ThrowsAsync<IOException>(
            () => WriteAsync(writer, 0, new(Day, "a", 1, null, null), new(Day, "b", 2, null, null)));
        Assert.Contains(Export, failed.Message, StringComparison.Ordinal);
        writer.Abort();
        await writer.DisposeAsync();
        Assert.Empty(new CommittedFiles(Export).List());
        File.Delete(Path.Combine(Export, "event_type=b"));
        await using (ISinkWriter again = JsonFiles.Out(Export, new() { PartitionBy = ["event_type"] }).Open(Context()))
            await WriteAsync(again, 0, new(Day, "a", 1, null, null), new(Day, "b", 2, null, null));
        Assert.Equal(2, Directory.GetFiles(Export, "*.json", SearchOption.AllDirectories).Length);
        Assert.Equal(2, new CommittedFiles(Export).List().Count);
    }

    [Fact]
    public async Task A_damaged_log_entry_is_refused_with_its_path()
    {
        await using (ISinkWriter writer = JsonFiles.Out(Export).Open(Context()))
            await WriteAsync(writer, 0, new Sale(Day, "a", 1, null, null));
        string entry = Directory.GetFiles(Path.Combine(Export, "_typed_log")).Single();
        byte[] content = File.ReadAllBytes(entry);
        for (int length = 0; length < content.Length; length++)
        {
            File.WriteAllBytes(entry, content[..length]);
            Assert.Contains(entry, Assert.Throws<InvalidDataException>(() => new CommittedFiles(Export).List()).Message, StringComparison.Ordinal);
        }
    }

    private static QueryStartException Refused(ISink sink, SinkContext context) => Assert.Throws<QueryStartException>(() => sink.Open(context));

    private static async Task<List<Sale>> ReadAsync(ISource<Sale> source)
    {
        MalformedList malformed = new();
        await using ISourceReader reader = source.Open(Reading.Context(malformed: malformed));
        (List<List<Sale>> batches, _) = await reader.DrainAsync<Sale>(null);
        Assert.Empty(malformed.Items);
        return [.. batches.SelectMany(batch => batch)];
    }

    private static async Task WriteAsync(ISinkWriter writer, long batchId, params Sale[] rows)
    {
        writer.Begin(batchId, null);
        ColumnBatch batch = RecordBatch.Of(rows);
        try
        {
            writer.Write(batch);
        }
        finally
        {
            batch.Release();
        }

        await writer.CommitAsync(Reading.Token);
    }

    private IEnumerable<long> Ids(IEnumerable<CommittedFile> files) => files
        .SelectMany(file => File.ReadAllLines(Path.Combine(Export, file.Path)))
        .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("id").GetInt64());

    private SinkContext Context() => new("q", _query, RowSchema.Of<Sale>(), OutputMode.Append, false, TimeProvider.System);
}
