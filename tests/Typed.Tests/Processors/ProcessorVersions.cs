// One pipeline in several versions, each in a namespace of its own: a checkpoint knows the pipeline by its name.
namespace Typed.Tests.Processors.Versions
{
    [StreamRecord]
    public readonly partial record struct Hit(string Who, int Points);

    [StreamRecord]
    public readonly partial record struct Score(string Who, string What);
}

namespace Typed.Tests.Processors.Versions.First
{
    public sealed partial class Scores : KeyedProcessor<string, Hit, Score>
    {
        [State] private long _points;
        [State] private string? _note;
        [State] private ListState<int> _all;

        public override void OnRows(Rows<Hit> rows, Context<string, Score> ctx)
        {
            foreach (Hit hit in rows)
            {
                _points += hit.Points;
                _all.Append(hit.Points);
            }

            _note = "first";
            ctx.Emit(new Score(ctx.Key, $"{_points} {_note} {string.Join(",", _all)}"));
        }
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Game
    {
        public static Stream<Score> Define(Stream<Hit> hits) => hits.GroupBy(h => h.Who).Process(new Scores(), "scores");
    }
}

namespace Typed.Tests.Processors.Versions.Grown
{
    // The note is dropped, the order is another one, and three variables are new.
    public sealed partial class Scores : KeyedProcessor<string, Hit, Score>
    {
        [State] private ListState<int> _all;
        [State] private MapState<int, long> _counts;
        [State] private int? _best;
        [State] private long _points;
        [State] private string? _last;

        public override void OnRows(Rows<Hit> rows, Context<string, Score> ctx)
        {
            string before = $"{_best?.ToString() ?? "-"} {_last ?? "-"} {_counts.Count}";
            foreach (Hit hit in rows)
            {
                _points += hit.Points;
                _all.Append(hit.Points);
                _counts.Set(hit.Points, 1);
                _best = Math.Max(_best ?? 0, hit.Points);
            }

            _last = "grown";
            ctx.Emit(new Score(ctx.Key, $"{_points} {before} {string.Join(",", _all)}"));
        }
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Game
    {
        public static Stream<Score> Define(Stream<Hit> hits) => hits.GroupBy(h => h.Who).Process(new Scores(), "scores");
    }
}

namespace Typed.Tests.Processors.Versions.Changed
{
    public sealed partial class Scores : KeyedProcessor<string, Hit, Score>
    {
        [State] private int _points;

        public override void OnRows(Rows<Hit> rows, Context<string, Score> ctx) => _points += rows.Count;
    }

    /// <summary>The points are of another type.</summary>
    [Pipeline(OutputMode.Append)]
    public sealed partial class Game
    {
        public static Stream<Score> Define(Stream<Hit> hits) => hits.GroupBy(h => h.Who).Process(new Scores(), "scores");
    }
}

namespace Typed.Tests.Processors.Versions.Timed
{
    [Processor(Time = TimeMode.ProcessingTime)]
    public sealed partial class Scores : KeyedProcessor<string, Hit, Score>
    {
        [State] private long _points;

        public override void OnRows(Rows<Hit> rows, Context<string, Score> ctx)
        {
            _points += rows.Count;
            ctx.TimerAt(ctx.Now.AddSeconds(10));
        }

        public override void OnTimer(DateTimeOffset time, Context<string, Score> ctx)
        {
            ctx.Emit(new Score(ctx.Key, _points.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            ctx.Clear();
        }
    }

    /// <summary>The time mode is another one.</summary>
    [Pipeline(OutputMode.Append)]
    public sealed partial class Game
    {
        public static Stream<Score> Define(Stream<Hit> hits) => hits.GroupBy(h => h.Who).Process(new Scores(), "scores");
    }
}

namespace Typed.Tests.Processors.Versions.Expiring
{
    [Processor(Time = TimeMode.ProcessingTime)]
    public sealed partial class Scores : KeyedProcessor<string, Hit, Score>
    {
        [State(Ttl = "10 seconds")] private ValueState<long> _fresh;

        public override void OnRows(Rows<Hit> rows, Context<string, Score> ctx) => _fresh.Set(rows.Count);
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Game
    {
        public static Stream<Score> Define(Stream<Hit> hits) => hits.GroupBy(h => h.Who).Process(new Scores(), "scores");
    }
}

namespace Typed.Tests.Processors.Versions.Lasting
{
    [Processor(Time = TimeMode.ProcessingTime)]
    public sealed partial class Scores : KeyedProcessor<string, Hit, Score>
    {
        [State] private ValueState<long> _fresh;

        public override void OnRows(Rows<Hit> rows, Context<string, Score> ctx) => _fresh.Set(rows.Count);
    }

    /// <summary>As <see cref="Expiring.Game"/>, without the lifetime.</summary>
    [Pipeline(OutputMode.Append)]
    public sealed partial class Game
    {
        public static Stream<Score> Define(Stream<Hit> hits) => hits.GroupBy(h => h.Who).Process(new Scores(), "scores");
    }
}

namespace Typed.Tests.Processors.Versions.Rekeyed
{
    public sealed partial class Scores : KeyedProcessor<int, Hit, Score>
    {
        [State] private long _points;

        public override void OnRows(Rows<Hit> rows, Context<int, Score> ctx) => _points += rows.Count;
    }

    /// <summary>The key is another one.</summary>
    [Pipeline(OutputMode.Append)]
    public sealed partial class Game
    {
        public static Stream<Score> Define(Stream<Hit> hits) => hits.GroupBy(h => h.Points).Process(new Scores(), "scores");
    }
}

namespace Typed.Tests.Processors.Versions.Updating
{
    /// <summary>The output mode is another one.</summary>
    [Pipeline(OutputMode.Update)]
    public sealed partial class Game
    {
        public static Stream<Score> Define(Stream<Hit> hits) => hits.GroupBy(h => h.Who).Process(new First.Scores(), "scores");
    }
}

namespace Typed.Tests.Processors.Versions.Begun
{
    [StreamRecord]
    public readonly partial record struct Start(string Who, long Points);

    public sealed partial class Scores : KeyedProcessor<string, Hit, Score, Start>
    {
        [State] private long _points;

        public override void OnInitial(Start row, Context<string, Score> ctx) => _points += row.Points;

        public override void OnRows(Rows<Hit> rows, Context<string, Score> ctx)
        {
            foreach (Hit hit in rows)
                _points += hit.Points;
            ctx.Emit(new Score(ctx.Key, $"{_points}"));
        }
    }

    /// <summary>There is an initial state now.</summary>
    [Pipeline(OutputMode.Append)]
    public sealed partial class Game
    {
        public static Stream<Score> Define(Stream<Hit> hits, Table<Start> starts) => hits.GroupBy(h => h.Who).Process(new Scores(), "scores", starts, s => s.Who);
    }
}
