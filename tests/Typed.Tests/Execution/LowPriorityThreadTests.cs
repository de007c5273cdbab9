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

    // A thread that is started has the niceness of the one that starts it.
    [Fact]
    public async Task What_goes_on_with_its_end_does_not_let_others_go_first()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Niceness of threads is known on Linux only.");
        int before = Niceness();
        int[] behind = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => LowPriorityThread.Run("low", () => { }).ContinueWith(
            _ =>
            {
                // While they wait, others have to be started.
                Thread.Sleep(5);
                return Niceness();
            },
            TaskScheduler.Default)));
        Assert.All(behind, niceness => Assert.Equal(before, niceness));
    }

    [Fact]
    public async Task It_fails_as_the_work_does() =>
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => LowPriorityThread.Run("fails", () => throw new InvalidTimeZoneException()));

    // The nineteenth field; the second one is the name, which may have blanks.
    private static int Niceness() => int.Parse(File.ReadAllText("/proc/thread-self/stat").Split(')')[^1].Split(' ')[17], CultureInfo.InvariantCulture);
}
