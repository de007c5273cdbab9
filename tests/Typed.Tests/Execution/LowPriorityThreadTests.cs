using System.Globalization;
using Typed.Execution;

namespace Typed.Tests.Execution;

public sealed class LowPriorityThreadTests
{
    [Fact]
    public async Task It_lets_others_go_first_and_nobody_else_does()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Niceness of threads is known on Linux only.");
        int before = Niceness();
        int inside = 0;
        await LowPriorityThread.Run("low", () => inside = Niceness());
        Assert.True(inside > before || before == 19, $"{before}, {inside}");
        Assert.Equal(before, await Task.Run(Niceness, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task It_fails_as_the_work_does() =>
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => LowPriorityThread.Run("fails", () => throw new InvalidTimeZoneException()));

    // The nineteenth field; the second one is the name, which may have blanks.
    private static int Niceness() => int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(')')[^1].Split(' ')[17], CultureInfo.InvariantCulture);
}
