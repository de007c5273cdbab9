using Typed.Tests.Plan;

namespace Typed.Tests.Rules;

/// <summary>Rules on expectations (semantics 18.2).</summary>
public class ExpectRuleTests
{
    private const string Result = ".Select(p => new Result(p.UserId, 1))";

    [Theory]
    [InlineData("rows.Expect(\"a\", p => p.Quantity > 0).Expect(\"a\", p => p.Quantity < 9)" + Result, "TYPED6030 \"a\"")]
    [InlineData("rows.Expect(\"a\", p => p.Quantity > 0).Where(p => p.UserId != \"\").ExpectAll(OnViolation.Drop, (\"b\", p => p.Quantity < 9), (\"a\", p => p.Quantity < 8))" + Result, "TYPED6030 \"a\"")]
    [InlineData("rows.Expect(\"a\", p => p.Quantity > 0).Expect(\"b\", p => p.Quantity < 9, OnViolation.Fail)" + Result)]
    [InlineData("rows.ExpectAll(OnViolation.Drop)" + Result, "TYPED6031 ExpectAll")]
    [InlineData("rows.ExpectAll(OnViolation.Drop, (\"b\", p => p.Quantity < 9))" + Result)]
    public void Each_rule_points_at_its_cause_and_at_nothing_else(string body, params string[] expected) =>
        Assert.Equal(expected, PlanReading.Found(body));

    [Fact]
    public void One_operator_judges_at_most_64()
    {
        string many = string.Concat(Enumerable.Range(0, 64).Select(i => $".Expect(\"e{i}\", p => p.Quantity > {i})"));
        Assert.Equal([], PlanReading.Found("rows" + many + Result));
        Assert.Equal(["TYPED6032 Expect"], PlanReading.Found("rows" + many + ".Expect(\"one more\", p => p.Quantity > 0)" + Result));
    }
}
