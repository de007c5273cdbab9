using System.Diagnostics;
using System.Globalization;
using Typed.Execution;

namespace Typed.CrashTest;

/// <summary>
/// Rounds of kills: a round begins with an empty checkpoint, kills the process again and again, at random moments and at named points by turns, until
/// all files are read, and compares what came out with an undisturbed run. Each start has another number of workers, and memory enough or far too little.
/// </summary>
internal sealed class Rounds(string input, Output undisturbed, TimeSpan typical, int seed, Deaths deaths)
{
    private readonly int _seed = seed;
    private readonly Random _random = new(seed);
    private int _turn = seed;

    public int Kills { get; private set; }

    public int KillsAtRandom { get; private set; }

    public int Finished { get; private set; }

    public List<string> Failures { get; } = [];

    /// <summary>
    /// Kills so often at least, and ends the round in which that happens. A fast machine is through before it came to what happens seldom: if the process is to die at
    /// each point, more rounds begin, which die where it did not yet.
    /// </summary>
    public void Run(int kills, bool atEachPoint, string work, Action<string> progress)
    {
        while ((Kills < kills || (atEachPoint && deaths.AreMissing)) && Failures.Count < 3)
        {
            string folder = Path.Combine(work, string.Create(CultureInfo.InvariantCulture, $"round-{_seed}-{Finished}"));
            Folders folders = new(input, folder);
            int before = Kills;
            string? failure = RunRound(folders, kills, atEachPoint);
            progress(string.Create(CultureInfo.InvariantCulture, $"round {Finished}: {Kills - before} kills, {failure ?? "the same rows"}"));
            if (failure is null)
                Directory.Delete(folder, true);
            else
                Failures.Add($"round {Finished} in '{folder}': {failure}");
            Finished++;
        }
    }

    private string? RunRound(Folders folders, int kills, bool atEachPoint)
    {
        for (bool isWhole = true; ; isWhole = false)
        {
            bool isEnough = Kills >= kills;
            FaultPoint? point = null;
            bool isRare = true;
            if (isEnough)
                point = atEachPoint ? deaths.NextMissing() : null;
            else if (_turn++ % 2 == 0)
                point = deaths.Next(out isRare);
            int after = isRare ? 0 : _random.Next(12);

            using Process child = Start(folders, Shape.Random(_random), point, after);
            Task<string> error = child.StandardError.ReadToEndAsync();
            bool killed = false;
            if (point is null && !isEnough)
            {
                int wait = (int)(_random.NextDouble() * Math.Min(typical.TotalMilliseconds, 2_500));
                if (!child.WaitForExit(wait))
                {
                    child.Kill();
                    killed = true;
                }
            }

            if (!child.WaitForExit(120_000))
            {
                child.Kill();
                return "a run did not end within two minutes";
            }

            child.WaitForExit();
            if (child.ExitCode == 0)
            {
                if (point is { } missed)
                    deaths.Missed(missed, isWhole && isRare);
                break;
            }

            if (child.ExitCode != 137)
                return $"a run ended with {child.ExitCode}: {error.Result}";
            Kills++;
            if (killed)
                KillsAtRandom++;
            else if (point is { } at)
                deaths.Died(at);
        }

        string? failure = End(folders);
        return failure ?? Output.Of(folders).DiffersFrom(undisturbed);
    }

    /// <summary>Reads the last files.</summary>
    /// <returns>Why that failed; null if it did not.</returns>
    internal static string? End(Folders folders)
    {
        using Process end = Start(folders with { ToTheEnd = true }, Shape.Plain, null, 0);
        string message = end.StandardError.ReadToEnd();
        end.WaitForExit();
        return end.ExitCode == 0 ? null : $"the last run ended with {end.ExitCode}: {message}";
    }

    internal static Process Start(Folders folders, Shape shape, FaultPoint? dieAt, int after)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardError = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(Rounds).Assembly.Location);
        foreach (string argument in (string[])["child", folders.Input, folders.Work, folders.ToTheEnd ? "end" : "-", shape.ToString(), dieAt?.ToString() ?? "-", after.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException("The child process did not start.");
    }
}
