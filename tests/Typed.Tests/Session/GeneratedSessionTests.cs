extern alias generator;

using generator::Typed.Generator.Emitter.Text;
using generator::Typed.Generator.Planner;
using Typed.Operators;
using Typed.Tests.Generator;
using Typed.Tests.Plan;

namespace Typed.Tests.Session;

/// <summary>Sessions as the generator compiles them from a query.</summary>
public sealed class GeneratedSessionTests
{
    [Fact]
    public void A_distance_equal_to_the_gap_joins_and_a_longer_one_does_not()
    {
        using PipelineRun<Visit> run = new(new Visits());
        StatefulOperator sessions = run.Graph.Stateful.Single();
        Assert.Equal("sessionWindowStateStoreSaveExec", sessions.Kind);
        Assert.Empty(run.Batch(At(0, "home"), At(8, "search"), At(18, "product"), At(29, "home")));
        Assert.Equal(2, sessions.State.Total);
        sessions.EvictionWatermark = Micros(27);
        Assert.Empty(run.Batch<Hit>());
        sessions.EvictionWatermark = Micros(28);
        Assert.Equal(["anna 0-28: 3 home search product"], run.Batch<Hit>().Select(Words));
        Assert.Equal((1L, 1L), (sessions.State.Total, sessions.State.Removed));
    }

    [Fact]
    public void A_shorter_gap_makes_more_sessions_and_lists_are_capped()
    {
        using PipelineRun<Visit> run = new(new ShortVisits());
        run.Graph.Stateful.Single().EvictionWatermark = Micros(100);
        Assert.Equal(
            ["anna 0-11: 3 a b", "anna 18-23: 1 d"],
            run.Batch(At(0, "a"), At(5, "b"), At(6, "c"), At(18, "d")).OrderBy(visit => visit.Start).Select(Words));
    }

    [Fact]
    public void A_row_that_comes_late_joins_two_sessions_and_a_later_one_is_dropped()
    {
        using PipelineRun<Visit> run = new(new Visits()) { CaptureLate = true };
        StatefulOperator sessions = run.Graph.Stateful.Single();
        sessions.LateWatermark = Micros(10);
        sessions.EvictionWatermark = Micros(10);
        run.Batch(At(5, "a"), At(22, "b"), At(0, "too late"));
        Assert.Equal((2L, 1L), (sessions.State.Total, sessions.Counts.Late));
        run.Batch(At(13, "bridge"));
        Assert.Equal((1L, 1L, 1L), (sessions.State.Total, sessions.State.Updated, sessions.State.Removed));
        sessions.EvictionWatermark = Micros(32);
        Assert.Equal(["anna 5-32: 3 a b bridge"], run.Batch<Hit>().Select(Words));
    }

    [Fact]
    public void Each_row_has_its_own_gap_or_none()
    {
        using PipelineRun<Visit> run = new(new PatientVisits());
        StatefulOperator sessions = run.Graph.Stateful.Single();
        List<Visit> visits = run.Batch(
            At(0, "a", 20), At(2, "b", 1), At(20, "c", 2), At(30, "none", null), At(31, "zero", 0), At(32, "below", -5), At(40, "d", 1));
        Assert.Equal(["anna 0-22: 3 a b c", "anna 40-41: 1 d"], visits.OrderBy(visit => visit.Start).Select(Words));
        Assert.Equal((3L, 4L), (sessions.Counts.Filtered, sessions.Counts.Grouped));
    }

    [Fact]
    public void Windows_of_sessions_close_in_the_batch_in_which_the_sessions_do()
    {
        using PipelineRun<HourOfVisits> run = new(new VisitsByHour());
        foreach (StatefulOperator one in run.Graph.Stateful)
            one.EvictionWatermark = Micros(60);
        Assert.Equal([new HourOfVisits(Time(0), 2, 3)], run.Batch(At(1, "a"), At(3, "b"), At(30, "c"), At(51, "open")));
    }

    [Fact]
    public void A_row_without_a_gap_is_left_out_below_the_watermark()
    {
        string text = PlanText.Of(
            PlanBuilder.Build(PlanReading.Plan("""
                rows.Select(p => new { p.UserId, Gap = p.Note == null ? (TimeSpan?)null : TimeSpan.FromMinutes(5), p.Time })
                    .WithWatermark(p => p.Time, "10 minutes")
                    .GroupBy(p => p.UserId, sessionGap: p => p.Gap)
                    .Select(g => new Result(g.Key, g.Count()))
                """)),
            stage => StageText.Of(stage, _ => ""));
        int filter = text.IndexOf("keeps rows where", StringComparison.Ordinal);
        Assert.True(filter >= 0 && filter < text.IndexOf("watermark-1 ", StringComparison.Ordinal), text);
        Assert.Contains("groups by UserId and sessions over Time with a gap of Gap", text, StringComparison.Ordinal);
        Assert.Contains("state: a row for each group and session, until the watermark passes the end of the session", text, StringComparison.Ordinal);
    }

    private static Hit At(int minute, string page, int? patience = null) => new("anna", page, patience, Time(minute));

    private static DateTimeOffset Time(int minute) => new DateTimeOffset(2024, 3, 1, 10, 0, 0, TimeSpan.Zero).AddMinutes(minute);

    private static long Micros(int minute) => Time(minute).ToUnixTimeMilliseconds() * 1000;

    private static string Words(Visit visit) =>
        $"{visit.User} {(visit.Start - Time(0)).TotalMinutes}-{(visit.End - Time(0)).TotalMinutes}: {visit.Hits} {string.Join(' ', visit.Pages)}";
}
