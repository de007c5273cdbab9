// Values that have a lifetime, in two versions of a pipeline. A record looks as what stands around a value that has one.
namespace Typed.Tests.State.Evolution.First
{
    [StreamRecord]
    public readonly partial record struct Due(DateTimeOffset Expires, int Value);

    [Processor(Time = TimeMode.ProcessingTime)]
    public sealed partial class Lasts : KeyedProcessor<string, Point, Told>
    {
        [State(Ttl = "1 day")] private ValueState<int> _value;
        [State(Ttl = "1 day")] private ListState<int> _list;
        [State(Ttl = "1 day")] private MapState<string, int> _map;
        [State(Ttl = "1 day")] private ValueState<Due> _due;
        [State(Ttl = "1 day")] private ListState<Due> _dues;
        [State(Ttl = "1 day")] private MapState<string, Due> _dueBy;
        [State] private ValueState<Due> _plain;

        public override void OnRows(Rows<Point> rows, Context<string, Told> ctx)
        {
            foreach (Point point in rows)
            {
                Due due = new(DateTimeOffset.UnixEpoch, point.Value * 10);
                _value.Set(point.Value);
                _list.Append(point.Value);
                _map.Set("m" + point.Value, point.Value);
                _due.Set(due);
                _dues.Append(due);
                _dueBy.Set("d" + point.Value, due);
                _plain.Set(due);
            }
        }
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Lasting
    {
        public static Stream<Told> Define(Stream<Point> points) => points.GroupBy(p => p.Who).Process(new Lasts(), "lasts");
    }
}

namespace Typed.Tests.State.Evolution.Migrated
{
    [Processor(Time = TimeMode.ProcessingTime)]
    public sealed partial class Lasts : KeyedProcessor<string, Point, Told>
    {
        [State(Ttl = "1 day")] private ValueState<string> _value;
        [State(Ttl = "1 day")] private ListState<string> _list;
        [State(Ttl = "1 day")] private MapState<string, string> _map;
        [State(Ttl = "1 day")] private ValueState<string> _due;
        [State(Ttl = "1 day")] private ListState<string> _dues;
        [State(Ttl = "1 day")] private MapState<string, string> _dueBy;
        [State] private ValueState<string> _plain;

        public override void OnRows(Rows<Point> rows, Context<string, Told> ctx) => ctx.Emit(new Told(
            ctx.Key,
            $"{_value.Value} {string.Join(",", _list)} {string.Join(",", _map.Select(one => one.Key + one.Value).Order(StringComparer.Ordinal))} "
            + $"{_due.Value} {string.Join(",", _dues)} {string.Join(",", _dueBy.Select(one => one.Key + one.Value).Order(StringComparer.Ordinal))} {_plain.Value}"));

        [Migration(nameof(_value))]
        private static string ValueOf(int stored) => Of("v", stored);

        [Migration(nameof(_list))]
        private static string ListOf(int stored) => Of("l", stored);

        [Migration(nameof(_map))]
        private static string MapOf(int stored) => Of("=", stored);

        [Migration(nameof(_due))]
        private static string DueOf(First.Due stored) => Of("D", stored.Value);

        [Migration(nameof(_dues))]
        private static string DuesOf(First.Due stored) => Of("L", stored.Value);

        [Migration(nameof(_dueBy))]
        private static string DueByOf(First.Due stored) => Of(":", stored.Value);

        [Migration(nameof(_plain))]
        private static string PlainOf(First.Due stored) => Of("P", stored.Value) + stored.Expires.Year.ToString(System.Globalization.CultureInfo.InvariantCulture);

        private static string Of(string mark, int value) => mark + value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Lasting
    {
        public static Stream<Told> Define(Stream<Point> points) => points.GroupBy(p => p.Who).Process(new Lasts(), "lasts");
    }
}
