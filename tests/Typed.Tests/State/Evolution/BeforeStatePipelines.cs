using static Typed.Durations;

// Pipelines in two versions, each in a namespace of its own, that differ in what stands before an operator with state.
namespace Typed.Tests.State.Evolution.Before
{
    [StreamRecord]
    public readonly partial record struct Purchase(string User, string Shop, int Value, DateTimeOffset Time);

    /// <summary>As <see cref="Purchase"/>, with other names.</summary>
    [StreamRecord]
    public readonly partial record struct PurchaseAnew(string Person, string Store, int Value, DateTimeOffset Time);

    [StreamRecord]
    public readonly partial record struct Sold(string Key, long Total);
}

namespace Typed.Tests.State.Evolution.Before.First
{
    [Pipeline(OutputMode.Update)]
    public sealed partial class Renamed
    {
        public static Stream<Sold> Define(Stream<Purchase> sales) => sales.GroupBy(s => s.User).Select(g => new Sold(g.Key, g.Sum(s => s.Value)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Meant
    {
        public static Stream<Sold> Define(Stream<Purchase> sales) => sales.GroupBy(s => s.User).Select(g => new Sold(g.Key, g.Sum(s => s.Value)));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Inner
    {
        public static Stream<Sold> Define(Stream<Purchase> sales, Stream<Purchase> others) => sales.WithWatermark(s => s.Time, "1 minute")
            .Join(others.WithWatermark(o => o.Time, "1 minute"),
                on: (s, o) => s.User == o.User && o.Time >= s.Time && o.Time <= s.Time + Minutes(10),
                select: (s, o) => new Sold(o.User, s.Value));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Left
    {
        public static Stream<Sold> Define(Stream<Purchase> sales, Stream<Purchase> others) => sales.WithWatermark(s => s.Time, "1 minute")
            .LeftJoin(others.WithWatermark(o => o.Time, "1 minute"),
                on: (s, o) => s.User == o.User && o.Time >= s.Time && o.Time <= s.Time + Minutes(10),
                select: (s, o) => new Sold(s.User, s.Value));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Swapped
    {
        public static Stream<Sold> Define(Stream<Purchase> sales, Stream<Purchase> others) => sales.WithWatermark(s => s.Time, "1 minute")
            .Join(others.WithWatermark(o => o.Time, "1 minute"),
                on: (s, o) => s.User == o.User && s.Shop == o.Shop && o.Time >= s.Time && o.Time <= s.Time + Minutes(10),
                select: (s, o) => new Sold(o.User, s.Value));
    }
}

namespace Typed.Tests.State.Evolution.Before.Other
{
    [Pipeline(OutputMode.Update)]
    public sealed partial class Renamed
    {
        public static Stream<Sold> Define(Stream<PurchaseAnew> sales) => sales
            .Select(s => new Purchase(s.Person, s.Store, s.Value, s.Time)).GroupBy(s => s.User).Select(g => new Sold(g.Key, g.Sum(s => s.Value)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Meant
    {
        public static Stream<Sold> Define(Stream<Purchase> sales) => sales
            .Select(s => new Purchase(s.Shop, s.Shop, s.Value * 100, s.Time)).GroupBy(s => s.User).Select(g => new Sold(g.Key, g.Sum(s => s.Value)));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Inner
    {
        public static Stream<Sold> Define(Stream<Purchase> sales, Stream<Purchase> others) => sales.WithWatermark(s => s.Time, "1 minute")
            .Join(others.WithWatermark(o => o.Time, "1 minute"),
                on: (s, o) => s.User == o.User && s.Value > 0 && o.Shop != "none" && o.Time >= s.Time && o.Time <= s.Time + Minutes(10),
                select: (s, o) => new Sold(o.User, s.Value));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Left
    {
        public static Stream<Sold> Define(Stream<Purchase> sales, Stream<Purchase> others) => sales.WithWatermark(s => s.Time, "1 minute")
            .LeftJoin(others.WithWatermark(o => o.Time, "1 minute"),
                on: (s, o) => s.User == o.User && s.Value > 0 && o.Shop != "none" && o.Time >= s.Time && o.Time <= s.Time + Minutes(10),
                select: (s, o) => new Sold(s.User, s.Value));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Swapped
    {
        public static Stream<Sold> Define(Stream<Purchase> sales, Stream<Purchase> others) => sales.WithWatermark(s => s.Time, "1 minute")
            .Join(others.WithWatermark(o => o.Time, "1 minute"),
                on: (s, o) => s.Shop == o.Shop && s.User == o.User && o.Time >= s.Time && o.Time <= s.Time + Minutes(10),
                select: (s, o) => new Sold(o.User, s.Value));
    }
}
