using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit.v3;

[assembly: Typed.Tests.House.EveryRowIsAccountedFor]

namespace Typed.Tests.House;

/// <summary>
/// Keeps an account of the rows of every query that any test starts, over its batches and restarts. If one does not balance, the test that ends
/// next fails and says which query it was: several tests run at once, and what a query did is told a little later.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class EveryRowIsAccountedForAttribute : BeforeAfterTestAttribute
{
    private static readonly ConcurrentDictionary<Guid, RowAccount> Accounts = [];
    private static readonly ConcurrentQueue<string> Wrong = [];

    [ModuleInitializer]
    internal static void Listen() => StreamingQueries.Listen(new() { OnProgress = Add });

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (Wrong.TryDequeue(out string? wrong))
            Assert.Fail(wrong);
    }

    private static void Add(StreamingQueryProgress progress)
    {
        foreach (string wrong in Accounts.GetOrAdd(progress.Id, _ => new RowAccount()).Add(progress))
            Wrong.Enqueue($"A query under test, '{progress.Name}': {wrong}");
    }
}
