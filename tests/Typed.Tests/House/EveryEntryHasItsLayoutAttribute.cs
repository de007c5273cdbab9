using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using Typed.Execution;
using Typed.Operators;
using Typed.State;
using Xunit.v3;

[assembly: Typed.Tests.House.EveryEntryHasItsLayout]

namespace Typed.Tests.House;

/// <summary>
/// Reads every entry that any query under test stores by the layout of its operator. If one is something else, the test that ends next fails and says
/// which operator it was: several tests run at once.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class EveryEntryHasItsLayoutAttribute : BeforeAfterTestAttribute
{
    private static readonly ConcurrentQueue<string> Wrong = [];

    [ModuleInitializer]
    internal static void Listen() => GraphRunner.Captured = Check;

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (Wrong.TryDequeue(out string? wrong))
            Assert.Fail(wrong);
    }

    private static void Check(StatefulOperator from, StateChanges changes)
    {
        try
        {
            StateLayout.Check(from, changes);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or InvalidOperationException)
        {
            Wrong.Enqueue($"What {from.Name} stores is not of its layout '{from.Layout}': {e.Message}.");
        }
    }
}
