using System.Buffers;
using System.Text;
using System.Text.Json;
using Typed.Columns;
using Typed.Schema;

namespace Typed.Tests.Records;

public class JsonRoundTripTests
{
    [Fact]
    public void Every_type_is_written_as_it_is_read()
    {
        Everything[] rows = [Samples.Full, Samples.Sparse, Samples.Extreme, Samples.Full with { Float = float.NaN, Double = double.NegativeInfinity, DoubleOrNot = double.NaN }];
        string text = Write(rows);
        JsonResult<Everything> back = Json.Lines<Everything>(text);
        Assert.Empty(back.Malformed);
        for (int i = 0; i < rows.Length; i++)
            RoundTripTests.Same(rows[i], back.Rows[i]);
    }

    [Fact]
    public void What_is_written_is_what_other_readers_of_JSON_read()
    {
        foreach (string line in Write([Samples.Full, Samples.Sparse, Samples.Extreme]).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            Assert.Equal(JsonValueKind.String, document.RootElement.GetProperty("text").ValueKind);
        }

        using JsonDocument full = JsonDocument.Parse(Write([Samples.Full]));
        Assert.Equal(Samples.Full.Text, full.RootElement.GetProperty("text").GetString());
        Assert.Equal(Samples.Full.TextOrNot, full.RootElement.GetProperty("textOrNot").GetString());
        Assert.Equal("2024-02-29T12:00:00.123456Z", full.RootElement.GetProperty("time").GetString());
        Assert.Equal("Good", full.RootElement.GetProperty("grade").GetString());
        Assert.Equal(99999999.99m, full.RootElement.GetProperty("money").GetDecimal());
        Assert.Equal((1UL << 63) | 1, full.RootElement.GetProperty("wideOrNot").GetUInt64());
        Assert.Equal("AQID", full.RootElement.GetProperty("bytes").GetString());
    }

    [Fact]
    public void Null_fields_are_left_out_and_null_elements_are_not()
    {
        Assert.Equal("{\"street\":\"\\u0001\\n\\\"\"}\n", Write([new Place("\u0001\n\"", null)]));
        using JsonDocument full = JsonDocument.Parse(Write([Samples.Full]));
        Assert.Equal("""["x",null,""]""", full.RootElement.GetProperty("texts").GetRawText());
        Assert.Equal("""{"one":1,"none":null}""", full.RootElement.GetProperty("dictionary").GetRawText());
    }

    [Fact]
    public void Some_columns_are_written_in_the_order_asked_for()
    {
        ColumnBatch batch = new(RowSchema.Of<Place>());
        RoundTripTests.Append(new Place("s", 1), batch);
        batch.Length = 1;
        ArrayBufferWriter<byte> text = new();
        new JsonRowWriter(batch.Schema, [1, 0]).Write(batch, 0, text);
        Assert.Equal("""{"number":1,"street":"s"}""", Encoding.UTF8.GetString(text.WrittenSpan));
        batch.Release();
    }

    private static string Write<T>(T[] rows)
        where T : IStreamRecord<T>
    {
        ColumnBatch batch = new(RowSchema.Of<T>());
        foreach (T row in rows)
            RoundTripTests.Append(row, batch);
        batch.Length = rows.Length;
        ArrayBufferWriter<byte> text = new();
        new JsonRowWriter(batch.Schema).WriteLines(batch, text);
        batch.Release();
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }
}
