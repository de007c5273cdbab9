using Xunit;

public class SalesTests
{
    [Fact]
    public async Task A_window_is_counted_when_it_closes()
    {
        await using var test = SalesByCategory.Test();
        test.Sales.Add(new Sale("toys", test.At("10:01")), new Sale("toys", test.At("10:31")));
        await test.RunUntilIdleAsync();
        test.Output.ExpectNew(new Total("toys", 1));
    }
}
