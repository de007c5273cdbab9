using System.IO.Compression;
using System.Text;
using Typed.Columns;
using Typed.Connect;
using Typed.Tests.Connect;

namespace Typed.Tests.Files;

[StreamRecord]
public readonly partial record struct PlacedLine(
    string Text, [FromSource(SourceField.Path)] string File, [FromSource(SourceField.Modified)] DateTimeOffset Modified, [FromSource(SourceField.Line)] long Line);

public sealed class TextTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("\n", new[] { "" })]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\nb\r\n\nc", new[] { "a", "b", "", "c" })]
    [InlineData("\uFEFFa\n", new[] { "a" })]
    public async Task Lines_end_with_a_feed_or_the_file(string content, string[] expected)
    {
        _folder.Add("a.txt", content);
        Assert.Equal(expected, await LinesAsync());
    }

    [Fact]
    public async Task Lines_of_every_length_pass_the_edges_of_the_window()
    {
        Random random = new(1);
        List<string> lines = [];
        StringBuilder content = new();
        while (content.Length < 3_000_000)
        {
            string line = new((char)('a' + random.Next(26)), random.Next(3) == 0 ? random.Next(200_000) : random.Next(40));
            lines.Add(line);
            content.Append(line).Append('\n');
        }

        _folder.Add("a.txt", content.ToString());
        _folder.Add("b.txt.gz", Packed(Encoding.UTF8.GetBytes(content.ToString())), 2_000_000);
        List<string> read = await LinesAsync();
        Assert.Equal(lines.Count * 2, read.Count);
        Assert.True(lines.Concat(lines).SequenceEqual(read));
    }

    [Fact]
    public async Task A_file_may_fill_several_batches()
    {
        _folder.Add("a.txt", string.Concat(Enumerable.Range(0, 150_000).Select(i => i + "\n")));
        await using ISourceReader reader = Open(TextFiles.In(_folder.Path));
        string end = (await reader.NextOffsetAsync(null, false, Reading.Token))!;
        List<int> lengths = [];
        await foreach (ColumnBatch batch in reader.ReadAsync(null, end, Reading.Token))
        {
            lengths.Add(batch.Length);
            batch.Release();
        }

        Assert.Equal([65_536, 65_536, 18_928], lengths);
    }

    [Fact]
    public async Task Long_and_broken_lines_are_malformed_and_the_others_are_read()
    {
        byte[] huge = new byte[5 << 20];
        Array.Fill(huge, (byte)'x');
        byte[] content = [.. "one\n"u8, .. huge, .. "\ntwo\n"u8, 0xC3, .. "\nthree\n"u8, .. "y"u8];
        string path = _folder.Add("a.txt", content);
        MalformedList malformed = new();
        Assert.Equal(["one", "two", "three", "y"], await LinesAsync(null, malformed));
        Assert.Equal([(path, 2L), (path, 4L)], malformed.Items.Select(item => (item.Source, item.Position)));
        Assert.Contains("MaxRecordBytes", malformed.Items[0].Reason, StringComparison.Ordinal);
        Assert.Equal(64 << 10, malformed.Items[0].Text.Length);
        MalformedRecordException failed = await Assert.ThrowsAsync<MalformedRecordException>(() => LinesAsync(new() { OnMalformed = OnMalformed.Fail }));
        Assert.Contains($"{path}:2", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_gz_file_is_refused_with_its_path()
    {
        byte[] packed = Packed(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 10_000).Select(i => i + "\n"))));
        packed[packed.Length / 2] ^= 0xFF;
        string path = _folder.Add("a.txt.gz", packed);
        IOException damaged = await Assert.ThrowsAsync<IOException>(() => LinesAsync());
        Assert.Contains(path, damaged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cut_gz_file_is_refused_with_its_path()
    {
        byte[] packed = Packed(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 10_000).Select(i => i + "\n"))));
        string path = _folder.Add("a.txt.gz", packed[..(packed.Length / 2)]);
        IOException damaged = await Assert.ThrowsAsync<IOException>(() => LinesAsync());
        Assert.Contains(path, damaged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_can_say_where_a_line_was()
    {
        string path = _folder.Add("a.txt", "x\n\ny", 5000);
        await using ISourceReader reader = Open(TextFiles.In<PlacedLine>(_folder.Path));
        List<PlacedLine> rows = await reader.RowsAsync<PlacedLine>(null, (await reader.NextOffsetAsync(null, false, Reading.Token))!);
        DateTimeOffset modified = new(Folder.At(5000));
        Assert.Equal([new("x", path, modified, 1), new("", path, modified, 2), new("y", path, modified, 3)], rows);
    }

    [Fact]
    public void A_record_without_a_text_is_refused() =>
        Assert.Equal("text-record", Assert.Throws<QueryStartException>(() => Open(TextFiles.In<Item>(_folder.Path))).Rule);

    [Fact]
    public async Task A_gz_file_may_have_several_members()
    {
        byte[] one = Packed("a\nb\n"u8.ToArray());
        byte[] other = Packed("c\n"u8.ToArray());
        _folder.Add("a.txt.gz", [.. one, .. other]);
        Assert.Equal(["a", "b", "c"], await LinesAsync());
    }

    internal static byte[] Packed(byte[] content)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
            gzip.Write(content);
        return packed.ToArray();
    }

    private static ISourceReader Open<T>(ISource<T> source, MalformedList? malformed = null)
        where T : Schema.IStreamRecord<T> => source.Open(Reading.Context(malformed: malformed));

    private async Task<List<string>> LinesAsync(TextReadOptions? options = null, MalformedList? malformed = null)
    {
        await using ISourceReader reader = Open(TextFiles.In(_folder.Path, options), malformed);
        (List<List<TextLine>> batches, _) = await reader.DrainAsync<TextLine>(null);
        return [.. batches.SelectMany(batch => batch).Select(line => line.Value)];
    }
}
