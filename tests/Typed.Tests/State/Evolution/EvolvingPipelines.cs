// One pipeline in several versions, each in a namespace of its own: a checkpoint knows the pipeline by its name.
namespace Typed.Tests.State.Evolution.First
{
    [StreamRecord]
    public readonly partial record struct Mark([Id(1)] int Best, string Note, short Old);

    public sealed partial class Marks : KeyedProcessor<string, Point, Told>
    {
        [State] private int _count;
        [State] private int _last;
        [State, Id(7)] private float _mean;
        [State] private Mark? _mark;
        [State] private ListState<Mark> _marks;
        [State] private MapState<string, int> _by;
        [State] private ValueState<byte> _small;
        [State] private string? _gone;

        public override void OnRows(Rows<Point> rows, Context<string, Told> ctx)
        {
            foreach (Point point in rows)
            {
                _count++;
                _last = point.Value;
                _mean = (point.Value + 0.5f) / 2;
                _mark = new Mark(point.Value, "n" + _count, 1);
                _marks.Append(_mark.Value);
                _by.Set("v" + (point.Value % 2), -point.Value);
                _small.Set((byte)point.Value);
                _gone = "gone";
            }
        }
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Evolving
    {
        public static Stream<Told> Define(Stream<Point> points) => points.GroupBy(p => p.Who).Process(new Marks(), "marks");
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Chained
    {
        public static Stream<Point> Define(Stream<Point> points) =>
            points.GroupBy(p => p.Who).Process(new Adding(), "adding").GroupBy(p => p.Who).Process(new Counting(), "counting");
    }
}

namespace Typed.Tests.State.Evolution.Second
{
    /// <summary>The best is called top, by its id, and is a long; the old is gone; two are new; the order is another one.</summary>
    [StreamRecord]
    public readonly partial record struct Mark(string? Note, string? Hint, [Id(1)] long Top, int Level = -3, string Tag = "a\"b", DateTimeOffset? At = null);

    public sealed partial class Marks : KeyedProcessor<string, Point, Told>
    {
        [State] private MapState<string, long> _by;
        [State] private ListState<Mark> _marks;
        [State] private Mark? _mark;
        [State, Id(7)] private double _average;
        [State] private long _count;
        [State] private int? _last;
        [State] private ValueState<ushort> _small;
        [State] private bool _fresh;

        public override void OnRows(Rows<Point> rows, Context<string, Told> ctx)
        {
            string by = string.Join(",", _by.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => one.Key + one.Value));
            ctx.Emit(new Told(ctx.Key, FormattableString.Invariant($"{_count} {_last} {_average} {Of(_mark)} [{string.Join(" ", _marks.Select(mark => Of(mark)))}] {by} {_small.Value} {_fresh}")));
            _count += long.MaxValue / 4;
            _last = null;
            _average = 1.25;
            _mark = _mark!.Value with { Top = long.MaxValue, Hint = "hint" };
            _marks.Append(_mark.Value);
            _by.Set("v9", long.MinValue);
            _small.Set(60000);
            _fresh = true;
        }

        private static string Of(Mark? mark) => mark is { } one ? FormattableString.Invariant($"{one.Top}/{one.Note}/{one.Hint ?? "-"}/{one.Level}/{one.Tag}/{one.At?.ToString() ?? "-"}") : "-";
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Evolving
    {
        public static Stream<Told> Define(Stream<Point> points) => points.GroupBy(p => p.Who).Process(new Marks(), "marks");
    }

    /// <summary>The operators are the other way round.</summary>
    [Pipeline(OutputMode.Append)]
    public sealed partial class Chained
    {
        public static Stream<Point> Define(Stream<Point> points) =>
            points.GroupBy(p => p.Who).Process(new Counting(), "counting").Where(p => p.Value >= 0).GroupBy(p => p.Who).Process(new Adding(), "adding");
    }
}

namespace Typed.Tests.State.Evolution.Third
{
    public sealed partial class Marks : KeyedProcessor<string, Point, Told>
    {
        [State, Id(7)] private double? _middle;
        [State] private long? _count;
        [State] private ListState<Mark> _marks;

