using Typed.Testing;

namespace Typed.Tests.Harness;

/// <summary>What a wrong expectation shows.</summary>
public sealed class RowDifferenceTests
{
    [Fact]
    public async Task What_is_nearly_right_stands_below_what_was_wanted()
    {
        await using var test = Bills.Test();
        test.Orders.Add(new Order("tea", 5m, test.At("10:01")), new Order("", 7m, test.At("10:02")), new Order("rum", 1m, test.At("10:02")));
        await test.AdvanceWatermarkAsync(test.At("10:05"));
        RowMismatchException mismatch = Assert.Throws<RowMismatchException>(() => test.Output.ExpectNew(
            new Bill(test.At("10:00"), "rum", 1, 1m), new Bill(test.At("10:00"), "tea", 1, 6m), new Bill(test.At("11:00"), "nut", 3, 9m)));
        Assert.Equal(
            """
            Output.New has 3 rows where 3 were expected; 1 is as expected.
                 Start                 Item  Orders  Sum
              -  2025-01-01T10:00:00Z  tea   1       6    expected, missing
              +  2025-01-01T10:00:00Z  tea   1       5    too many; differs in Sum
              -  2025-01-01T11:00:00Z  nut   3       9    expected, missing
              +  2025-01-01T10:00:00Z  ""    1       7    too many

            """,
            mismatch.Message);
    }

    [Fact]
    public async Task Rows_are_counted_as_often_as_they_come_and_in_any_order()
    {
        await using var test = AllTagged.Test();
        Tagged tea = new("tea", 5m, null);
        Tagged rum = new("rum", 6m, []);
        test.Items.Add(tea, rum, tea);
        await test.RunUntilIdleAsync();
        test.Output.ExpectNew(tea, tea, rum);
        Assert.StartsWith("Output.New has 3 rows where 2 were expected; 2 are as expected.", Assert.Throws<RowMismatchException>(() => test.Output.ExpectNew(rum, tea)).Message);
        Assert.StartsWith("Output.All has 3 rows where 1 was expected; 0 are as expected.", Assert.Throws<RowMismatchException>(() => test.Output.ExpectAll(tea with { Item = "nut" })).Message);
    }

    // Lists are equal by what they hold, decimals by what a column keeps of them.
    [Fact]
    public async Task Rows_are_compared_by_what_their_columns_hold()
    {
        await using var test = AllTagged.Test();
        test.Items.Add(new Tagged("tea", 5.00m, ["hot"]), new Tagged("", 1m, null));
        await test.RunUntilIdleAsync();
        Tagged empty = new("", 1m, null);
        test.Output.ExpectNew(new Tagged("tea", 5m, ["hot"]), empty);
        Assert.Contains("differs in Tags", Assert.Throws<RowMismatchException>(() => test.Output.ExpectNew(new Tagged("tea", 5m, ["hot", "hot"]), empty)).Message);
        Assert.Contains("differs in Tags", Assert.Throws<RowMismatchException>(() => test.Output.ExpectNew(new Tagged("tea", 5m, ["hot"]), empty with { Tags = [] })).Message);
    }

    [Fact]
    public async Task Of_many_rows_the_first_are_shown()
    {
        await using var test = AllTagged.Test();
        test.Items.Add(Enumerable.Range(0, 50).Select(number => new Tagged($"item {number}", 5m, null)));
        await test.RunUntilIdleAsync();
        string message = Assert.Throws<RowMismatchException>(() => test.Output.ExpectNew()).Message;
        Assert.Equal(23, message.TrimEnd().Split('\n').Length);
        Assert.EndsWith("… and 30 more\n", message);
    }
}
