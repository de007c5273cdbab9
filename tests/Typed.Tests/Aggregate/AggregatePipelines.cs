namespace Typed.Tests.Aggregate;

[StreamRecord]
public readonly partial record struct Sale(
    string? Shop, int Quantity, double? Weight, [Precision(10, 2)] decimal Price, [EventTime] DateTimeOffset Time);

[StreamRecord]
public readonly partial record struct ShopTotal(
    DateTimeOffset Start, DateTimeOffset End, string? Shop, long Sales, long Quantity, double Mean, double? Heaviest, [Precision(20, 2)] decimal Revenue);

[StreamRecord]
public readonly partial record struct Running(string? Shop, long Sales, long? Spread, IReadOnlyList<int> Sizes);

[Pipeline(OutputMode.Append)]
public sealed partial class SlidingSales
{
    public static Stream<ShopTotal> Define(Stream<Sale> sales) => sales
        .Where(s => s.Quantity > 0)
        .WithWatermark(s => s.Time, "10 seconds")
        .GroupBy(s => s.Shop, Window.Sliding("30 seconds", every: "10 seconds"))
        .Select(g => new ShopTotal(
            g.Window.Start, g.Window.End, g.Key, g.Count(), g.Sum(s => s.Quantity), g.Average(s => s.Quantity), g.Max(s => s.Weight), g.Sum(s => s.Price)));
}

[Pipeline(OutputMode.Update)]
public sealed partial class RunningSales
{
    public static Stream<Running> Define(Stream<Sale> sales) => sales
        .GroupBy(s => s.Shop)
        .Select(g => new Running(g.Key, g.Count(), g.Aggregate(default(Spread), s => s.Quantity), g.CollectSet(s => s.Quantity, 3)));
}

/// <summary>The distance from the least to the greatest value.</summary>
public struct Spread : IAggregate<int, (int Least, int Greatest), long>
{
    public readonly (int Least, int Greatest) Initial => (int.MaxValue, int.MinValue);

    public readonly void Add(ref (int Least, int Greatest) state, int value) =>
        state = (Math.Min(state.Least, value), Math.Max(state.Greatest, value));

    public readonly void Merge(ref (int Least, int Greatest) state, in (int Least, int Greatest) other) =>
        state = (Math.Min(state.Least, other.Least), Math.Max(state.Greatest, other.Greatest));

    public readonly long Result(in (int Least, int Greatest) state) => (long)state.Greatest - state.Least;
}