        public override void OnRows(Rows<Point> rows, Context<string, Told> ctx) =>
            ctx.Emit(new Told(ctx.Key, FormattableString.Invariant($"{_middle} {_count} {string.Join(" ", _marks.Select(mark => mark.Peak))}")));
    }

    [StreamRecord]
    public readonly partial record struct Mark([Id(1)] long Peak);

    [Pipeline(OutputMode.Append)]
    public sealed partial class Evolving
    {
        public static Stream<Told> Define(Stream<Point> points) => points.GroupBy(p => p.Who).Process(new Marks(), "marks");
    }

    /// <summary>One of the operators has another name.</summary>
    [Pipeline(OutputMode.Append)]
    public sealed partial class Chained
    {
        public static Stream<Point> Define(Stream<Point> points) =>
            points.GroupBy(p => p.Who).Process(new Adding(), "adding").GroupBy(p => p.Who).Process(new Counting(), "numbering");
    }
}

namespace Typed.Tests.State.Evolution.Migrated
{
    public sealed partial class Marks : KeyedProcessor<string, Point, Told>
    {
        [State] private string? _count;
        [State] private DateTimeOffset _last;
        [State, Id(7)] private decimal? _mean;
        [State] private ListState<string> _marks;
        [State] private MapState<string, Half> _by;
        [State] private ValueState<TimeSpan> _small;

        public override void OnRows(Rows<Point> rows, Context<string, Told> ctx) => ctx.Emit(new Told(
            ctx.Key,
            FormattableString.Invariant($"{_count} {_last:yyyy-MM-dd} {_mean} {string.Join(",", _marks)} {string.Join(",", _by.Select(one => one.Key + one.Value.Whole))} {_small.Value}")));

        // Also values that widen to what a migration takes.
        [Migration(nameof(_count))]
        private static string CountOf(long stored) => "no. " + stored.ToString(System.Globalization.CultureInfo.InvariantCulture);

        [Migration(nameof(_last))]
        private static DateTimeOffset LastOf(int stored) => stored == 0 ? default : DateTimeOffset.UnixEpoch.AddDays(stored);

        [Migration(nameof(_mean))]
        private static decimal MeanOf(double stored) => (decimal)stored;

        // A record as it was, as far as it is wanted.
        [Migration(nameof(_marks))]
        private static string MarkOf(Earlier stored) => stored.Note + "=" + stored.Best.ToString(System.Globalization.CultureInfo.InvariantCulture);

        [Migration(nameof(_by))]
        private static Half ByOf(int stored) => stored < -100 ? throw new NotSupportedException("too small") : new Half(stored / 2m);

        [Migration(nameof(_small))]
        private static TimeSpan SmallOf(byte stored) => TimeSpan.FromSeconds(stored);
    }

    [StreamRecord]
    public readonly partial record struct Earlier(string Note, [Id(1)] long Best);

    [StreamRecord]
    public readonly partial record struct Half(decimal Whole);

    [Pipeline(OutputMode.Append)]
    public sealed partial class Evolving
    {
        public static Stream<Told> Define(Stream<Point> points) => points.GroupBy(p => p.Who).Process(new Marks(), "marks");
    }
}

namespace Typed.Tests.State.Evolution.Exact
{
    public sealed partial class Marks : KeyedProcessor<string, Point, Told>
    {
        [State] private long _count;
        [State] private decimal _last;
        [State, Id(7)] private double _mean;
        [State] private Mark? _mark;
        [State] private ValueState<decimal> _small;

        public override void OnRows(Rows<Point> rows, Context<string, Told> ctx) =>
            ctx.Emit(new Told(ctx.Key, FormattableString.Invariant($"{_count} {_last} {_mean} {_mark!.Value.Note} {_small.Value}")));

        [Migration(nameof(_count))]
        private static long CountOf(int stored) => stored * 100L;

        // The one for what is stored stands behind the one that it widens to.
        [Migration(nameof(_last))]
        private static decimal LastOfLong(long stored) => stored == 0 ? 0 : stored + 0.5m;

        [Migration(nameof(_last))]
        private static decimal LastOf(int stored) => stored == 0 ? 0.00m : stored + 0.01m;

