using System.Text;
using Typed.Connect;
using Typed.Tests.Connect;

namespace Typed.Tests.Files;

[StreamRecord]
public readonly partial record struct Airport(string Iata, string? City, [JsonName("lat")] double? Latitude, [FromSource(SourceField.Line)] long Line);

[StreamRecord]
public readonly partial record struct Loose(
    long? Id, string? Name, [Precision(5, 2)] decimal? Amount, [CorruptRecord] string? Corrupt);

[StreamRecord]
public readonly partial record struct Kept(string Id, [Precision(5, 2)] decimal? Amount, [RescuedData] string? Rescued);

[StreamRecord]
public readonly partial record struct Wide(
    bool Flag, sbyte Tiny, byte Small, short Short, ushort UShort, int Int, uint UInt, long Long, ulong ULong, float Float, double Double,
    [Precision(10, 2)] decimal Money, string Text, byte[] Bytes, DateTimeOffset Time, DateOnly Date, TimeSpan Span, Guid Guid, DayOfWeek Day);

public sealed class CsvTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly MalformedList _malformed = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Columns_are_found_by_name_and_quotes_may_hold_anything()
    {
        _folder.Add("a.csv", "\uFEFFlat,Iata,extra,city\r\n1.5,AAA,x,\"Sao \"\"Paulo\"\", BR\"\r\n\r\n,BBB,\"line\nbreak\",\"a\r\nb\"\n-2e1,\"CCC\",,");
        Assert.Equal(
            [new("AAA", "Sao \"Paulo\", BR", 1.5, 2), new("BBB", "a\r\nb", null, 4), new("CCC", null, -20, 7)], await ReadAsync<Airport>());
        Assert.Empty(_malformed.Items);
    }

    [Fact]
    public async Task Broken_records_are_malformed_and_the_others_are_read()
    {
        string path = _folder.Add("a.csv", "iata,city,lat\nAAA,x,1\nBBB,x\nCCC,x,1,2\nDDD,x,north\n\"EEE\"x,y,1\nFFF,x,2\n\"GGG,x,1\nHHH,x,1\n");
        Assert.Equal(["AAA", "FFF"], (await ReadAsync<Airport>()).Select(airport => airport.Iata));
        Assert.Equal([3L, 4, 5, 6, 8], _malformed.Items.Select(item => item.Position));
        Assert.All(_malformed.Items, item => Assert.Equal(path, item.Source));
        Assert.Contains("2 columns where 3", _malformed.Items[0].Reason, StringComparison.Ordinal);
        Assert.Contains("lat does not fit", _malformed.Items[2].Reason, StringComparison.Ordinal);
        Assert.Contains("closing quote", _malformed.Items[3].Reason, StringComparison.Ordinal);
        Assert.Equal("\"GGG,x,1\nHHH,x,1\n", _malformed.Items[4].Text);
    }

    [Fact]
    public async Task Null_and_empty_follow_the_field()
    {
        _folder.Add("a.csv", "iata,city,lat\n,,\n\"\",\"\",\"\"\n");
        Assert.Equal([new("", null, null, 2)], await ReadAsync<Airport>());
        Assert.Equal("", (await ReadAsync<Airport>(new() { NullValue = "NA" }))[0].City);
        _folder.Add("a.csv", "iata,city,lat\nAAA,NA,NA\nNA,x,1\n\"NA\",\"NA\",\n");
        _malformed.Items.Clear();
        Assert.Equal([new("AAA", null, null, 2), new("NA", "NA", null, 4)], await ReadAsync<Airport>(new() { NullValue = "NA" }));
        Assert.Contains("not nullable", Assert.Single(_malformed.Items).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Form_is_by_option()
    {
        _folder.Add("a.csv", "# who\nAAA ;' it\\'s ; so'; 1\n");
        CsvReadOptions options = new() { Header = false, Separator = ';', Quote = '\'', Escape = '\\', Comment = '#', Trim = true };
        Assert.Equal([new("AAA", " it's ; so", 1, 2)], await ReadAsync<Airport>(options));
    }

    [Fact]
    public async Task A_header_unlike_the_record_is_refused_with_what_was_expected_and_found()
    {
        string path = _folder.Add("a.csv", "iata,town,lat\nAAA,x,1\n");
        InvalidDataException refused = await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync<Airport>());
        foreach (string part in new[] { path, "Expected: iata, city, lat", "Found: iata, town, lat", "Missing: city" })
            Assert.Contains(part, refused.Message, StringComparison.Ordinal);
        Assert.Equal([new("AAA", null, 1, 2)], await ReadAsync<Airport>(new() { AllowMissingColumns = true }));
        _folder.Add("a.csv", "iata,city,city,lat\n");
        Assert.Contains("twice", (await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync<Airport>())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bounds_hold_and_reading_goes_on_after_them()
    {
        _folder.Add("a.csv", $"iata,city,lat\nAAA,{new string('x', 3000)},1\nBBB,{new string('x', 1500)},1\nCCC,x,1\nDDD,\"{new string('y', 9000)}\nno end\nEEE,x,1\n");
        Assert.Equal(["CCC"], (await ReadAsync<Airport>(new() { MaxRecordBytes = 2000, MaxFieldBytes = 1000 })).Select(airport => airport.Iata));
        Assert.Equal([2L, 3, 5], _malformed.Items.Select(item => item.Position));
        Assert.Contains("MaxFieldBytes", _malformed.Items[1].Reason, StringComparison.Ordinal);
        _malformed.Items.Clear();
        await ReadAsync<Airport>(new() { Header = false, MaxColumns = 2 });
        Assert.All(_malformed.Items.SkipLast(1), item => Assert.Contains("MaxColumns", item.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Permissive_keeps_the_record_with_nulls_and_its_text()
    {
        _folder.Add("a.csv", "id,name,amount\n1,a,12.345\nx,b,1\n3,c,1234\n4\n");
        Assert.Equal(
            [new(1, "a", 12.35m, null), new(null, "b", 1, "x,b,1"), new(3, "c", null, "3,c,1234"), new(null, null, null, "4")],
            await ReadAsync<Loose>(new() { OnMalformed = OnMalformed.Permissive }));
        Assert.Empty(_malformed.Items);
    }

    [Fact]
    public async Task What_does_not_fit_is_rescued()
    {
        string path = _folder.Add("a.csv", "id,amount,coupon\n1,\"12,50\",X\n2,1,\"\"\n");
        Assert.Equal(
            [new("1", null, $$"""{"amount":"12,50","coupon":"X","_file_path":"{{path}}"}"""), new("2", 1, $$"""{"coupon":"","_file_path":"{{path}}"}""")],
            await ReadAsync<Kept>());
    }

    [Fact]
    public async Task Every_type_is_read_or_refused()
    {
        string good = "true,-128,255,-32768,65535,-2147483648,4294967295,9223372036854775807,18446744073709551615,0.5,1e3,1.005,ä,AQI=,2025-01-04T10:00:00+01:00,2025-01-04,1.02:03:04,00000000-0000-0000-0000-000000000001,Friday";
        _folder.Add("a.csv", good);
        CsvReadOptions options = new() { Header = false };
        Wide read = Assert.Single(await ReadAsync<Wide>(options));
        Assert.Equal(
            new Wide(
                true, -128, 255, -32768, 65535, int.MinValue, uint.MaxValue, long.MaxValue, ulong.MaxValue, 0.5f, 1000, 1.01m, "ä", read.Bytes,
                new(2025, 1, 4, 9, 0, 0, TimeSpan.Zero), new(2025, 1, 4), new(1, 2, 3, 4), new("00000000-0000-0000-0000-000000000001"), DayOfWeek.Friday), read);
        Assert.Equal([1, 2], read.Bytes);
        string[] bad = ["yes", "128", "256", "40000", "-1", "1.0", " 1", "x", "-1", "1,5", "1 ", "123456789", "\xFF", "*", "2025-13-01", "2025-02-30", "soon", "1", "Freitag"];
        for (int i = 0; i < bad.Length; i++)
        {
            string[] values = good.Split(',');
            values[i] = $"\"{bad[i]}\"";
            byte[] bytes = i == 12 ? Encoding.Latin1.GetBytes(string.Join(',', values)) : Encoding.UTF8.GetBytes(string.Join(',', values));
            _folder.Add("a.csv", bytes);
            _malformed.Items.Clear();
            Assert.Empty(await ReadAsync<Wide>(options));
            Assert.Contains(RowField(i), Assert.Single(_malformed.Items).Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Options_and_records_that_do_not_fit_are_refused()
    {
        Assert.Equal("csv-option", Refused<Airport>(new() { Separator = '"' }).Rule);
        Assert.Equal("csv-option", Refused<Airport>(new() { Quote = 'ä' }).Rule);
        Assert.Equal("csv-option", Refused<Airport>(new() { Separator = '\n' }).Rule);
        Assert.Equal("permissive-record", Refused<Airport>(new() { OnMalformed = OnMalformed.Permissive }).Rule);
        Assert.Contains("MaxColumns", Refused<Airport>(new() { MaxColumns = 0 }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Random_text_is_read_as_a_naive_parser_reads_it()
    {
        Random random = new(7);
        string[] pieces = ["a", "bc", ",", ",", "\"", "\"\"", "\n", "\r\n", "\"x,\ny\"", " ", "ä", ",\"", "\",", "\n\n"];
        for (int i = 0; i < 1500; i++)
        {
            StringBuilder text = new();
            for (int piece = random.Next(30); piece >= 0; piece--)
                text.Append(pieces[random.Next(pieces.Length)]);
            if (i % 100 == 0)
                text.Insert(random.Next(text.Length), "\"" + new string('z', 600_000) + "\"");
            _folder.Add("a.csv", text.ToString());
            _malformed.Items.Clear();
            List<Loose> read = await ReadAsync<Loose>(new() { Header = false, OnMalformed = OnMalformed.Permissive });
            List<string[]?> expected = NaiveCsv.Parse(text.ToString());
            Assert.Equal(expected.Count, read.Count);
            for (int row = 0; row < read.Count; row++)
                Assert.Equal(expected[row] is { Length: 3 } values ? NullIfEmpty(values[1]) : null, read[row].Name);
        }
    }

    [Fact]
    public async Task Foreign_bytes_never_do_worse_than_malformed_records()
    {
        Random random = new(5);
        for (int i = 0; i < 500; i++)
        {
            byte[] bytes = new byte[random.Next(200)];
            for (int at = 0; at < bytes.Length; at++)
                bytes[at] = random.Next(2) == 0 ? (byte)random.Next(256) : ",\"\n\r\\#;'"u8[random.Next(8)];
            _folder.Add("a.csv", bytes);
            await ReadAsync<Loose>(new() { Header = false, Escape = i % 2 == 0 ? '\\' : null, Comment = i % 3 == 0 ? '#' : null, MaxRecordBytes = 50 });
        }
    }

    private static string? NullIfEmpty(string value) => value is "" ? null : value[0] == '\u0001' ? value[1..] : value;

    private static string RowField(int ordinal) => Schema.RowSchema.Of<Wide>().Fields[ordinal].WrittenName;

    private QueryStartException Refused<T>(CsvReadOptions options)
        where T : Schema.IStreamRecord<T> => Assert.Throws<QueryStartException>(
            () => ((ISource<T>)CsvFiles.In<T>(_folder.Path, options)).Open(Reading.Context()));

    private async Task<List<T>> ReadAsync<T>(CsvReadOptions? options = null)
        where T : Schema.IStreamRecord<T>
    {
        ISource<T> source = CsvFiles.In<T>(_folder.Path, options);
        await using ISourceReader reader = source.Open(Reading.Context(malformed: _malformed));
        (List<List<T>> batches, _) = await reader.DrainAsync<T>(null);
        return [.. batches.SelectMany(batch => batch)];
    }
}

/// <summary>CSV one character at a time: the rules of the reader without its speed.</summary>
internal static class NaiveCsv
{
    /// <summary>The records; null for a broken one. A quoted value begins with U+0001, so that an empty one is told from none.</summary>
    internal static List<string[]?> Parse(string text)
    {
        List<string[]?> records = [];
        int at = 0;
        while (at < text.Length)
        {
            if (text[at] is '\r' or '\n')
            {
                at++;
                continue;
            }

            List<string> values = [];
            bool broken = false;
            while (true)
            {
                StringBuilder value = new();
                if (at < text.Length && text[at] == '"')
                {
                    value.Append('\u0001');
                    at++;
                    while (at < text.Length && (text[at] != '"' || (at + 1 < text.Length && text[at + 1] == '"')))
                    {
                        value.Append(text[at]);
                        at += text[at] == '"' ? 2 : 1;
                    }

                    broken |= at >= text.Length || (at + 1 < text.Length && text[at + 1] is not (',' or '\r' or '\n'));
                    at++;
                }

                while (at < text.Length && text[at] is not (',' or '\r' or '\n'))
                    value.Append(text[at++]);
                values.Add(value.ToString());
                if (at >= text.Length || text[at] != ',')
                    break;
                at++;
            }

            records.Add(broken ? null : [.. values]);
        }

        return records;
    }
}
