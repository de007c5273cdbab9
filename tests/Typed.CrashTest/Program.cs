using System.Diagnostics;
using System.Globalization;
using Typed.CrashTest;
using Typed.Execution;

// Starts a pipeline with state in a child process, kills it with SIGKILL again and again, and compares what comes out with an undisturbed run.
if (args is ["child", string input, string work, string end, string shape, string point, string after])
{
    return await Child.RunAsync(
        new Folders(input, work, end == "end"),
        Shape.Parse(shape),
        point == "-" ? null : Enum.Parse<FaultPoint>(point),
        int.Parse(after, CultureInfo.InvariantCulture));
}

Arguments arguments;
try
{
    arguments = Arguments.Parse(args);
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(Arguments.Usage);
    return 2;
}

string root = arguments.Folder ?? Directory.CreateTempSubdirectory("typed-crash-").FullName;
Checks checks = new();
Stopwatch all = Stopwatch.StartNew();
string inputFolder = Path.Combine(root, "input");
Inputs.Write(inputFolder, arguments.Files, arguments.Seed);

Folders calm = new(inputFolder, Path.Combine(root, "undisturbed"));
Stopwatch once = Stopwatch.StartNew();
using (Process first = Rounds.Start(calm, Shape.Plain, null, 0))
{
    string error = first.StandardError.ReadToEnd();
    string said = first.StandardOutput.ReadToEnd();
    first.WaitForExit();
    if (first.ExitCode != 0 || Rounds.End(calm) is not null)
    {
        Console.Error.WriteLine($"The undisturbed run ended with {first.ExitCode}: {error}{said}");
        return 1;
    }

    once.Stop();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"undisturbed: {2 * arguments.Files} files, {said.Trim()}, {once.Elapsed.TotalSeconds:F1} s"));
}

Output undisturbed = Output.Of(calm);
checks.Add("the undisturbed run has rows", undisturbed.Windows.Length > 0 && undisturbed.Pairs.Length > 0 ? null : "it has none");

Lock console = new();
Deaths deaths = new();
bool atEachPoint = arguments.Kills >= 60;
Rounds[] lanes = [.. Enumerable.Range(0, arguments.Lanes).Select(lane => new Rounds(inputFolder, undisturbed, once.Elapsed, arguments.Seed + (1000 * lane), deaths))];
int each = (arguments.Kills + lanes.Length - 1) / lanes.Length;
await Task.WhenAll(lanes.Select((lane, number) => Task.Run(() => lane.Run(each, atEachPoint, root, said =>
{
    lock (console)
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{all.Elapsed.TotalSeconds,6:F0} s  lane {number}, {said}"));
}))));

foreach (Rounds lane in lanes)
{
    for (int round = 0; round < lane.Finished - lane.Failures.Count; round++)
        checks.Add("a round", null);
    foreach (string failure in lane.Failures)
        checks.Add("a round", failure);
}

int kills = lanes.Sum(lane => lane.Kills);
foreach (FaultPoint named in Enum.GetValues<FaultPoint>())
{
    int times = deaths.At(named);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {times,5} kills at {named}"));
    if (atEachPoint)
        checks.Add($"killed at {named}", times > 0 ? null : "runs from the first file to the last do not come there");
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {lanes.Sum(lane => lane.KillsAtRandom),5} kills at random moments"));
checks.Add($"{arguments.Kills} kills", kills >= arguments.Kills ? null : $"there were {kills}");
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kills} kills in {all.Elapsed.TotalSeconds:F0} s, seed {arguments.Seed}"));
Damage damage = new(root, arguments.Seed, checks);
await damage.RunAsync();
await damage.SetClockBackAsync();
new Disks(root, arguments.Seed, checks).Run();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"all of it in {all.Elapsed.TotalSeconds:F0} s"));
if (checks.Failed == 0 && arguments.Folder is null)
    Directory.Delete(root, true);
else if (checks.Failed > 0)
    Console.WriteLine($"What was written is in '{root}'.");
Console.WriteLine(checks.Summary);
return checks.Failed == 0 ? 0 : 1;
