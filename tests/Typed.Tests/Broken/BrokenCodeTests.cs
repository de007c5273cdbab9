using System.Globalization;

namespace Typed.Tests.Broken;

/// <summary>
/// Code that is being typed is broken most of the time: nothing of ours fails over it. The samples are cut and changed at each of their tokens. Each run tries a part of
/// that, always the same one; TYPED_BROKEN in the environment makes it larger (see docs/contributing/broken-code.md).
/// </summary>
public class BrokenCodeTests
{
    // Prime, so that what is tried goes through everything that can be done to a token.
    private const int Usual = 599;

    public static TheoryData<string> Samples => ["ClickAttribution", "DelayStorms", "DelayStorms.Tests", "FirstResult", "LateData", "LoginWatch", "Quakes", "UserSessions"];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Nothing_fails_over_a_sample_that_is_being_typed(string name)
    {
        using BrokenSample sample = new(name);
        Assert.Empty(await sample.ErrorsAsync());
        int every = Environment.GetEnvironmentVariable("TYPED_BROKEN") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : Usual;
        Mutation[] tried = [.. sample.Mutations().Where((_, number) => number % every == every / 2)];
        List<string> faults = [];
        foreach (Mutation mutation in tried)
            faults.AddRange(await sample.TryAsync(mutation));
        Assert.True(faults.Count == 0, string.Create(CultureInfo.InvariantCulture, $"{faults.Count} faults of {tried.Length}:\n{string.Join("\n\n", faults.Take(50))}"));
    }

    /// <summary>A test that finds nothing has to be able to find something.</summary>
    [Fact]
    public void Everything_is_done_to_every_token()
    {
        using BrokenSample sample = new("Quakes");
        string[] names = [.. sample.Mutations().Select(mutation => mutation.Name)];
        Assert.True(names.Length > 2000, $"{names.Length} changes");
        foreach (string what in (string[])[" cut before ", " without ", " twice ", " for ", " line cut before ", " swapped ", " lambda cut before ", " lambda from ", " call cut before "])
            Assert.Contains(names, name => name.Contains(what, StringComparison.Ordinal));
    }
}
