namespace Typed.Tests.Records;

[StreamRecord]
public readonly partial record struct Flight(DateTimeOffset Scheduled, int Delay, int Distance, string Origin, string Destination);

public class JsonLinesTests
{
    private const string Two = """
        {"scheduled":"2001-01-01T00:03:00Z","delay":-20,"distance":1946,"origin":"LAX","destination":"ATL"}
        {"scheduled":"2001-01-01T00:01:00Z","delay":-13,"distance":2345,"origin":"ANC","destination":"LAX"}

        """;

    [Fact]
    public void Lines_become_rows()
    {
        JsonResult<Flight> result = Json.Lines<Flight>(Two);
        Assert.Equal(
            [
                new Flight(new DateTimeOffset(2001, 1, 1, 0, 3, 0, TimeSpan.Zero), -20, 1946, "LAX", "ATL"),
                new Flight(new DateTimeOffset(2001, 1, 1, 0, 1, 0, TimeSpan.Zero), -13, 2345, "ANC", "LAX"),
            ],
            result.Rows);
        Assert.Empty(result.Malformed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(150)]
    public void Pieces_make_no_difference(int piece)
    {
        string text = string.Concat(Enumerable.Repeat(Two, 20)).TrimEnd();
        Assert.Equal(Json.Lines<Flight>(text).Rows, Json.Lines<Flight>(text, piece: piece, maxRows: 3).Rows);
    }

    [Fact]
    public void The_order_of_fields_white_space_and_unknown_fields_make_no_difference()
    {
        JsonResult<Flight> result = Json.Lines<Flight>(
            Two + " { \"destination\" : \"ATL\" , \"x\": [1, {\"y\": null}], \"Delay\":\t-20,\"distance\":1946 ,\"origin\":\"LAX\",\"scheduled\":\"2001-01-01 01:03:00.000000+01:00\" } \r\n");
        Assert.Empty(result.Malformed);
        Assert.Equal(result.Rows[0], result.Rows[2]);
    }
}
