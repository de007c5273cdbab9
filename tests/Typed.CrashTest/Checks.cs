using System.Globalization;

namespace Typed.CrashTest;

/// <summary>What was checked, and how it came out.</summary>
internal sealed class Checks
{
    public int Passed { get; private set; }

    public int Failed { get; private set; }

    public int Skipped { get; private set; }

    /// <summary>The last line of the program.</summary>
    public string Summary => string.Create(CultureInfo.InvariantCulture, $"{Passed} passed, {Failed} failed{(Skipped > 0 ? $", {Skipped} skipped" : "")}");

    /// <summary>Counts a check.</summary>
    /// <param name="name">What was checked.</param>
    /// <param name="failure">What is wrong; null if nothing is.</param>
    public void Add(string name, string? failure)
    {
        if (failure is null)
        {
            Passed++;
            return;
        }

        Failed++;
        Console.WriteLine($"FAILED: {name}: {failure}");
    }

    /// <summary>Counts a check that this machine does not allow.</summary>
    public void Skip(string name, string why)
    {
        Skipped++;
        Console.WriteLine($"skipped: {name}: {why}");
    }
}
