using Typed.Tests.Plan;

namespace Typed.Tests.Rules;

/// <summary>The rules on joins of two streams: a query that breaks each, and the nearest that does not.</summary>
public class StreamJoinRuleTests
{
    private const string Left = "rows.WithWatermark(p => p.Time, \"10 minutes\")";
    private const string Right = "(more.WithWatermark(p => p.Time, \"5 minutes\"), on: (l, r) => l.UserId == r.UserId";
    private const string Unmarked = "(more, on: (l, r) => l.UserId == r.UserId";
    private const string Both = " && r.Time >= l.Time && r.Time <= l.Time + Minutes(10)";
    private const string Select = ", select: (l, r) => new Result(\"\", 1))";
    private const string Semi = ").Select(p => new Result(p.UserId, 1))";
    private const string ForEver = "TYPED2067 Join";

    [Theory]
    // The table "output mode × operator".
    [InlineData(Left + ".Join" + Right + Both + Select, "Append")]
    [InlineData(Left + ".Join" + Right + Both + Select, "Update")]
    [InlineData(Left + ".SemiJoin" + Right + Both + Semi, "Update")]
    [InlineData(Left + ".LeftJoin" + Right + Both + Select, "Update", "TYPED2060 LeftJoin")]
    [InlineData(Left + ".RightJoin" + Right + Both + Select, "Update", "TYPED2060 RightJoin")]
    [InlineData(Left + ".FullJoin" + Right + Both + Select, "Update", "TYPED2060 FullJoin")]
    [InlineData(Left + ".AntiJoin" + Right + Both + Semi, "Update", "TYPED2060 AntiJoin")]
    [InlineData(Left + ".AntiJoin" + Right + Both + Semi, "Append")]
    [InlineData(Left + ".Join" + Right + Both + Select, "Complete", "TYPED2017 OutputMode.Complete", "TYPED2060 Join")]
    public void Output_modes(string body, string mode, params string[] expected) => Check(body, mode, expected);

    [Theory]
    // Semantics 6.1.1.
    [InlineData(Left + ".Join(more.WithWatermark(p => p.Time, \"5 minutes\"), on: (l, r) => r.Time >= l.Time && r.Time <= l.Time + Minutes(10)" + Select, "TYPED2061 (l, r) => r.Time >= l.Time && r.Time <= l.Time + Minutes(10)")]
    [InlineData(Left + ".Join(more.WithWatermark(p => p.Time, \"5 minutes\"), on: (l, r) => l.UserId == \"a\" && r.Time == l.Time" + Select)]
    [InlineData(Left + ".Join(more.WithWatermark(p => p.Time, \"5 minutes\"), on: (l, r) => NullSafe.Equal(l.Note, r.Note)" + Both + Select)]

    // Semantics 2.1.11.
    [InlineData("rows.WithWatermark(p => p.Time, \"1 hour\").Select(p => new { p.UserId, p.Time, Again = p.Time }).Join" + Right + Both + Select, "TYPED2070 Join")]
    [InlineData("rows.WithWatermark(p => p.Time, \"1 hour\").Select(p => new { p.UserId, p.Time, Again = p.Time + Minutes(1) }).Join" + Right + Both + Select)]
    public void What_is_joined_by(string body, params string[] expected) => Check(body, "Append", expected);

