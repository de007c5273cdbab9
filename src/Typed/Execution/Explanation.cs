using System.Globalization;
using System.Text;
using Typed.Columns;
using Typed.Time;

namespace Typed.Execution;

/// <summary>
/// Says in one paragraph why nothing comes out of a query, or not yet: which operator holds what, which input holds the watermark back and since
/// when, and what would release it.
/// </summary>
internal sealed class Explanation
{
    private readonly QueryView _query;
    private readonly long _now;
    private readonly List<string> _sentences = [];

    private Explanation(QueryView query, DateTimeOffset now) => (_query, _now) = (query, now.ToUnixTimeMilliseconds());

    /// <summary>The paragraph.</summary>
    /// <param name="query">The query between two batches.</param>
    /// <param name="now">The present.</param>
    internal static string Of(QueryView query, DateTimeOffset now)
    {
        Explanation explanation = new(query, now);
        explanation.Tell();
        return string.Join(" ", explanation._sentences);
    }

    /// <summary>A number of things: <c>1 row</c>, <c>1,173 rows</c>.</summary>
    internal static string Count(long count, string one) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {one}{(count == 1 ? "" : "s")}");

    /// <summary>An instant, with as many digits as it has.</summary>
    internal static string At(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture) + "Z";

    // What waits for ever waits for the end of the year 9999, where .NET's times end, and a delay or the rest of a millisecond may be added to that.
    private static string At(long micros) => At(Instant.FromMicros(Math.Min(micros, Instant.LastMicros)));

    private static string AtMillis(long millis) => At(Math.Min(millis, Instant.LastMicros / 1000) * 1000);

    private void Tell()
    {
        HolderView[] waiting = [.. _query.Holders.Where(one => one.ReleaseMicros is not null)];
        foreach (HolderView one in waiting)
            TellHeld(one);
        if (waiting.Length == 0)
            _sentences.Add("Nothing is held back.");
        if (_query.WatermarkMillis is long watermark)
        {
            Stall stall = Stall.Of(_query, _now);
            TellWatermark(watermark, stall);
            TellRelease(watermark, stall, waiting);
            TellLeftOut(stall);
            TellAhead(watermark);
        }

        TellDoing();
    }

    private void TellHeld(HolderView one)
    {
        string behind = one.WatermarkMicros < _query.WatermarkMillis * 1000 ? $"; that is {At(one.WatermarkMicros)}, behind that of the query" : "";
        _sentences.Add($"{one.Name} holds {one.What}{one.First} until its watermark reaches {At(one.ReleaseMicros!.Value)}{behind}.");
    }

    private void TellWatermark(long watermark, Stall stall)
    {
        string mark = $"The watermark is {AtMillis(watermark)}";
        if (_query.Inputs.All(input => input.Clock.ValueMillis is null && input.Rows == 0))
        {
            string since = $"no row has come since the run began, {Ago(_query.StartMillis)} ago";
            _sentences.Add(watermark > 0 ? $"{mark}, where the run before left it: {since}." : $"{mark}, its beginning: {since}.");
        }
        else if (stall.Leader is { } leader)
        {
            foreach (StalledInput input in stall.Holders)
                _sentences.Add($"{mark}, held back by {input.Name}: {Reason(input, leader)}. {leader.Name} has come to {AtMillis(leader.Clock.ValueMillis!.Value)}.");
            foreach (HolderView keeper in _query.Holders.Where(one => one.ReleaseMicros is null))
                _sentences.Add($"{keeper.Name} keeps {keeper.What} meanwhile.");
        }
        else if (stall.Holders is [{ Clock.ValueMillis: null } only])
        {
            _sentences.Add($"{mark}: {Reason(only, null)}.");
        }
        else
        {
            string names = string.Join(" and ", stall.Holders.Select(one => one.Name));
            long seen = stall.Holders.Max(one => one.Clock.SeenMillis);
            _sentences.Add($"{mark}, as far as {names} {(stall.Holders.Count == 1 ? "has" : "have")} come; the last event time came {Ago(seen)} ago, at {AtMillis(seen)}.");
        }
    }

    private string Reason(StalledInput input, StalledInput? leader)
    {
        if (input.Clock.ValueMillis is not null)
        {
            return input.Clock.SeenMillis < leader?.Clock.SeenMillis
                ? $"it brought its last event time {Ago(input.Clock.SeenMillis)} ago, at {AtMillis(input.Clock.SeenMillis)}"
                : $"its event times are behind, though the last came {Ago(input.Clock.SeenMillis)} ago, at {AtMillis(input.Clock.SeenMillis)}";
        }

        (long rows, long nulls, long ahead) = (input.Of.Rows, input.Of.NullTimes, input.Of.Ahead);
        if (input.IsPartition && nulls + ahead > 0)
            return $"{(leader is null ? input.Name : "it")} has brought no event time that counts since the run began, {Ago(_query.StartMillis)} ago";
        if (input.IsPartition || rows == 0)
            return $"{(leader is null ? input.Name : "it")} has brought no row since the run began, {Ago(_query.StartMillis)} ago";
        string whose = leader is null ? $" of {input.Name}" : " that it brought";
        string bound = $"further ahead of the clock than maxAhead, {DurationPhrase.Of(input.Of.MaxAheadMicros ?? 0)}";
        string which = rows == 1 ? $"the only row{whose}" : $"all {Count(rows, "row")}{whose}";
        return (nulls, ahead) switch
        {
            (_, 0) => $"{which} {(rows == 1 ? "has" : "have")} no event time",
            (0, _) => $"{which} {(rows == 1 ? "is" : "are")} {bound}",
            _ => string.Create(CultureInfo.InvariantCulture, $"of {which} {nulls:N0} have no event time and {ahead:N0} are {bound}"),
        };
    }

