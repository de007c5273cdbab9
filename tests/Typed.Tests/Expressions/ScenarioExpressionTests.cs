using Typed.Tests.Compilation;

namespace Typed.Tests.Expressions;

/// <summary>The expressions of the scenarios, as pipelines: they are accepted, and what is generated compiles.</summary>
public sealed class ScenarioExpressionTests
{
    private const string Records = """
        #nullable enable
        using Typed; using System.Text.RegularExpressions; using static Typed.Durations;
        [StreamRecord] public readonly partial record struct Location(string? Country, string? City);
        [StreamRecord] public readonly partial record struct User(string Id, Location? Location);
        [StreamRecord] public readonly partial record struct Event(string EventId, string? UserId, string Email, string? Phone, [Precision(10, 2)] decimal? Amount, string File, User? User, List<string> Tags, DateTimeOffset Time);
        [StreamRecord] public readonly partial record struct Customer(string Id, string Segment, int? Tier);
        [StreamRecord] public readonly partial record struct Flat(string? Country, int Hour, bool Weekend, string? Class);
        [StreamRecord] public readonly partial record struct Stamped(string EventId, string File, DateTimeOffset Seen, DateOnly On, DateOnly Day);
        [StreamRecord] public readonly partial record struct Enriched(string EventId, string? Segment, int? Tier, bool Known);
        public static class Patterns { [GeneratedRegex("[^0-9]")] public static Regex NonDigits() => s_digits; [GeneratedRegex("@")] public static Regex Mail() => s_mail; static readonly Regex s_digits = new("[^0-9]"), s_mail = new("@"); }

        """;

    [Theory]
    [InlineData("Event", "", "events.Select(e => e with { Email = e.Email.Trim().ToLowerInvariant(), Phone = Patterns.NonDigits().Replace(e.Phone!, \"\") }).Where(e => e.Amount > 0 && Patterns.Mail().IsMatch(e.Email))")]
    [InlineData("Flat", "", "events.Select(e => new Flat(e.User?.Location?.Country, e.Time.Hour, e.Time.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday, e.Amount switch { null => null, < 10 => \"small\", < 100 => \"medium\", < 1000 => \"large\", _ => \"extra_large\" }))")]
    [InlineData("Stamped", "", "events.Where(e => e.Time <= Batch.Now).Select(e => new Stamped(e.EventId, e.File, Batch.Now, Batch.Today, DateOnly.FromDateTime(e.Time.UtcDateTime)))")]
    [InlineData("Enriched", ", Table<Customer> customers", "events.LeftJoin(customers, on: (e, c) => e.UserId == c.Id, select: (e, c) => new Enriched(e.EventId, c?.Segment, c?.Tier, c is not null))")]
    [InlineData("Enriched", ", Table<Customer> customers", "events.Join(customers, on: (e, c) => e.UserId == c.Id && c.Tier > 1, select: (e, c) => new Enriched(e.EventId, c.Segment + \"!\", c.Tier ?? 0, c.Segment.StartsWith('A')))")]
    [InlineData("Flat", "", "events.Select(e => { var place = e.User?.Location; var city = place?.City ?? \"?\"; return new { City = city.ToUpperInvariant(), e.Time, Big = e.Amount is > 100 }; }).Where(x => x.City != \"?\").Select(x => new Flat(x.City, x.Time.Minute, x.Big, null))")]
    [InlineData("Flat", "", "events.Where(e => e.Amount >= Query.Least && e.Tags.Any(t => t.Contains(\"x\"))).SelectMany(e => e.Tags, (e, tag) => new Flat(tag.Trim(), e.Time.Hour + 1, tag.Length > 2, $\"{e.EventId}-{tag}\"))")]
    public void Compile(string output, string tables, string query)
    {
        using CompiledSource compiled = CompiledSource.Compile(
            Records + $"[Pipeline(OutputMode.Append)] public sealed partial class Query {{ public const decimal Least = 5; public static Stream<{output}> Define(Stream<Event> events{tables}) => {query}; }}");
        Assert.True(!compiled.Errors.Any(), string.Join("\n", compiled.Errors) + string.Concat(compiled.GeneratedSources.Where(source => source.Key.Contains("Query", StringComparison.Ordinal)).Select(source => source.Value)));
        Assert.Contains(compiled.GeneratedSources, source => source.Key.Contains("Query", StringComparison.Ordinal));
    }
}
