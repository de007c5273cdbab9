using System.Text;
using Typed.Connect;

namespace Typed.Tests.Records;

[StreamRecord]
public sealed partial record Loose(int? V, string? Name, Place? Place, [CorruptRecord] string? Raw);

[StreamRecord]
public sealed partial record Rescuing(int Id, int? V, List<int>? Items, [RescuedData] string? Rest);

[StreamRecord]
public sealed partial record Traced(
    int V, [FromSource(SourceField.Path)] string File, [FromSource(SourceField.Line)] long Line, [FromSource(SourceField.Modified)] DateTimeOffset Modified);

public class MalformedTests
{
    private static readonly string[] Broken =
    [
        "{bad", "{\"v\":}", "{\"v\":1", "{\"v\":1}}", "{\"v\":1} 2", "[]", "null", "1", "{\"v\":1,}", "{,}", "{\"v\" 1}", "{'v':1}", "{\"v\":tru}",
        "{\"unknown\":[1,]}", "{\"unknown\":\"\\x\"}", "{\"unknown\":\"\\ud800\"}", "{\"name\":\"a\tb\"}", "{\"name\":\"\\u00\"}",
    ];

    [Fact]
    public void Dead_letters_carry_the_line_the_reason_and_the_text()
    {
        JsonResult<Flight> result = Json.Lines<Flight>(
            """
            {"scheduled":"2001-01-01T00:03:00Z","delay":"-20","distance":1946,"origin":"LAX","destination":"ATL"}

            {"scheduled":"2001-01-01T00:03:00Z","delay":-20,"distance":1946,"origin":"LAX"}
            {"scheduled":"2001-01-01T00:03:00Z","delay":-20,"distance":1946,"origin":null,"destination":"ATL"}
            {"scheduled":"2001-01-01T00:03:00Z","delay":99999999999,"distance":1946,"origin":"LAX","destination":"ATL"}
            {"scheduled":978307380,"delay":-20,"distance":1946,"origin":"LAX","destination":"ATL"}
            {"scheduled":"2001-01-01T00:03:00Z","delay":-20,"distance":1946,"origin":"LAX","destination":"ATL"}
            """);
        Assert.Single(result.Rows);
        Assert.Equal([1L, 3, 4, 5, 6], result.Malformed.Select(item => item.Position));
        Assert.Equal(
            [
                "field 'delay' (int32) has a value of another kind (byte 45: \"-20\",\"distance\":1946,\"origin\":\"LAX\",\"destination\":\"ATL\"})",
                "field 'destination' (string) is missing and not nullable",
                "field 'origin' (string) is null, or holds null, where that is not allowed (byte 78)",
                "field 'delay' (int32) has a value that it cannot hold (byte 56: ,\"distance\":1946,\"origin\":\"LAX\",\"destination\":\"ATL\"})",
                "field 'scheduled' (timestamp) has a value of another kind (byte 14: 978307380,\"delay\":-20,\"distance\":1946,\"origin\":\"LAX\",\"destin)",
            ],
            result.Malformed.Select(item => item.Reason));
        Assert.StartsWith("{\"scheduled\":978307380,", result.Malformed[4].Text);
        Assert.Equal((6L, 5L), (result.Policy.Read, result.Policy.Malformed));
    }

    [Fact]
    public void Permissive_keeps_broken_texts_as_rows_of_nulls_with_the_raw_text()
    {
        JsonResult<Loose> result = Json.Lines<Loose>("{\"v\":1}\n" + string.Join("\n", Broken) + "\n{\"v\":2}", OnMalformed.Permissive);
        Assert.Equal([new Loose(1, null, null, null), .. Broken.Select(text => new Loose(null, null, null, text)), new Loose(2, null, null, null)], result.Rows);
        Assert.Empty(result.Malformed);
        Assert.Equal((Broken.Length + 2L, (long)Broken.Length), (result.Policy.Read, result.Policy.Malformed));
    }

    [Fact]
    public void Permissive_keeps_the_fields_that_can_be_read()
    {
        JsonResult<Loose> result = Json.Lines<Loose>(
            """
            {"v":"x","name":"n","place":{"street":"s"}}
            {"v":1.5,"name":"n","place":{"number":1}}
            {"name":7,"v":3}
            """,
            OnMalformed.Permissive);
        Assert.Equal(
            [
                new Loose(null, "n", new Place("s", null), """{"v":"x","name":"n","place":{"street":"s"}}"""),
                new Loose(null, "n", null, """{"v":1.5,"name":"n","place":{"number":1}}"""),
                new Loose(3, null, null, """{"name":7,"v":3}"""),
            ],
            result.Rows);
        Assert.Equal(3, result.Policy.Malformed);
    }

    [Fact]
    public void Permissive_needs_fields_that_can_be_null() =>
        Assert.Contains("Flight.Scheduled is not nullable", Assert.Throws<ArgumentException>(() => Json.Lines<Flight>("", OnMalformed.Permissive)).Message);

