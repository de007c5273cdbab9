using Typed.Tests.Files;
using Typed.Tests.State.Evolution.Keys;

namespace Typed.Tests.State.Evolution;

/// <summary>State belongs to the key it was made with, and to what was aggregated: another one of the same type is refused, the same one written in another way goes on.</summary>
public sealed class KeyChangeTests : IDisposable
{
    private static readonly Visit s_visit = new("u", "i", new DateTimeOffset(2024, 5, 1, 12, 7, 0, TimeSpan.Zero), 3, 5);
    private readonly Folder _folder = new();
    private readonly MemorySource<Visit> _visits = new();
    private readonly MemorySink<Sum> _sums = new() { SurvivesRestart = true };
    private readonly MemorySink<Visit> _rows = new() { SurvivesRestart = true };

    private delegate Task<StreamingQuery> Start(QueryOptions options, CancellationToken cancellation);

    [Theory]
    [InlineData("Groups", "has the keys 'Id string', where 'User string' is stored")]
    [InlineData("Hours", "has the keys 'User string, Typed.TimeWindow.Of(Time, 10 minutes, 0 seconds) window', where 'User string, Typed.TimeWindow.Of(Time, 5 minutes, 0 seconds) window' is stored")]
    [InlineData("Computed", "has the keys 'Value % 11 int32', where 'Value % 10 int32' is stored")]
    [InlineData("Windows", "has the keys 'Id string', where 'User string' is stored")]
    [InlineData("Sessions", "has the keys 'Id string', where 'User string' is stored")]
    [InlineData("Processed", "has the key 'Id string', where 'User string' is stored")]
    [InlineData("Tops", "has the keys 'User string, Typed.TimeWindow.Of(Time, 30 minutes, 0 seconds) window', where 'User string, Typed.TimeWindow.Of(Time, 15 minutes, 0 seconds) window' is stored")]
    [InlineData("Lasts", "has the keys 'Id string', where 'User string' is stored")]
    [InlineData("Joined", "has the join 'Inner join on Value == right.Value - 5 and")]
    [InlineData("Both", "has the keys 'Id string', where 'User string' is stored")]
    [InlineData("Summed", "has the state 'Sum(Size) long', where 'Sum(Value) long' is stored")]
    [InlineData("Counted", "has the state 'True(Value > 1) long', where 'True(Value > 2) long' is stored")]
    [InlineData("Greatest", "has the state 'MaxBy(Value int32 by Time timestamp) ExtremeCell<long, WholeValue>")]
    [InlineData("Largest", "has the state 'MaxBy(Size int64 by Value int64) ExtremeCell<long, WholeValue>")]
    public async Task Another_key_or_aggregate_of_the_same_type_is_refused(string pipeline, string says)
    {
        await RunAsync(First(pipeline));
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => RunAsync(Other(pipeline)));
        Assert.Equal("state-schema-changed", refused.Rule);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        await RunAsync(First(pipeline));
    }

    [Theory]
    [InlineData("Groups")]
    [InlineData("Hours")]
    [InlineData("Computed")]
    [InlineData("Processed")]
    public async Task The_same_key_goes_on_however_it_is_written(string pipeline)
    {
        await RunAsync(First(pipeline));
        await RunAsync(Same(pipeline));
        Assert.Equal([3, 6], _sums.Rows.Select(sum => sum.Total));
    }

    [Theory]
    [InlineData("Summed", 3, 6)]
    [InlineData("Counted", 1, 2)]
    [InlineData("Largest", 5, 5)]
    [InlineData("Greatest", 3, 3)]
    public async Task The_same_aggregate_goes_on_however_it_is_written(string pipeline, long first, long second)
    {
        await RunAsync(First(pipeline));
        await RunAsync(Same(pipeline));
        Assert.Equal([first, second], _sums.Rows.Select(sum => sum.Total));
    }

    [Fact]
    public async Task The_first_rows_of_the_same_groups_go_on()
    {
        await RunAsync(First("Tops"));
        await RunAsync(Same("Tops"));
        Assert.NotEmpty(_rows.Rows);
    }

    [Fact]
    public async Task A_join_goes_on_when_the_bounds_of_its_condition_change_places()
    {
        await RunAsync(First("Joined"));
        await RunAsync(Same("Joined"));
        await Assert.ThrowsAsync<QueryStartException>(() => RunAsync(Other("Joined")));
    }

    public void Dispose() => _folder.Dispose();

    private Start First(string pipeline) => pipeline switch
    {
        "Joined" => Keys.First.Joined.From(_visits).To(_sums).StartAsync,
        "Summed" => Keys.First.Summed.From(_visits).To(_sums).StartAsync,
        "Counted" => Keys.First.Counted.From(_visits).To(_sums).StartAsync,
        "Largest" => Keys.First.Largest.From(_visits).To(_sums).StartAsync,
        "Greatest" => Keys.First.Greatest.From(_visits).To(_sums).StartAsync,
        "Groups" => Keys.First.Groups.From(_visits).To(_sums).StartAsync,
        "Hours" => Keys.First.Hours.From(_visits).To(_sums).StartAsync,
        "Computed" => Keys.First.Computed.From(_visits).To(_sums).StartAsync,
        "Windows" => Keys.First.Windows.From(_visits).To(_sums).StartAsync,
        "Sessions" => Keys.First.Sessions.From(_visits).To(_sums).StartAsync,
        "Processed" => Keys.First.Processed.From(_visits).To(_sums).StartAsync,
        "Tops" => Keys.First.Tops.From(_visits).To(_rows).StartAsync,
        "Lasts" => Keys.First.Lasts.From(_visits).To(_rows).StartAsync,
        _ => Keys.First.Both.From(_visits).To(users: _sums, ids: new MemorySink<Sum> { SurvivesRestart = true }).StartAsync,
    };

    private Start Other(string pipeline) => pipeline switch
    {
        "Joined" => Keys.Other.Joined.From(_visits).To(_sums).StartAsync,
        "Summed" => Keys.Other.Summed.From(_visits).To(_sums).StartAsync,
        "Counted" => Keys.Other.Counted.From(_visits).To(_sums).StartAsync,
        "Largest" => Keys.Other.Largest.From(_visits).To(_sums).StartAsync,
        "Greatest" => Keys.Other.Greatest.From(_visits).To(_sums).StartAsync,
        "Groups" => Keys.Other.Groups.From(_visits).To(_sums).StartAsync,
        "Hours" => Keys.Other.Hours.From(_visits).To(_sums).StartAsync,
        "Computed" => Keys.Other.Computed.From(_visits).To(_sums).StartAsync,
        "Windows" => Keys.Other.Windows.From(_visits).To(_sums).StartAsync,
        "Sessions" => Keys.Other.Sessions.From(_visits).To(_sums).StartAsync,
        "Processed" => Keys.Other.Processed.From(_visits).To(_sums).StartAsync,
        "Tops" => Keys.Other.Tops.From(_visits).To(_rows).StartAsync,
        "Lasts" => Keys.Other.Lasts.From(_visits).To(_rows).StartAsync,
        _ => Keys.Other.Both.From(_visits).To(users: _sums, ids: new MemorySink<Sum> { SurvivesRestart = true }).StartAsync,
    };

    private Start Same(string pipeline) => pipeline switch
    {
        "Joined" => Keys.Same.Joined.From(_visits).To(_sums).StartAsync,
        "Summed" => Keys.Same.Summed.From(_visits).To(_sums).StartAsync,
        "Counted" => Keys.Same.Counted.From(_visits).To(_sums).StartAsync,
        "Largest" => Keys.Same.Largest.From(_visits).To(_sums).StartAsync,
        "Greatest" => Keys.Same.Greatest.From(_visits).To(_sums).StartAsync,
        "Groups" => Keys.Same.Groups.From(_visits).To(_sums).StartAsync,
        "Hours" => Keys.Same.Hours.From(_visits).To(_sums).StartAsync,
        "Computed" => Keys.Same.Computed.From(_visits).To(_sums).StartAsync,
        "Processed" => Keys.Same.Processed.From(_visits).To(_sums).StartAsync,
        _ => Keys.Same.Tops.From(_visits).To(_rows).StartAsync,
    };

    private async Task RunAsync(Start start)
    {
        _visits.Add(s_visit);
        QueryOptions options = new() { Checkpoint = _folder.Checkpoint, Trigger = Trigger.AvailableNow };
        await using StreamingQuery query = await start(options, TestContext.Current.CancellationToken);
        await query.Completion;
    }
}
