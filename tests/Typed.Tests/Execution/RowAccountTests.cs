namespace Typed.Tests.Execution;

public sealed class RowAccountTests
{
    private static readonly OperatorRows Source = new() { Name = "source", In = 10, Out = 10 };

    private static readonly OperatorRows Windows = new()
    {
        Name = "windows", Inputs = ["source"], Grouping = true, In = 10, Out = 1, Filtered = 1, Late = 2, Grouped = 7, Closed = 3, Held = 4,
    };

    [Fact]
    public void Windows_over_batches_and_a_gap()
    {
        RowAccount account = new();
        Assert.Empty(account.Add(Batch(0, 10, 1, Source, Windows)));
        Assert.Equal("10 in = 1 out + 1 filtered + 2 late + 2 combined into others + 4 held", account.ToString());
        Assert.Empty(account.Add(Batch(1, 10, 1, Source, Windows with { Held = 8 })));
        Assert.Equal((20, 2, 2, 4, 8), (account.In, account.Out, account.Filtered, account.Late, account.Held));

        // The process died after the commit of batch 2, in which 5 rows came.
        Assert.Empty(account.Add(Batch(3, 10, 1, Source, Windows with { Held = 17 })));
        Assert.Equal((5, 17), (account.HeldAtFirst, account.Held));
    }

    [Fact]
    public void A_batch_that_comes_again_counts_once_and_one_that_failed_not_at_all()
    {
        RowAccount account = new();
        account.Add(Batch(0, 10, 1, Source, Windows));
        Assert.Empty(account.Add(Batch(1, 10, 1, Source, Windows with { Held = 8 }) with { Failed = true }));
        Assert.Equal(10, account.In);
        Assert.Empty(account.Add(Batch(0, 10, 1, Source, Windows)));
        Assert.Equal("10 in = 1 out + 1 filtered + 2 late + 2 combined into others + 4 held", account.ToString());
    }

    [Fact]
    public void Two_readers_and_malformed_records()
    {
        OperatorRows twice = new() { Name = "union", Inputs = ["source", "flatten"], In = 22, Out = 22 };
        OperatorRows lists = new() { Name = "flatten", Inputs = ["source"], In = 10, Out = 12, FannedOut = 3, Duplicates = 1 };
        RowAccount account = new();
        Assert.Empty(account.Add(Batch(0, 10, 22, Source, lists, twice) with { MalformedRecords = 5 }));
        Assert.Equal("15 in + 13 fanned out = 22 out + 1 duplicates + 5 malformed", account.ToString());
    }

    [Theory]
    [InlineData("lost in the operator", "rows of windows are in no account")]
    [InlineData("lost between operators", "windows had 10 rows, but source gave 9")]
    [InlineData("held elsewhere", "windows held 4 rows after the batch before, but goes on with 5")]
    [InlineData("held but gone", "windows held 4 rows after the batch before, but goes on with 3")]
    [InlineData("below zero", "a count below zero")]
    [InlineData("lost at the sink", "1 rows of the query are in no account")]
    public void What_does_not_balance_is_said(string fault, string said)
    {
        StreamingQueryProgress second = fault switch
        {
            "lost in the operator" => Batch(1, 10, 1, Source, Windows with { Held = 8, Late = 1 }),
            "lost between operators" => Batch(1, 10, 1, Source with { Out = 9, Filtered = 1 }, Windows with { Held = 8 }),
            "held elsewhere" => Batch(1, 10, 1, Source, Windows with { Held = 9 }),
            "held but gone" => Batch(1, 10, 1, Source, Windows with { Held = 7 }),
            "below zero" => Batch(1, 10, 1, Source, Windows with { Held = 8, Late = -1, Filtered = 4 }),
            _ => Batch(1, 10, 0, Source, Windows with { Held = 8 }),
        };
        RowAccount account = new();
        Assert.Empty(account.Add(Batch(0, 10, 1, Source, Windows)));
        Assert.Contains(account.Add(second), wrong => wrong.Contains(said, StringComparison.Ordinal));
    }

    private static StreamingQueryProgress Batch(long batch, long rows, long output, params OperatorRows[] operators) => new()
    {
        Id = Guid.Empty,
        RunId = Guid.Empty,
        Name = "account",
        Timestamp = DateTimeOffset.UnixEpoch,
        BatchId = batch,
        InputRows = rows,
        Sinks = [new SinkProgress("memory", output) { Operator = operators[^1].Name }],
        Operators = operators,
    };
}
