// Pipelines in several versions, each in a namespace of its own, that differ in the members of an enum.
namespace Typed.Tests.State.Evolution.Enums
{
    [StreamRecord]
    public readonly partial record struct Tally(int Number, long Rows);
}

namespace Typed.Tests.State.Evolution.Enums.First
{
    public enum Kind
    {
        A,
        B,
        C,
    }

    [StreamRecord]
    public readonly partial record struct Row(string Who, Kind Kind);

    [StreamRecord]
    public readonly partial record struct Valued(int Value, Kind Kind);

    public sealed partial class Keeper : KeyedProcessor<string, Point, Told>
    {
        [State] private ValueState<Kind> _last;
        [State] private ListState<Row> _all;

        public override void OnRows(Rows<Point> rows, Context<string, Told> ctx)
        {
            foreach (Point point in rows)
            {
                _last.Set((Kind)point.Value);
                _all.Append(new Row(point.Who, (Kind)point.Value));
            }
        }
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Kinds
    {
        public static Stream<Tally> Define(Stream<Point> points) => points
            .Select(p => new Row(p.Who, (Kind)p.Value)).GroupBy(r => r.Kind).Select(g => new Tally((int)g.Key, g.Count())).Named("kinds");
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Firsts
    {
        public static Stream<Valued> Define(Stream<Point> points) => points.Select(p => new Valued(p.Value, (Kind)p.Value)).LastBy(v => v.Value, by: v => v.Value).Named("lasts");
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Kept
    {
        public static Stream<Told> Define(Stream<Point> points) => points.GroupBy(p => p.Who).Process(new Keeper(), "keeper");
    }
}

// Two have changed places.
namespace Typed.Tests.State.Evolution.Enums.Swapped
{
    public enum Kind
    {
        B,
        A,
        C,
    }

    [StreamRecord]
    public readonly partial record struct Row(string Who, Kind Kind);

    [StreamRecord]
    public readonly partial record struct Valued(int Value, Kind Kind);

    public sealed partial class Keeper : KeyedProcessor<string, Point, Told>
    {
        [State] private ValueState<Kind> _last;
        [State] private ListState<Row> _all;

        public override void OnRows(Rows<Point> rows, Context<string, Told> ctx)
        {
        }
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Kinds
    {
        public static Stream<Tally> Define(Stream<Point> points) => points
            .Select(p => new Row(p.Who, (Kind)p.Value)).GroupBy(r => r.Kind).Select(g => new Tally((int)g.Key, g.Count())).Named("kinds");
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Firsts
    {
        public static Stream<Valued> Define(Stream<Point> points) => points.Select(p => new Valued(p.Value, (Kind)p.Value)).LastBy(v => v.Value, by: v => v.Value).Named("lasts");
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Kept
    {
        public static Stream<Told> Define(Stream<Point> points) => points.GroupBy(p => p.Who).Process(new Keeper(), "keeper");
    }
}

// The same, and the processor says how it is meant. A method that takes the number was written for some other members.
namespace Typed.Tests.State.Evolution.Enums.Migrated
{
    public enum Kind
    {
        B,
        A,
        C,
    }

    [StreamRecord]
    public readonly partial record struct Row(string Who, Kind Kind);

    [StreamRecord]
    public readonly partial record struct Earlier(string Who, First.Kind Kind);

    public sealed partial class Keeper : KeyedProcessor<string, Point, Told>
    {
        [State] private ValueState<Kind> _last;
        [State] private ListState<Row> _all;

        [Migration(nameof(_last))]
        private static Kind OfNumber(int stored) => (Kind)stored;

        [Migration(nameof(_last))]
        private static Kind OfEarlier(First.Kind stored) => Enum.Parse<Kind>(stored.ToString());

        [Migration(nameof(_all))]
        private static Row OfEarlier(Earlier stored) => new(stored.Who, OfEarlier(stored.Kind));

        public override void OnRows(Rows<Point> rows, Context<string, Told> ctx) => ctx.Emit(new Told(ctx.Key, $"{_last.Value} {string.Join(',', _all.Select(one => one.Kind))}"));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Kept
    {
        public static Stream<Told> Define(Stream<Point> points) => points.GroupBy(p => p.Who).Process(new Keeper(), "keeper");
    }
}

// One more, and one has another name.
namespace Typed.Tests.State.Evolution.Enums.Grown
{
    public enum Kind
    {
        A,
        Z,
        C,
        D,
    }

    [StreamRecord]
    public readonly partial record struct Row(string Who, Kind Kind);

    public sealed partial class Keeper : KeyedProcessor<string, Point, Told>
    {
        [State] private ValueState<Kind> _last;
        [State] private ListState<Row> _all;

        // Nothing has to be made of anything here.
        [Migration(nameof(_last))]
        private static Kind OfNumber(int stored) => Kind.D;

        public override void OnRows(Rows<Point> rows, Context<string, Told> ctx) => ctx.Emit(new Told(ctx.Key, $"{_last.Value} {string.Join(',', _all.Select(one => one.Kind))}"));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Kinds
    {
        public static Stream<Tally> Define(Stream<Point> points) => points
            .Select(p => new Row(p.Who, (Kind)p.Value)).GroupBy(r => r.Kind).Select(g => new Tally((int)g.Key, g.Count())).Named("kinds");
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Kept
    {
        public static Stream<Told> Define(Stream<Point> points) => points.GroupBy(p => p.Who).Process(new Keeper(), "keeper");
    }
}

// One in the middle.
namespace Typed.Tests.State.Evolution.Enums.Inserted
{
    public enum Kind
    {
        A,
        X,
        B,
        C,
    }

    [StreamRecord]
    public readonly partial record struct Row(string Who, Kind Kind);

    [Pipeline(OutputMode.Update)]
    public sealed partial class Kinds
    {
        public static Stream<Tally> Define(Stream<Point> points) => points
            .Select(p => new Row(p.Who, (Kind)p.Value)).GroupBy(r => r.Kind).Select(g => new Tally((int)g.Key, g.Count())).Named("kinds");
    }
}
