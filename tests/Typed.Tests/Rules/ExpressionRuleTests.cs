using Typed.Tests.Plan;

namespace Typed.Tests.Rules;

/// <summary>What a lambda may not hold, each at its own place.</summary>
public class ExpressionRuleTests
{
    [Theory]
    [InlineData("rows.Select(p => new Result(p.Note ?? throw new Exception(), 1))", "", "TYPED3050 throw new Exception()")]
    [InlineData("rows.Select(p => new Result(Convert.ToHexString(new byte[] { 1 }), 1))", "", "TYPED3051 Convert.ToHexString(new byte[] { 1 })")]
    [InlineData("rows.Select(p => new Result(HashOf(p.UserId), 1))", "private static string HashOf(string text) => text + \"!\";", "TYPED3055 HashOf(p.UserId)")]
    [InlineData("rows.Select(p => new Result(p.UserId, Twice(p.Quantity)))", "private static int Twice(int number) => 2 * number;")]
    [InlineData("rows.Select(p => new Result(new Uri(p.UserId).Host, 1))", "", "TYPED3052 new Uri(p.UserId)")]
    [InlineData("rows.Where(p => p.UserId.StartsWith(\"A\", StringComparison.CurrentCulture)).Select(p => new Result(p.UserId, 1))", "", "TYPED3053 StringComparison.CurrentCulture")]
    [InlineData("rows.Where(p => p.UserId.StartsWith(\"A\")).Select(p => new Result(p.UserId, 1))", "", "TYPED3054 p.UserId.StartsWith(\"A\")")]
    [InlineData("rows.Where(p => p.UserId.StartsWith(\"A\", StringComparison.Ordinal)).Select(p => new Result(p.UserId, 1))", "")]
    [InlineData("rows.Where(p => p.Time < DateTimeOffset.UtcNow).Select(p => new Result(p.UserId, 1))", "", "TYPED4001 DateTimeOffset.UtcNow")]
    [InlineData("rows.Where(p => p.Time < Batch.Now).Select(p => new Result(p.UserId, 1))", "")]
    [InlineData("{ int least = rows.GetHashCode(); return rows.Where(p => p.Quantity > least).Select(p => new Result(p.UserId, 1)); }", "", "TYPED4010 least")]
    [InlineData("rows.Where(p => p.Quantity > Least).Select(p => new Result(p.UserId, 1))", "private static int Least = 3;", "TYPED4011 Least")]
    [InlineData("rows.Where(p => p.Quantity > Least).Select(p => new Result(p.UserId, 1))", "private const int Least = 3;")]
    public void Each_rule_fires_and_its_neighbour_does_not(string body, string members, params string[] expected) =>
        Assert.Equal(expected, PlanReading.Found(body, members: members));
}
