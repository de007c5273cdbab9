using System.Diagnostics;
using System.Globalization;
using Typed.Execution;

namespace Typed.CrashTest;

/// <summary>
/// Rounds of kills: a round begins with an empty checkpoint, kills the process again and again, at random moments and at named points by turns, until
/// all files are read, and compares what came out with an undisturbed run. Each start has another number of workers, and memory enough or far too little.
/// </summary>
internal sealed class Rounds(string input, Output undisturbed, TimeSpan typical, int seed)
{
    private static readonly FaultPoint[] Points = Enum.GetValues<FaultPoint>();
    private readonly int _seed = seed;
    private readonly Random _random = new(seed);
    private readonly Dictionary<FaultPoint, int> _killedAt = [];
    private int _turn = seed;

    public int Kills { get; private set; }

    public int KillsAtRandom { get; private set; }

    public int Finished { get; private set; }

    public List<string> Failures { get; } = [];

    public IReadOnlyDictionary<FaultPoint, int> KilledAt => _killedAt;

    /// <summary>Kills so often at least, and ends the round in which that happens.</summary>
    public void Run(int kills, string work, Action<string> progress)
    {
        while (Kills < kills && Failures.Count < 3)
        {
            string folder = Path.Combine(work, string.Create(CultureInfo.InvariantCulture, $"round-{_seed}-{Finished}"));
            Folders folders = new(input, folder);
            int before = Kills;
            string? failure = RunRound(folders, kills);
            progress(string.Create(CultureInfo.InvariantCulture, $"round {Finished}: {Kills - before} kills, {failure ?? "the same rows"}"));
            if (failure is null)
                Directory.Delete(folder, true);
            else
                Failures.Add($"round {Finished} in '{folder}': {failure}");
            Finished++;
        }
    }

    private string? RunRound(Folders folders, int kills)
    {
        while (true)
        {
            bool atPoint = Kills < kills && _turn++ % 2 == 0;
            FaultPoint? point = atPoint ? Points[_turn / 2 % Points.Length] : null;
            using Process child = Start(folders, Shape.Random(_random), point, _random.Next(12));
            Task<string> error = child.StandardError.ReadToEndAsync();
            bool killed = false;
            if (!atPoint && Kills < kills)
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
                break;
            if (child.ExitCode != 137)
                return $"a run ended with {child.ExitCode}: {error.Result}";
            Kills++;
            if (killed)
                KillsAtRandom++;
            else if (point is { } at)
                _killedAt[at] = _killedAt.GetValueOrDefault(at) + 1;
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
