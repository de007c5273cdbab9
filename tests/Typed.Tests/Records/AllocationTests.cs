using System.Buffers;
using System.Text;
using Typed.Columns;
using Typed.Connect;
using Typed.Schema;

namespace Typed.Tests.Records;

/// <summary>What reading and writing allocate once their memory is there: nothing for a row.</summary>
public class AllocationTests
{
    private const int Rows = 20_000;
    private const int BudgetBytes = 2_000;

    [Theory]
    [InlineData("")]
    [InlineData(",\"count\":2,\"ratio\":-0.5,\"flag\":true")]
    [InlineData(",\"ratio\":0.12345678901234567890123e-7")]
    [InlineData(",\"text\":\"\\u0041 ä\"")]
    [InlineData(",\"money\":12.345")]
    [InlineData(",\"time\":\"2024-02-29T12:30:00.5+01:00\"")]
    [InlineData(",\"time\":\"2024-02-29\"")]
    [InlineData(",\"time\":\"2024-02-29T12:30\"")]
    [InlineData(",\"time\":\"2024-02-29T12:30:00.5Z\"")]
    [InlineData(",\"time\":\"2024-02-29T12:30:00Z\"")]
    [InlineData(",\"grade\":\"Good\"")]
    [InlineData(",\"items\":[1,2],\"map\":{\"k\":\"v\",\"l\":\"w\"},\"place\":{\"street\":\"s\"}")]
    [InlineData(",\"unknown\":[{}],\"count\":null")]
    public void Reading_JSON_allocates_nothing_for_a_row(string fields)
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"id\":1" + fields + "}\n", Rows)));
        using JsonLinesDecoder decoder = new(Parser<Mixed>(), new MalformedPolicy(OnMalformed.Fail, 0, new MalformedTests.Ignoring()));
        using BatchPool pool = new(RowSchema.Of<Mixed>());
        void Decode()
        {
            decoder.Begin(new RecordOrigin("f"));
            ColumnBatch batch = pool.Rent();
            Assert.Equal(text.Length, decoder.Decode(text, isLast: true, batch, int.MaxValue));
            Assert.Equal(Rows, batch.Length);
            batch.Release();
        }

        Assert.InRange(OfOne(Decode), 0, BudgetBytes);
    }

    [Fact]
    public void Writing_JSON_allocates_nothing_for_a_row()
    {
        ColumnBatch batch = new(RowSchema.Of<Flight>());
        for (int i = 0; i < Rows; i++)
            RoundTripTests.Append(new Flight(Samples.Noon.AddSeconds(i), i, -i, "FRA", "ä\n"), batch);
        batch.Length = Rows;
        JsonRowWriter writer = new(batch.Schema);
        ArrayBufferWriter<byte> text = new(8 << 20);
        void Write()
        {
            text.ResetWrittenCount();
            writer.WriteLines(batch, text);
        }

        Assert.InRange(OfOne(Write), 0, BudgetBytes);
        batch.Release();
    }

    private static JsonRecordParser Parser<T>()
        where T : IStreamRecord<T> => T.CreateJsonParser();

    private static long OfOne(Action run)
    {
        run();
        run();
        return Allocated.By(run);
    }
}
