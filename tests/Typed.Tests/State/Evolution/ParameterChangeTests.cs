using Typed.Operators;
using Typed.Schema;
using Typed.State;
using Typed.Tests.Files;
using Typed.Tests.State.Evolution.Keys;
using Typed.Tests.State.Evolution.Parameters;

namespace Typed.Tests.State.Evolution
{
    /// <summary>State belongs to the parameters that its keys, gaps and conditions were made with; to others of the pipeline it does not.</summary>
    public sealed class ParameterChangeTests : IDisposable
    {
        private readonly Folder _folder = new();
        private readonly MemorySource<Visit> _visits = new();
        private readonly MemorySink<Visit> _rows = new() { SurvivesRestart = true };
        private readonly MemorySink<Sum> _sums = new() { SurvivesRestart = true };

        public static TheoryData<string, string> Kinds => new()
        {
            { "group", "Divisor = 3" },
            { "sum", "Divisor = 3" },
            { "distinct", "Divisor = 3" },
            { "session", "Gap = 00:05:00" },
            { "join", "Divisor = 3" },
            { "range", "Gap = 00:05:00" },
            { "process", "Name = 'a\\u003b b'" },
            { "static", "Typed.Tests.State.Evolution.Parameters.Settings.Divisor = 3" },
        };

        [Theory]
        [MemberData(nameof(Kinds))]
        public async Task Another_value_is_refused_and_the_same_goes_on(string kind, string stored)
        {
            await RunAsync(kind, 3, 5, "a; b");
            await RunAsync(kind, 3, 5, "a; b");
            QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(() => RunAsync(kind, 2, 6, "b"));
            Assert.Equal("state-schema-changed", refused.Rule);
            Assert.Contains($"where what is stored was made with '{stored}'", refused.Message, StringComparison.Ordinal);
        }

        [Fact]
        public async Task A_parameter_of_a_filter_may_change()
        {
            await RunAsync("filter", 3, 5, "a");
            await RunAsync("filter", 2, 6, "b");
        }

        [Fact]
        public void Equal_values_have_one_text_and_others_another()
        {
            DateTimeOffset noon = new(2024, 5, 1, 12, 0, 0, TimeSpan.FromHours(2));
            Assert.Equal(Text(1.0m), Text(1.00m));
            Assert.Equal(Text(noon), Text(noon.ToUniversalTime()));
            Assert.NotEqual(Text("1', B = '2", "3"), Text("1", "2', B = '3"));
            Assert.NotEqual(Text(";"), Text("\\u003b"));
            Assert.NotEqual(Text((object?)null), Text("null"));
            Assert.NotEqual(Text((object)new[] { "a', 'b" }), Text((object)new[] { "a", "b" }));
            Assert.DoesNotContain(';', Text("a;b", new[] { ";" }));
        }

        [Theory]
        [InlineData("key", null)]
        [InlineData("key", "A = 1")]
        [InlineData("'; parameters: ' + name", null)]
        [InlineData("'; parameters: ' + name", "A = 1")]
        public void Words_of_a_schema_are_no_parameters(string schema, string? parameters)
        {
            StateShape shape = new("one", true, "kind", StateShape.WithParameters(schema, parameters), "");
            Assert.Equal(schema, shape.OwnSchema);
            Assert.Equal(parameters, shape.Parameters);
        }

        public void Dispose() => _folder.Dispose();

        private static string Text(params object?[] values)
        {
            using LimitOperator one = new("limit-1", RowSchema.Of<Visit>(), 3);
            return StateParameters.Of(one, [.. values.Select((value, i) => ($"{(char)('A' + i)}", value))]).Parameters!;
        }