        // A float is stored, which is read as it is: this is for some other time.
        [Migration(nameof(_mean))]
        private static double MeanOf(long stored) => stored * 1000;

        [Migration(nameof(_mark))]
        private static Mark MarkOfFirst(First.Mark stored) => new(stored.Best, stored.Note + "!");

        // A byte is stored: an int is farther from it than a short.
        [Migration(nameof(_small))]
        private static decimal SmallOfInt(int stored) => stored + 0.5m;

        [Migration(nameof(_small))]
        private static decimal SmallOfShort(short stored) => stored + 0.02m;
    }

    [StreamRecord]
    public readonly partial record struct Mark([Id(1)] int Best, string Note);

    [Pipeline(OutputMode.Append)]
    public sealed partial class Evolving
    {
        public static Stream<Told> Define(Stream<Point> points) => points.GroupBy(p => p.Who).Process(new Marks(), "marks");
    }
}

namespace Typed.Tests.State.Evolution.Narrowed
{
    public sealed partial class Marks : KeyedProcessor<string, Point, Told>
    {
        [State] private short _count;

        public override void OnRows(Rows<Point> rows, Context<string, Told> ctx) => _count++;
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Evolving
    {
        public static Stream<Told> Define(Stream<Point> points) => points.GroupBy(p => p.Who).Process(new Marks(), "marks");
    }
}

namespace Typed.Tests.State.Evolution.Renamed
{
    public sealed partial class Marks : KeyedProcessor<string, Point, Told>
    {
        [State] private short _number;

        public override void OnRows(Rows<Point> rows, Context<string, Told> ctx) => _number++;
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Evolving
    {
        public static Stream<Told> Define(Stream<Point> points) => points.GroupBy(p => p.Who).Process(new Marks(), "marks");
    }
}

namespace Typed.Tests.State.Evolution
{
    [StreamRecord]
    public readonly partial record struct Point(string Who, int Value);

    [StreamRecord]
    public readonly partial record struct Told(string Who, string What);

    public sealed partial class Adding : KeyedProcessor<string, Point, Point>
    {
        [State] private int _sum;

        public override void OnRows(Rows<Point> rows, Context<string, Point> ctx)
        {
            foreach (Point point in rows)
                _sum += point.Value;
            ctx.Emit(new Point(ctx.Key, _sum));
        }
    }

    public sealed partial class Counting : KeyedProcessor<string, Point, Point>
    {
        [State] private int _count;

        public override void OnRows(Rows<Point> rows, Context<string, Point> ctx)
        {
            foreach (Point point in rows)
                ctx.Emit(new Point(ctx.Key, (++_count * 1000) + point.Value));
        }
    }
}

// A method that makes something else of the default, which is not stored.
namespace Typed.Tests.State.Evolution.Lost
{
    public sealed partial class Marks : KeyedProcessor<string, Point, Told>
    {
        [State] private int _count;
        [State] private DateTimeOffset _last;

        public override void OnRows(Rows<Point> rows, Context<string, Told> ctx) => ctx.Emit(new Told(ctx.Key, $"{_count} {_last}"));

        [Migration(nameof(_last))]
        private static DateTimeOffset LastOf(int stored) => DateTimeOffset.UnixEpoch.AddDays(stored);
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Evolving
    {
        public static Stream<Told> Define(Stream<Point> points) => points.GroupBy(p => p.Who).Process(new Marks(), "marks");
    }
}

// One that makes nothing of it.
namespace Typed.Tests.State.Evolution.Picky
{
    public sealed partial class Marks : KeyedProcessor<string, Point, Told>
    {
        [State] private int _count;
        [State] private DateTimeOffset _last;

        public override void OnRows(Rows<Point> rows, Context<string, Told> ctx) => ctx.Emit(new Told(ctx.Key, $"{_count} {_last}"));

        [Migration(nameof(_last))]
        private static DateTimeOffset LastOf(int stored) => stored == 0 ? throw new NotSupportedException("there is no day 0") : DateTimeOffset.UnixEpoch.AddDays(stored);
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Evolving
    {
        public static Stream<Told> Define(Stream<Point> points) => points.GroupBy(p => p.Who).Process(new Marks(), "marks");
    }
}