    [Theory]
    // Semantics 6.2.7: which direction bounds which side.
    [InlineData(Left + ".LeftJoin" + Right + Select, "TYPED2062 LeftJoin")]
    [InlineData(Left + ".LeftJoin" + Right + " && r.Time >= l.Time" + Select, "TYPED2062 LeftJoin")]
    [InlineData(Left + ".LeftJoin" + Unmarked + Both + Select, "TYPED2062 LeftJoin")]
    [InlineData(Left + ".LeftJoin" + Right + Both + Select)]
    [InlineData(Left + ".LeftJoin" + Right + " && r.Time == l.Time" + Select)]
    [InlineData(Left + ".LeftJoin" + Unmarked + " && r.Time == l.Time" + Select)]
    [InlineData(Left + ".LeftJoin" + Right + " && r.Time >= l.Time && (r.Time - l.Time).TotalMinutes <= 10" + Select)]
    [InlineData(Left + ".LeftJoin" + Right + " && r.Time >= l.Time && (long)(r.Time - l.Time).TotalMinutes <= 10" + Select)]
    [InlineData(Left + ".LeftJoin" + Right + " && (int)(r.Time - l.Time).TotalMinutes <= 10" + Select, "TYPED2062 LeftJoin")]
    [InlineData(Left + ".LeftJoin" + Right + " && (float)(r.Time - l.Time).TotalMinutes <= 10" + Select, "TYPED2062 LeftJoin")]
    [InlineData(Left + ".LeftJoin" + Right + " && (int)(r.Time - l.Time).Duration().TotalMinutes <= 10" + Select, "TYPED2062 LeftJoin")]
    [InlineData(Left + ".LeftJoin" + Right + " && (int)r.Time.ToUnixTimeSeconds() <= (int)l.Time.ToUnixTimeSeconds()" + Select, "TYPED2062 LeftJoin")]
    [InlineData(Left + ".LeftJoin" + Right + " && r.Time >= l.Time && r.Time.ToUnixTimeSeconds() <= l.Time.ToUnixTimeSeconds() + 600" + Select)]
    [InlineData(Left + ".LeftJoin" + Right + " && r.Time >= l.Time && r.Time.ToUnixTimeSeconds() <= l.Time.ToUnixTimeMilliseconds() + 600" + Select, "TYPED2062 LeftJoin")]
    [InlineData(Left + ".RightJoin" + Right + " && r.Time <= l.Time + Minutes(10)" + Select, "TYPED2063 RightJoin")]
    [InlineData(Left + ".RightJoin" + Right + Both + Select)]
    [InlineData(Left + ".FullJoin" + Right + Select, "TYPED2064 FullJoin")]
    [InlineData(Left + ".FullJoin" + Right + Both + Select)]
    [InlineData(Left + ".SemiJoin" + Right + Semi, "TYPED2065 SemiJoin")]
    [InlineData(Left + ".SemiJoin" + Right + Both + Semi)]
    [InlineData(Left + ".AntiJoin" + Right + " && r.Time >= l.Time" + Semi, "TYPED2066 AntiJoin")]
    [InlineData(Left + ".AntiJoin" + Right + Both + Semi)]
    public void Outer_joins_that_would_never_settle(string body, params string[] expected) => Check(body, "Append", expected);

    [Theory]
    // Semantics 6.2.6, 6.2.8, 6.3.2.
    [InlineData("rows.Join" + Unmarked + Select, ForEver)]
    [InlineData(Left + ".Join" + Right + " && r.Time <= l.Time + Minutes(10)" + Select, ForEver)]
    [InlineData(Left + ".LeftJoin" + Right + " && r.Time <= l.Time + Minutes(10)" + Select, "TYPED2067 LeftJoin")]
    [InlineData(Left + ".Join" + Right + Both + Select)]
    [InlineData("rows.LeftJoin" + Right + Both + Select, "TYPED2068 LeftJoin", "TYPED2067 LeftJoin")]
    [InlineData("rows.LeftJoin" + Right + " && r.Time == l.Time" + Select)]
    [InlineData(Left + ".FullJoin" + Right + " && r.Time <= l.Time + Minutes(10)" + Select, "TYPED2069 FullJoin")]
    [InlineData(Left + ".FullJoin" + Right + " && r.Time > l.Time - Minutes(10) && l.Time > r.Time - Minutes(1)" + Select)]

    // Semantics 6.2.4.
    [InlineData(Left + ".Join" + Right + Both + " && r.Time <= l.Other + Minutes(1)" + Select, "TYPED2071 (l, r) => l.UserId == r.UserId" + Both + " && r.Time <= l.Other + Minutes(1)")]
    [InlineData(Left + ".Join" + Right + Both + " && r.Other <= l.Time + Minutes(1)" + Select)]
    [InlineData(Left + ".Join" + Right + Both + " && r.Time <= l.Time.AddMonths(1)" + Select, "TYPED2072 (l, r) => l.UserId == r.UserId" + Both + " && r.Time <= l.Time.AddMonths(1)")]
    [InlineData(Left + ".Join" + Right + Both + " && r.Time <= l.Time.AddDays(30)" + Select)]

    // Semantics 6.2.9.
    [InlineData(Left + ".LeftJoin" + Right + Both + " && l.Quantity > 10" + Select, "TYPED2073 (l, r) => l.UserId == r.UserId" + Both + " && l.Quantity > 10")]
    [InlineData(Left + ".LeftJoin" + Right + Both + " && l.Quantity < 10" + Select)]
    [InlineData(Left + ".LeftJoin" + Right + Both + " && r.Quantity > 10" + Select)]
    [InlineData(Left + ".LeftJoin" + Right + Both + " && r.Time == l.Time && l.Quantity > 10" + Select)]
    [InlineData(Left + ".AntiJoin" + Right + Both + " && l.Quantity > 10" + Semi)]
    [InlineData(Left + ".Join" + Right + Both + " && l.Quantity > 10" + Select)]
    public void State_that_stays(string body, params string[] expected) => Check(body, "Append", expected);

    private static void Check(string body, string mode, string[] expected) => Assert.Equal(expected, PlanReading.Found(body, mode: mode));
}