        private async Task RunAsync(string kind, int divisor, int minutes, string name)
        {
            _visits.Add(new Visit("u", "i", new DateTimeOffset(2024, 5, 1, 12, 7, 0, TimeSpan.Zero), 3, 5));
            TimeSpan gap = TimeSpan.FromMinutes(minutes);
            Settings.Set(divisor);
            QueryOptions options = new() { Checkpoint = _folder.Checkpoint, Trigger = Trigger.AvailableNow };
            await using StreamingQuery query = await (kind switch
            {
                "group" => Groups.From(_visits, with: new() { Divisor = divisor }).To(_sums).StartAsync(options, TestContext.Current.CancellationToken),
                "sum" => Sums.From(_visits, with: new() { Divisor = divisor }).To(_sums).StartAsync(options, TestContext.Current.CancellationToken),
                "distinct" => Distincts.From(_visits, with: new() { Divisor = divisor }).To(_rows).StartAsync(options, TestContext.Current.CancellationToken),
                "session" => Sessions.From(_visits, with: new() { Gap = gap }).To(_sums).StartAsync(options, TestContext.Current.CancellationToken),
                "join" => Joins.From(_visits, new MemorySource<Visit>(), with: new() { Divisor = divisor }).To(_sums).StartAsync(options, TestContext.Current.CancellationToken),
                "range" => Ranges.From(_visits, new MemorySource<Visit>(), with: new() { Gap = gap }).To(_sums).StartAsync(options, TestContext.Current.CancellationToken),
                "static" => Statics.From(_visits).To(_sums).StartAsync(options, TestContext.Current.CancellationToken),
                "process" => Processes.From(_visits, with: new() { Name = name }).To(_sums).StartAsync(options, TestContext.Current.CancellationToken),
                _ => Filters.From(_visits, with: new() { Divisor = divisor }).To(_sums).StartAsync(options, TestContext.Current.CancellationToken),
            });
            await query.Completion;
        }
    }
}

namespace Typed.Tests.State.Evolution.Parameters
{
    [Pipeline(OutputMode.Update)]
    public sealed partial class Groups
    {
        public int Divisor { get; init; } = 1;

        public Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => v.Value % Divisor).Select(g => new Sum("", g.Key));
    }

    /// <summary>What another build of a project would have as another value of a static readonly field.</summary>
    public static class Settings
    {
        private static int s_divisor;

        public static int Divisor => s_divisor;

        public static void Set(int divisor) => s_divisor = divisor;
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Statics
    {
        public static Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => v.User).Select(g => new Sum(g.Key, g.Sum(v => v.Value * Settings.Divisor)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Sums
    {
        public int Divisor { get; init; } = 1;

        public Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => v.User).Select(g => new Sum(g.Key, g.Sum(v => v.Value % Divisor)));
    }

    [Pipeline(OutputMode.Update)]
    public sealed partial class Filters
    {
        public int Divisor { get; init; } = 1;

        public Stream<Sum> Define(Stream<Visit> visits) => visits.Where(v => v.Value > Divisor).GroupBy(v => v.User).Select(g => new Sum(g.Key, g.Count()));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Distincts
    {
        public int Divisor { get; init; } = 1;

        public Stream<Visit> Define(Stream<Visit> visits) => visits.WithWatermark(v => v.Time, "1 minute").DropDuplicatesWithinWatermark(v => new { Key = v.Value % Divisor });
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Sessions
    {
        public TimeSpan Gap { get; init; }

        public Stream<Sum> Define(Stream<Visit> visits) => visits
            .WithWatermark(v => v.Time, "1 minute")
            .GroupBy(v => v.User, sessionGap: v => Gap)
            .Select(g => new Sum(g.Key, g.Count()));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Joins
    {
        public int Divisor { get; init; } = 1;

        public Stream<Sum> Define(Stream<Visit> visits, Stream<Visit> others) => visits
            .Join(others, on: (v, o) => v.Value % Divisor == o.Value % Divisor, select: (v, o) => new Sum(v.User, o.Value));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Ranges
    {
        public TimeSpan Gap { get; init; }

        public Stream<Sum> Define(Stream<Visit> visits, Stream<Visit> others) => visits
            .Join(others, on: (v, o) => v.User == o.User && o.Time <= v.Time + Gap, select: (v, o) => new Sum(v.User, o.Value));
    }

    [Pipeline(OutputMode.Append)]
    public sealed partial class Processes
    {
        public string Name { get; init; } = "";

        public Stream<Sum> Define(Stream<Visit> visits) => visits.GroupBy(v => v.User + Name).Process(new Totals(), "totals");
    }
}
