using System.Text.Json;
using Typed.Conformance.Cases;
using Typed.Conformance.Plans;

namespace Typed.Conformance.Metamorphic;

/// <summary>
/// The rows of a case without its steps: all that is ever added to each stream, and how much disorder its watermark allows. With it the same rows
/// can be brought in other orders, cut into other batches.
/// </summary>
internal sealed class FiniteInput
{
    /// <summary>How often the rows of a case come, each time somewhat later: a few rows alone close few windows.</summary>
    public const int Copies = 3;

    private readonly List<Stream> _streams = [];

    private FiniteInput()
    {
    }

    /// <summary>The streams.</summary>
    public IReadOnlyList<Stream> Streams => _streams;

    /// <summary>After how long everything before is closed, whatever the delays.</summary>
    public TimeSpan UntilClosed
    {
        get
        {
            List<DateTimeOffset> times = [.. _streams.SelectMany(stream => stream.Rows).SelectMany(row => row.OfType<DateTimeOffset>())];
            TimeSpan span = times.Count == 0 ? TimeSpan.Zero : times.Max() - times.Min();
            return span + TimeSpan.FromMilliseconds(2 * _streams.Max(stream => stream.DelayMillis)) + TimeSpan.FromDays(10);
        }
    }

    /// <summary>The input of a case; null with a reason if the rows cannot be ordered by the times of its watermarks.</summary>
    public static FiniteInput? Read(ConformanceCase one, WrittenPlan plan, out string reason)
    {
        JsonElement root = one.Query.GetProperty("plan");
        FiniteInput input = new();
        reason = "";
        foreach (PlanInput source in plan.Sources)
        {
            (int time, long delay)? watermark = Watermark(root, source);
            if (watermark is null && FinitePlan.Nodes(root).Any(node => node.Text("op") == "watermark"))
            {
                reason = "a watermark is not over a column of a stream";
                return null;
            }

            List<object?[]> rows = [.. one.Steps.SelectMany(step => RowsOf(step, source, plan.Sources[0]))];
            if (rows.Count == 0)
            {
                reason = "a stream has no rows";
                return null;
            }

            bool ordered = FinitePlan.Nodes(root).Skip(1).Any(node => FinitePlan.ChoosesFirst(node) && FinitePlan.Streams(node).Contains(source.Name))
                || (FinitePlan.ChoosesFirst(root) && plan.Sources.Count == 1);
            input._streams.Add(new Stream(source, Spread(rows), watermark?.time ?? -1, watermark?.delay ?? 0, ordered));
        }

        return input;
    }

    /// <summary>The column of a stream over which it has a watermark, and the least of the delays; null if there is none or it is over something computed.</summary>
    private static (int Time, long Delay)? Watermark(JsonElement plan, PlanInput source)
    {
        (int Time, long Delay)? found = null;
        foreach (JsonElement node in FinitePlan.Nodes(plan).Where(node => node.Text("op") == "watermark" && FinitePlan.Streams(node).Contains(source.Name)))
        {
            int column = source.Columns.ToList().FindIndex(one => one.Name == node.Text("column"));
            bool plain = FinitePlan.Nodes(node).All(below => below.Text("op") is null or "watermark" or "source" or "filter");
            if (column < 0 || !plain || node.Number("delay_ms") is not long delay)
                return null;
            found = found is null ? (column, delay) : (column, Math.Min(found.Value.Delay, delay));
        }

        return found;
    }

    private static IEnumerable<object?[]> RowsOf(JsonElement step, PlanInput source, PlanInput first)
    {
        if (step.Get("add") is not JsonElement added)
            return [];
        JsonElement? rows = added.ValueKind == JsonValueKind.Array ? (source == first ? added : null) : added.Get(source.Name);
        return rows is null ? [] : rows.Value.EnumerateArray().Select(row => Running.Values.Read([.. row.EnumerateArray()], source.Columns));
    }

    /// <summary>The rows several times, each time later by somewhat less than they span.</summary>
    private static List<object?[]> Spread(List<object?[]> rows)
    {
        List<DateTimeOffset> times = [.. rows.SelectMany(row => row.OfType<DateTimeOffset>())];
        TimeSpan shift = times.Count == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Floor((times.Max() - times.Min()).TotalMilliseconds * 0.7));
        return [.. Enumerable.Range(0, Copies).SelectMany(copy => rows.Select(row => Later(row, shift * copy)))];
    }

    private static object?[] Later(object?[] row, TimeSpan by) => [.. row.Select(value => value is DateTimeOffset time ? time + by : value)];

    /// <summary>The rows of one stream.</summary>
    /// <param name="Source">Which one.</param>
    /// <param name="Rows">All its rows.</param>
    /// <param name="Time">The column of the watermark; −1 for none.</param>
    /// <param name="DelayMillis">How far a row may come behind the latest one without being late.</param>
    /// <param name="Ordered">Whether the result depends on the order of the rows, so that they can be cut but not shuffled.</param>
    internal sealed record Stream(PlanInput Source, IReadOnlyList<object?[]> Rows, int Time, long DelayMillis, bool Ordered)
    {
        /// <summary>The rows in an order in which none is late: each is held back by less than the delay.</summary>
        public List<object?[]> Arrive(Random random)
        {
            if (Ordered)
                return InOrder();
            if (Time < 0)
            {
                object?[][] any = [.. Rows];
                random.Shuffle(any);
                return [.. any];
            }

            double first = Millis(Rows.Where(row => row[Time] is not null).Select(row => row[Time]).DefaultIfEmpty(DateTimeOffset.UnixEpoch).Min());
            double last = Millis(Rows.Where(row => row[Time] is not null).Select(row => row[Time]).DefaultIfEmpty(DateTimeOffset.UnixEpoch).Max());
            return
            [
                .. Rows
                    .Select(row => (Row: row, At: row[Time] is null ? first + (random.NextDouble() * (last - first)) : Millis(row[Time]) + (random.NextDouble() * 0.99 * DelayMillis)))
                    .OrderBy(pair => pair.At)
                    .Select(pair => pair.Row),
            ];
        }

        /// <summary>The rows by time, those without one first.</summary>
        public List<object?[]> InOrder() => Time < 0 ? [.. Rows] : [.. Rows.OrderBy(row => row[Time] is null ? double.MinValue : Millis(row[Time]))];

        /// <summary>All rows again and later, so that everything before them is closed: all, since filters may take some, and those would close nothing.</summary>
        public List<object?[]> Closing(TimeSpan later) => [.. InOrder().Select(row => Later(row, later))];

        private static double Millis(object? time) => (((DateTimeOffset)time!) - DateTimeOffset.UnixEpoch).TotalMilliseconds;
    }
}
