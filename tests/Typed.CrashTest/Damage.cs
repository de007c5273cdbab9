using System.Globalization;
using Typed.Execution;

namespace Typed.CrashTest;

/// <summary>
/// Damages what a dead process has left: the newest file of each kind cut at each length, and a bit of it turned over in each region. The next start
/// either ends with the right rows, or is refused with a message that names the file; it is never wrong, and fails in no other way.
/// </summary>
internal sealed class Damage(string root, int seed, Checks checks)
{
    private const int Files = 60;
    private const int MostLengths = 24;
    private const int Regions = 16;

    // So long that windows have closed, and the sink has files, when the process dies.
    private const int Step = 400;
    private readonly Random _random = new(seed);
    private int _number;

    /// <summary>Checks all files.</summary>
    public async Task RunAsync()
    {
        // What the next start says of the damage that it gets by is not of interest here.
        using IDisposable quiet = StreamingQueries.Listen(new StreamingQueryListener { OnWarning = _ => { } });
        string input = Path.Combine(root, "damage-input");
        Inputs.Write(input, Files, seed, Step);
        Folders calm = new(input, Path.Combine(root, "damage-undisturbed"));
        await RunToEndAsync(calm);
        Output expected = Output.Of(calm);
        foreach (FaultPoint point in (FaultPoint[])[FaultPoint.AfterSnapshot, FaultPoint.AfterSinkCommit])
        {
            Folders dead = new(input, Path.Combine(root, $"damage-{point}"));
            if (!await DieAsync(dead, point, 8))
            {
                checks.Add($"damage after {point}", "the run ended before it died");
                continue;
            }

            foreach (string file in Newest(dead))
            {
                long length = new FileInfo(Path.Combine(dead.Work, file)).Length;
                int refused = 0;
                int healed = 0;
                string? failure = null;
                foreach (Action<string> harm in Harms(length))
                {
                    (bool isRefused, failure) = await TryAsync(dead, file, harm, expected);
                    (refused, healed) = isRefused ? (refused + 1, healed) : (refused, healed + 1);
                    if (failure is not null)
                        break;
                }

                checks.Add($"damage of '{file}' after {point}", failure);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  '{file}' of {length} bytes, dead {point}: {healed} times the right rows, {refused} times refused"));
            }
        }
    }

    /// <summary>Runs a pipeline whose clock was set back a day while it was dead.</summary>
    public async Task SetClockBackAsync()
    {
        using IDisposable quiet = StreamingQueries.Listen(new StreamingQueryListener { OnWarning = _ => { } });
        string input = Path.Combine(root, "damage-input");
        Folders calm = new(input, Path.Combine(root, "damage-undisturbed"));
        Folders dead = new(input, Path.Combine(root, "clock"));
        bool died = await DieAsync(dead, FaultPoint.AfterCommit, 3);
        await RunToEndAsync(dead, new ShiftedTime(TimeSpan.FromDays(-1)));
        checks.Add("the clock set back a day between two runs", died ? Output.Of(dead).DiffersFrom(Output.Of(calm)) : "the run ended before it died");
    }

    private static async Task RunToEndAsync(Folders folders, TimeProvider? time = null)
    {
        await Child.RunAsync(folders, Shape.Plain, null, time);
        await Child.RunAsync(folders with { ToTheEnd = true }, Shape.Plain, null, time);
    }

    private static async Task<bool> DieAsync(Folders folders, FaultPoint point, int after)
    {
        try
        {
            await Child.RunAsync(folders, Shape.Plain, new Thrower(point, after));
            return false;
        }
        catch (StreamingQueryException)
        {
            return true;
        }
    }

    /// <summary>The newest file of each kind, and those of which there is one only, below the folder of the work.</summary>
    private static IEnumerable<string> Newest(Folders folders) => Directory
        .EnumerateFiles(folders.Work, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(folders.Work, path))
        .Where(path => Path.GetFileName(path) is not ("lock" or "owner") && !path.StartsWith("pairs", StringComparison.Ordinal) && !path.EndsWith(".json", StringComparison.Ordinal) && !path.Contains("spill-", StringComparison.Ordinal))
        .GroupBy(path => Path.Combine(Path.GetDirectoryName(path)!, new string([.. Path.GetFileName(path).Where(c => !char.IsAsciiDigit(c))])))
        .Select(kind => kind.OrderBy(path => Path.GetFileName(path).Length).ThenBy(path => path, StringComparer.Ordinal).Last())
        .Order(StringComparer.Ordinal);

    private IEnumerable<Action<string>> Harms(long length)
    {
        long step = Math.Max(1, length / MostLengths);
        for (long at = 0; at < length; at += step)
        {
            long cut = at;
            yield return path =>
            {
                using FileStream file = File.OpenWrite(path);
                file.SetLength(cut);
            };
        }

        for (int region = 0; region < Regions && length > 0; region++)
        {
            long from = length * region / Regions;
            long at = from + _random.NextInt64(Math.Max(1, (length * (region + 1) / Regions) - from));
            int bit = _random.Next(8);
            yield return path =>
            {
                byte[] bytes = File.ReadAllBytes(path);
                bytes[at] ^= (byte)(1 << bit);
                File.WriteAllBytes(path, bytes);
            };
        }
    }

    private async Task<(bool IsRefused, string? Failure)> TryAsync(Folders dead, string file, Action<string> harm, Output expected)
    {
        Folders tried = dead with { Work = Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"damaged-{_number++}")) };
        Copy(dead.Work, tried.Work);
        string path = Path.Combine(tried.Work, file);
        harm(path);
        try
        {
            await RunToEndAsync(tried);
            string? failure = Output.Of(tried).DiffersFrom(expected);
            if (failure is null)
                Directory.Delete(tried.Work, true);
            return (false, failure);
        }
        catch (Exception e) when (e is QueryStartException or StreamingQueryException)
        {
            bool isNamed = e.Message.Contains(Path.GetFileName(path), StringComparison.Ordinal) || e.Message.Contains(Path.GetDirectoryName(path)!, StringComparison.Ordinal);
            if (isNamed)
                Directory.Delete(tried.Work, true);
            return (true, isNamed ? null : $"it was refused without a word of the file: {e.Message}");
        }
        catch (InvalidDataException e) when (e.Message.Contains(tried.Work, StringComparison.Ordinal))
        {
            // What reads the output has found the damage.
            Directory.Delete(tried.Work, true);
            return (true, null);
        }
        catch (Exception e)
        {
            return (true, $"it failed with {e}");
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>Ends a run at a point by an exception that stands for the death of the process.</summary>
    private sealed class Thrower(FaultPoint point, int after) : IFaultPoints
    {
        private int _left = after;

        public void Reach(FaultPoint reached, long batchId)
        {
            if (reached == point && Interlocked.Decrement(ref _left) < 0)
                throw new InvalidOperationException("The process dies here.");
        }
    }

    private sealed class ShiftedTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