    [Fact]
    public void Drop_counts_and_keeps_nothing()
    {
        JsonResult<Loose> result = Json.Lines<Loose>("{bad\n{\"v\":1}\n{bad", OnMalformed.Drop);
        Assert.Equal([new Loose(1, null, null, null)], result.Rows);
        Assert.Equal(["dropped", "dropped"], result.Malformed.Select(item => item.Reason));
    }

    [Fact]
    public void Fail_names_the_record()
    {
        MalformedRecordException thrown = Assert.Throws<MalformedRecordException>(() => Json.Lines<Loose>("{\"v\":1}\n{bad", OnMalformed.Fail));
        Assert.StartsWith("file.ndjson:2: the record cannot be read: it is not JSON (byte 2: bad). Its text: {bad.", thrown.Message);
    }

    [Fact]
    public void Too_many_malformed_records_end_the_query_with_the_first_three()
    {
        MalformedPolicy policy = new(OnMalformed.DeadLetter, 0.01, new Ignoring());
        policy.Count(990);
        for (int line = 1; line <= 10; line++)
            policy.Take("f", line, "bad", "text"u8);
        policy.EndBatch();
        policy.Take("f", 11, "bad", "text"u8);
        string message = Assert.Throws<MalformedRecordException>(policy.EndBatch).Message;
        Assert.Contains("11 of 1001", message);
        Assert.Contains("f:3: bad: text", message);
        Assert.DoesNotContain("f:4", message);
    }

    [Fact]
    public void What_does_not_fit_is_rescued_with_the_path()
    {
        JsonResult<Rescuing> result = Json.Lines<Rescuing>(
            """
            {"id":1,"v":2}
            {"id":1,"v":"two","other":{"a":[1,"}"]},"items":[1,"x"]}
            {"id":"1","v":2}
            {"id":1,"V ":3}
            {"id":1,"v":2
            """);
        Assert.Equal(
            [
                (2, null),
                (null, """{"v":"two","other":{"a":[1,"}"]},"items":[1,"x"],"_file_path":"file.ndjson"}"""),
                (null, """{"V ":3,"_file_path":"file.ndjson"}"""),
            ],
            result.Rows.Select(row => (row.V, row.Rest)));
        Assert.All(result.Rows, row => Assert.Null(row.Items));
        Assert.Equal([3L, 5], result.Malformed.Select(item => item.Position));
    }

    [Fact]
    public void The_source_supplies_path_line_and_time()
    {
        JsonResult<Traced> result = Json.Lines<Traced>("{\"v\":1}\n{}\n\n{\"v\":4,\"file\":\"not data\",\"line\":9}\n", piece: 5);
        DateTimeOffset modified = DateTimeOffset.UnixEpoch.AddSeconds(1);
        Assert.Equal([new Traced(1, "file.ndjson", 1, modified), new Traced(4, "file.ndjson", 4, modified)], result.Rows);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1000)]
    public void A_line_that_is_too_long_is_one_malformed_record(int piece)
    {
        string text = "{\"v\":1}\n{\"name\":\"" + new string('x', 10_000) + "\"}\n{\"v\":3}\n";
        JsonResult<Loose> result = Json.Lines<Loose>(text, piece: piece, maxRecordBytes: 4096);
        Assert.Equal([1, 3], result.Rows.Select(row => row.V));
        (long position, string reason, string raw) = Assert.Single(result.Malformed);
        Assert.Equal(2, position);
        Assert.Contains("more than 4096", reason);
        Assert.StartsWith("{\"name\":\"xxx", raw);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(100_000, false)]
    public void Depth_is_bounded_where_the_type_does_not_say_it(int depth, bool fits)
    {
        JsonResult<Loose> result = Json.Lines<Loose>("{\"v\":1,\"deep\":" + new string('[', depth) + new string(']', depth) + "}");
        Assert.Equal(fits ? 1 : 0, result.Rows.Length);
        Assert.Equal(fits ? 0 : 1, result.Malformed.Count);
    }

    [Fact]
    public void The_last_of_repeated_fields_and_keys_counts()
    {
        JsonResult<Mixed> result = Json.Lines<Mixed>("""{"id":1,"id":2,"items":[1,2],"items":[3],"count":5,"count":null,"text":null,"text":"t","map":{"a":"1","b":"2","a":"3"}}""");
        Mixed row = Assert.Single(result.Rows);
        Assert.Equal((2, null, "t"), (row.Id, row.Count, row.Text));
        Assert.Equal([3], row.Items!);
        Assert.Equal("{b: 2, a: 3}", row.Map!.ToString());
    }

    [Fact]
    public void A_byte_order_mark_and_white_space_are_passed_over()
    {
        byte[] text = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("\r\n  \r\n{\"v\":1}\r\n\t\n")];
        foreach (int piece in (int[])[1, 2, 100])
        {
            JsonResult<Loose> result = Json.Lines<Loose>(text, piece: piece);
            Assert.Equal(1, Assert.Single(result.Rows).V);
            Assert.Empty(result.Malformed);
        }
    }

    internal sealed class Ignoring : IMalformedRecords
    {
        public void Take(string source, long position, string reason, ReadOnlySpan<byte> text)
        {
        }

        public void Drop()
        {
        }
    }
}