    /// <summary>What lets out what is held first.</summary>
    private void TellRelease(long watermark, Stall stall, HolderView[] waiting)
    {
        HolderView? first = waiting.MinBy(one => one.ReleaseMicros!.Value - one.WatermarkMicros);
        if (first is not null && first.ReleaseMicros <= first.WatermarkMicros)
        {
            string when = !_query.NoDataBatches ? "It is reached; the next data lets it out, since batches without data are off (NoDataBatches)."
                : !_query.HasRun ? "It is reached; the next data lets it out, since no batch without data is the first one of a run."
                : "It is reached; the next batch lets it out.";
            _sentences.Add(when);
            return;
        }

        // Behind a join the watermark lags by what the join needs; that lag stays.
        long? needed = first is null || first.WatermarkMicros == 0 && watermark != 0 ? null
            : (watermark * 1000) + first.ReleaseMicros!.Value - first.WatermarkMicros;
        StalledInput[] slow = needed is long release
            ? [.. stall.Considered.Where(one => (one.Clock.ValueMillis ?? 0) * 1000 < release)]
            : stall.Leader is null ? [] : [.. stall.Holders];
        if (slow.Length == 0)
            return;
        string[] times = [.. slow.Select(one => needed is long at ? $"of {one.Name} at {At(Instant.After(at, one.Of.DelayMillis * 1000))} or later" : $"of {one.Name}")];
        StringBuilder text = new($"It takes an event time {string.Join(" and one ", times)}");
        foreach (StalledInput one in slow.Where(one => needed is not null && one.Of.MaxAheadMicros is not null))
        {
            long counts = Instant.After(needed!.Value, one.Of.DelayMillis * 1000) - one.Of.MaxAheadMicros!.Value;
            if (counts > _now * 1000)
                text.Append(CultureInfo.InvariantCulture, $", which counts from {At(counts)} on (maxAhead)");
        }

        foreach (StalledInput one in slow.Where(one => stall.Leader is not null && stall.Holders.Contains(one)))
        {
            if (one.Of.HasEnded)
                text.Append(CultureInfo.InvariantCulture, $"; but {one.Name} has ended");
            if (one.Clock.IdleAfterMillis is not long after)
                text.Append(CultureInfo.InvariantCulture, $"; with idleAfter, {one.Name} would not be waited for when it is silent");

            // Once all are silent there is none to go by instead, and that time passes without effect.
            else if (one.Clock.SeenMillis + after > _now)
                text.Append(CultureInfo.InvariantCulture, $", or that {one.Name} stays silent until {AtMillis(one.Clock.SeenMillis + after)}: it is not waited for after {DurationPhrase.Of(after * 1000)} (idleAfter)");
        }

        _sentences.Add(text.Append('.').ToString());
    }

    private void TellLeftOut(Stall stall)
    {
        foreach (StalledInput one in stall.LeftOut)
        {
            string since = one.Clock.ValueMillis is null ? "has brought no row since the run began" : $"has been silent since {AtMillis(one.Clock.SeenMillis)}";
            _sentences.Add($"{one.Name} is not waited for: it {since}, for longer than idleAfter, {DurationPhrase.Of(one.Clock.IdleAfterMillis!.Value * 1000)}.");
        }
    }

    private void TellAhead(long watermark)
    {
        foreach (InputView input in _query.Inputs.Where(input => input.FirstAheadMicros is not null))
        {
            _sentences.Add(
                $"{Count(input.Ahead, "event time")} of {input.Name}, the first {At(input.FirstAheadMicros!.Value)}, {(input.Ahead == 1 ? "was" : "were")} further ahead of the clock than maxAhead, {DurationPhrase.Of(input.MaxAheadMicros ?? 0)}, and did not move the watermark.");
        }

        if (watermark > _now)
            _sentences.Add($"The watermark is {DurationPhrase.Of((watermark - _now) * 1000)} ahead of the clock, and what is behind it is late, {Count(_query.LateRows, "row")} so far; maxAhead keeps event times out that lie too far ahead.");
    }

    private void TellDoing()
    {
        string what = _query.LastDataMillis is long last ? $"; the last batch with rows was {Ago(last)} ago"
            : _query.WatermarkMillis is null ? $"; none has come since the run began, {Ago(_query.StartMillis)} ago"
            : "";
        _sentences.Add(_query.NextTriggerMillis is long next && next > _now
            ? $"The next batch is due at {AtMillis(next)}{what}."
            : $"The query waits for rows{what}.");
    }

    private string Ago(long millis) => DurationPhrase.Of(Math.Max(0, _now - millis) * 1000);
}
