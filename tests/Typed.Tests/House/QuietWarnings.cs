using System.Runtime.CompilerServices;

namespace Typed.Tests.House;

/// <summary>Takes the warnings of the queries under test, which would otherwise fill the standard error.</summary>
internal static class QuietWarnings
{
    [ModuleInitializer]
    internal static void Listen() => StreamingQueries.Listen(new() { OnWarning = _ => { } });
}
