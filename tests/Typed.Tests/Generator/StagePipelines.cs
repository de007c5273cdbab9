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

[Pipeline(OutputMode.Append)]
public sealed partial class Passing
{
    public static Stream<Trade> Define(Stream<Trade> trades) => trades.Where(t => t.Shares > 2);
}

[Pipeline(OutputMode.Append)]
public sealed partial class AtLeast
{
    public int Least { get; init; } = 10;

    public string Prefix { get; init; } = "";

    public Stream<Line> Define(Stream<Trade> trades) => trades
        .Where(t => t.Shares >= Least && t.Symbol.StartsWith(Prefix))
        .Select(t => new Line(t.Symbol, t.Order ?? -1));
}

[Pipeline(OutputMode.Append)]
public sealed partial class EachTag
{
    public static Stream<Line> Define(Stream<Trade> trades) => trades
        .SelectMany(t => t.Tags, (t, tag) => new { t.Symbol, t.Shares, Tag = tag })
        .Where(x => x.Shares > 0 && x.Tag != "")
        .Select(x => new Line(x.Symbol + ":" + x.Tag, x.Shares));
}

[Pipeline(OutputMode.Append)]
public sealed partial class Both
{
    public static Stream<Line> Define(Stream<Trade> trades, Stream<Line> lines) => trades
        .Select(t => new Line(t.Symbol, t.Shares))
        .Union(lines)
        .Where(l => l.Number != 0);
}

[Pipeline(OutputMode.Append)]
public sealed partial class Twice
{
    public static Stream<Line> Define(Stream<Line> lines) => lines.Union(lines.Select(l => new Line(l.Name, -l.Number)));
}

[Pipeline(OutputMode.Append)]
public sealed partial class FirstThree
{
    public static Stream<Line> Define(Stream<Line> lines) => lines.Where(l => l.Number > 0).Take(3);
}

[Pipeline(OutputMode.Append)]
public sealed partial class Guarded
{
    public static Stream<Line> Define(Stream<Trade> trades) => trades
        .Where(t => t.Shares != 0)
        .Where(t => 100 / t.Shares > 2)
        .Select(t => new Line(t.Symbol, 100 / t.Shares));
}

[Pipeline(OutputMode.Append)]
public sealed partial class Rounded
{
    public static Stream<Priced> Define(Stream<Trade> trades) => trades
        .Select(t => new Priced(t.Symbol, t.Fee / 3))
        .Where(p => p.Amount * 3 != 0.1m)
        .Select(p => new Priced(p.Name, p.Amount * 2));
}

[StreamRecord]
public readonly partial record struct Priced(string Name, [Precision(10, 2)] decimal Amount);

[Pipeline(OutputMode.Append)]
public sealed partial class Watched
{
    public static Stream<Line> Define(Stream<Line> lines) => lines
        .Observe("quality", g => new
        {
            Rows = g.Count(),
            Bad = g.Count(l => l.Number < 0),
            Share = g.Count() == 0 ? 0.0 : (double)g.Count(l => l.Number < 0) / g.Count(),
            First = g.Min(l => l.Name),
        })
        .Where(l => l.Number >= 0);
}

[Pipeline(OutputMode.Append)]
public sealed partial class Between
{
    public static Stream<Line> Define(Stream<Line> lines) => lines
        .Where(l => l.Number > -10 && l.Name != "n1" && 20 >= l.Number)
        .Where(l => l.Number != 3);
}
