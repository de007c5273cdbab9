namespace Typed.Tests.Generator;

[StreamRecord]
public readonly partial record struct Trade(
    string Symbol, string? Venue, int Shares, long? Order, double Price, bool Open, [Precision(10, 2)] decimal Fee,
    IReadOnlyList<string> Tags, [EventTime] DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct Line(string Name, long Number);

[Pipeline(OutputMode.Append)]
public sealed partial class BigTrades
{
    public int Least { get; init; } = 10;

    public static Stream<Line> Define(Stream<Trade> trades) => trades
        .Where(t => t.Shares >= 10 && t.Open)
        .Select(t => new { Name = t.Symbol + "/" + (t.Venue ?? "-"), Twice = t.Shares * 2L })
        .Where(t => t.Twice < 1000)
        .Select(t => new Line(t.Name, t.Twice + 1));
}
