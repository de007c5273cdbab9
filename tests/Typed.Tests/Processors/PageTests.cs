using System.Text.RegularExpressions;
using Typed.Testing;
using Typed.Tests.Files;
using Typed.Tests.House;
using Typed.Tests.Processors.Page;

namespace Typed.Tests.Processors;

/// <summary>The page about custom state says what its examples do.</summary>
public sealed partial class PageTests
{
    private static readonly DateTimeOffset Ten = new(2024, 3, 1, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_examples_of_the_page_are_those_of_these_tests()
    {
        string page = File.ReadAllText(Checkout.At("docs", "operators", "custom-state.md"));
        string tested = File.ReadAllText(Checkout.At("tests", "Typed.Tests", "Processors", "PageExample.cs"));
        string[] examples = [.. CodeBlock().Matches(page).Select(block => block.Groups[1].Value).Where(code => code.Contains("[Pipeline", StringComparison.Ordinal))];
        Assert.Equal(2, examples.Length);
        Assert.All(examples, code => Assert.Contains(code.Trim(), tested, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_large_charge_within_a_minute_of_a_small_one_is_an_alert_also_after_a_restart()
    {
        using Folder folder = new();
        MemorySource<Charge> source = new();
        MemorySink<Alert> sink = new() { SurvivesRestart = true };
        source.Add(new Charge("a", 0.50m, Ten), new Charge("b", 0.50m, Ten));
        await Run(source, sink, folder.Checkpoint);
        Assert.Empty(sink.Rows);

        // Within a minute; of another card a second too late; without a small one before.
        source.Add(new Charge("a", 600, Ten.AddSeconds(40)), new Charge("b", 600, Ten.AddSeconds(61)), new Charge("c", 600, Ten.AddSeconds(40)));
        await Run(source, sink, folder.Checkpoint);
        Assert.Equal([new Alert("a", 0.50m, 600, Ten.AddSeconds(40))], sink.Rows);

        // The watermark reaches the timers.
        source.Add(new Charge("d", 5, Ten.AddSeconds(70)));
        StreamingQuery query = await Run(source, sink, folder.Checkpoint);
        Assert.Equal(0, query.LastProgress!.StateOperators[0].RowsTotal);
    }

    [Fact]
    public async Task A_user_is_forgotten_after_ten_quiet_minutes()
    {
        VirtualClock time = new(Ten);
        MemorySource<Login> source = new();
        MemorySink<Seen> sink = new();
        await using StreamingQuery query = await UserActivity.From(source).To(sink).StartAsync(
            new() { TimeProvider = time, Stepped = true }, TestContext.Current.CancellationToken);
        source.Add(new Login("u1", Ten), new Login("u1", Ten), new Login("u1", Ten));
        await query.Loop.StepAsync();
        time.Advance(TimeSpan.FromMinutes(9));
        source.Add(new Login("u1", Ten), new Login("u1", Ten));
        await query.Loop.StepAsync();
        time.Advance(TimeSpan.FromMinutes(10));
        await query.Loop.StepAsync();
        Assert.Equal([new Seen("u1", 3, false), new Seen("u1", 5, false)], sink.Rows);
        time.Advance(TimeSpan.FromMilliseconds(1));
        StreamingQueryProgress? last = await query.Loop.StepAsync();
        Assert.Equal(new Seen("u1", 5, true), sink.Rows[^1]);
        Assert.Equal(0, last!.StateOperators[0].RowsTotal);
    }

    private static async Task<StreamingQuery> Run(MemorySource<Charge> source, MemorySink<Alert> sink, string checkpoint)
    {
        await using StreamingQuery query = await CardWatch.From(source).To(sink)
            .StartAsync(new() { Checkpoint = checkpoint, Trigger = Trigger.AvailableNow }, TestContext.Current.CancellationToken);
        await query.Completion;
        return query;
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
