using Typed.Connect;

namespace Typed.Tests.Execution;

[StreamRecord]
public readonly partial record struct Opened(int Number);

[Pipeline(OutputMode.Append)]
public sealed partial class OpenedRows
{
    public static Stream<Opened> Define(Stream<Opened> rows) => rows.Where(row => row.Number > 0);
}

/// <summary>What a source or a sink answers when it is opened is a refusal of the start, with a rule and the message.</summary>
public sealed class OpeningTests
{
    [Fact]
    public async Task A_damaged_record_of_a_source()
    {
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(
            () => OpenedRows.From(new Refusing(new InvalidDataException("The file sources/0/1 was cut off."))).To(new MemorySink<Opened>()).StartAsync(new(), TestContext.Current.CancellationToken));
        Assert.Equal("checkpoint-damaged", refused.Rule);
        Assert.Contains("sources/0/1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'rows'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_the_disk_refuses()
    {
        QueryStartException refused = await Assert.ThrowsAsync<QueryStartException>(
            () => OpenedRows.From(new Refusing(new UnauthorizedAccessException("No right to read."))).To(new MemorySink<Opened>()).StartAsync(new(), TestContext.Current.CancellationToken));
        Assert.Equal("cannot-open", refused.Rule);
        Assert.Contains("No right to read.", refused.Message, StringComparison.Ordinal);
    }

    private sealed class Refusing(Exception answer) : ISource<Opened>
    {
        public ISourceReader Open(SourceContext context) => throw answer;
    }
}
