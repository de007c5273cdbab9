using System.Reflection;

namespace Typed.Tests.House;

/// <summary>
/// The public surface is committed beside each assembly, so that a change of it is seen in review. With TYPED_REWRITE=1 in the
/// environment the test writes the file instead.
/// </summary>
public sealed class PublicApiTests
{
    [Theory]
    [InlineData("Typed")]
    [InlineData("Typed.Faster")]
    [InlineData("Typed.Files")]
    [InlineData("Typed.Testing")]
    public void Is_as_committed(string assembly)
    {
        string path = Checkout.At("src", assembly, "PublicAPI.txt");
        string now = PublicApi.Of(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable("TYPED_REWRITE") == "1")
            File.WriteAllText(path, now);
        string[] committed = File.Exists(path) ? File.ReadAllLines(path) : [];
        string[] present = now.TrimEnd('\n').Split('\n');
        string added = string.Join('\n', present.Except(committed).Select(line => "+ " + line));
        string removed = string.Join('\n', committed.Except(present).Select(line => "- " + line));
        Assert.True(
            added.Length + removed.Length == 0,
            $"The public API of {assembly} is not what {path} says. If the change is meant, run the tests with TYPED_REWRITE=1 and commit the file.\n{removed}\n{added}");
    }
}
