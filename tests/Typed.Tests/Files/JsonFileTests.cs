using System.Text;
using System.Text.Json;
using Typed.Connect;
using Typed.Tests.Connect;

namespace Typed.Tests.Files;

[StreamRecord]
public readonly partial record struct Shop(long Id, string? Name, [FromSource(SourceField.Line)] long Line, [FromSource(SourceField.Path)] string File);

public sealed class JsonFileTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lines_of_all_lengths_are_read_in_order_packed_or_not()
    {
        Random random = new(3);
        StringBuilder text = new();
        List<(long, string)> expected = [];
        for (int i = 0; text.Length < 2_500_000; i++)
        {
            string name = new((char)('a' + random.Next(26)), random.Next(50) == 0 ? random.Next(100_000) : random.Next(30));
            expected.Add((i, name));
            text.Append(JsonSerializer.Serialize(new { id = i, name })).Append(random.Next(3) == 0 ? "\r\n" : "\n");
        }

        _folder.Add("a.json", text.ToString());
        _folder.Add("b.json.gz", TextTests.Packed(Encoding.UTF8.GetBytes(text.ToString().TrimEnd())), 2_000_000);
        List<Shop> read = await ReadAsync(new());
        Assert.Equal(expected.Count * 2, read.Count);
        Assert.True(expected.Concat(expected).SequenceEqual(read.Select(shop => (shop.Id, shop.Name!))));
        Assert.Equal(expected.Count, read[expected.Count - 1].Line);
        Assert.EndsWith("b.json.gz", read[^1].File, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_half_written_last_line_is_malformed_and_named()
    {
        string path = _folder.Add("a.json", "{\"id\":1}\n{\"id\":2,\"na");
        MalformedList malformed = new();
        Assert.Equal([1L], (await ReadAsync(new(), malformed)).Select(shop => shop.Id));
        Assert.Equal((path, 2L), (malformed.Items.Single().Source, malformed.Items.Single().Position));
    }

    [Fact]
    public async Task Too_many_malformed_records_stop_the_query()
    {
        _folder.Add("a.json", "{\"id\":1}\n{\"id\":2}\nx\ny\n");
        Assert.Equal(2, (await ReadAsync(new() { MaxMalformed = 0.5 })).Count);
        MalformedRecordException stopped = await Assert.ThrowsAsync<MalformedRecordException>(() => ReadAsync(new() { MaxMalformed = 0.4 }));
        Assert.Contains("MaxMalformed", stopped.Message, StringComparison.Ordinal);
        MalformedList dropped = new();
        await ReadAsync(new() { OnMalformed = OnMalformed.Drop }, dropped);
        Assert.Equal((0, 2), (dropped.Items.Count, dropped.Dropped));
        await Assert.ThrowsAsync<MalformedRecordException>(() => ReadAsync(new() { OnMalformed = OnMalformed.Fail }));
    }

    [Theory]
    [InlineData("""[{"id":1},{"id":2,"name":"b"}]""", null)]
    [InlineData("""{"meta":{"features":[0]},"data":{"features":[{"id":1},{"id":2,"name":"b"}],"more":1}}""", "data.features")]
    public async Task A_document_has_its_rows_at_a_path(string document, string? rows)
    {
        _folder.Add("a.json", document);
        JsonReadOptions options = new() { Layout = JsonLayout.Document, Rows = rows };
        Assert.Equal([(1, null), (2, "b")], (await ReadAsync(options)).Select(shop => (shop.Id, shop.Name)));
    }

    [Fact]
    public async Task A_document_that_is_too_long_is_refused()
    {
        string path = _folder.Add("a.json", "[" + new string(' ', 2000) + "]");
        JsonReadOptions options = new() { Layout = JsonLayout.Document, MaxDocumentBytes = 1000 };
        InvalidDataException refused = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(options));
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_do_not_fit_are_refused()
    {
        Assert.Contains("Rows", Refused(new() { Rows = "a" }).Message, StringComparison.Ordinal);
        Assert.Equal("permissive-record", Refused(new() { OnMalformed = OnMalformed.Permissive }).Rule);
        Assert.Contains("MaxDocumentBytes", Refused(new() { MaxDocumentBytes = 0 }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_a_table_that_is_read_again_when_it_changes()
    {
        _folder.Add("a.json", "{\"id\":1}\n");
        ITableSource<Shop> source = JsonFiles.In<Shop>(_folder.Path);
        await using ITableReader table = source.Open(Reading.Context());
        Assert.Equal(1, (await table.RefreshAsync(0, Reading.Token))!.Length);
        Assert.Null(await table.RefreshAsync(1, Reading.Token));
        _folder.Add("b.json", "{\"id\":2}\n");
        Assert.Equal([1L, 2], RecordBatch.ToRecords<Shop>((await table.RefreshAsync(2, Reading.Token))!).Select(shop => shop.Id));
        Directory.Delete(_folder.Path, recursive: true);
        IOException gone = await Assert.ThrowsAnyAsync<IOException>(async () => await table.RefreshAsync(3, Reading.Token));
        Assert.Contains(_folder.Path, gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Foreign_bytes_never_do_worse_than_malformed_records()
    {
        Random random = new(11);
        byte[] seed = Encoding.UTF8.GetBytes("{\"id\":1,\"name\":\"ä\\u00e4\"}\n{\"id\":2}\n[{\"id\":3}]\n");
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = [.. seed];
            for (int change = random.Next(6); change >= 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            _folder.Add("a.json", bytes[..random.Next(bytes.Length + 1)]);
            await ReadAsync(new());
            await ReadAsync(new() { Layout = JsonLayout.Document });
        }
    }

    private QueryStartException Refused(JsonReadOptions options) =>
        Assert.Throws<QueryStartException>(() => ((ISource<Shop>)JsonFiles.In<Shop>(_folder.Path, options)).Open(Reading.Context()));

    private async Task<List<Shop>> ReadAsync(JsonReadOptions options, MalformedList? malformed = null)
    {
        ISource<Shop> source = JsonFiles.In<Shop>(_folder.Path, options);
        await using ISourceReader reader = source.Open(Reading.Context(malformed: malformed));
        (List<List<Shop>> batches, _) = await reader.DrainAsync<Shop>(null);
        return [.. batches.SelectMany(batch => batch)];
    }
}
