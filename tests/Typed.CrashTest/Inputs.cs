using System.Globalization;
using System.Text;

namespace Typed.CrashTest;

/// <summary>A few thousand files of showings and clicks, the same for the same seed.</summary>
internal static class Inputs
{
    private const int RowsPerFile = 12;
    private static readonly DateTimeOffset Origin = new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Places = ["top", "side", "bottom", "in the text", "überall"];

    /// <summary>Writes the files, whose names begin with 0, and a last one of each kind, whose name begins with 9.</summary>
    /// <param name="folder">Gets the folders <c>showings</c> and <c>clicks</c>.</param>
    /// <param name="filesOfEach">How many files of each kind.</param>
    /// <param name="seed">What chance begins with.</param>
    /// <param name="step">How many milliseconds lie between two showings.</param>
    public static void Write(string folder, int filesOfEach, int seed, int step = 100)
    {
        Random random = new(seed);
        List<(DateTimeOffset Known, string Line)> showings = [];
        List<(DateTimeOffset Known, string Line)> clicks = [];
        int count = filesOfEach * RowsPerFile;
        for (int i = 0; i < count; i++)
        {
            DateTimeOffset shown = Origin.AddMilliseconds((long)i * step);
            string id = string.Create(CultureInfo.InvariantCulture, $"s{i:D7}");
            Tell(showings, random, shown, $$"""{"Id":"{{id}}","Place":"{{Places[random.Next(Places.Length)]}}","Time":"{{Text(shown)}}"}""");

            // A click of this showing, of one that will not be clicked in time, or of none.
            DateTimeOffset clicked = shown.AddMilliseconds(random.Next(80_000) - 5_000);
            string of = random.Next(20) == 0 ? "s9999999" : id;
            Tell(clicks, random, clicked, $$"""{"Id":"c{{i.ToString(CultureInfo.InvariantCulture)}}","ShowingId":"{{of}}","Time":"{{Text(clicked)}}"}""");
        }

        WriteFiles(Path.Combine(folder, "showings"), showings, filesOfEach);
        WriteFiles(Path.Combine(folder, "clicks"), clicks, filesOfEach);

        // So late that all that waits comes out in the run that reads it. A run that has read nothing closes nothing (semantics 2.4.2), so that
        // what is open before would depend on where the process died.
        string end = Text(Origin.AddDays(1));
        Put(Path.Combine(folder, "showings"), "9", $$"""{"Id":"end","Place":"top","Time":"{{end}}"}""");
        Put(Path.Combine(folder, "clicks"), "9", $$"""{"Id":"end","ShowingId":"none","Time":"{{end}}"}""");
    }

    private static void Tell(List<(DateTimeOffset Known, string Line)> lines, Random random, DateTimeOffset time, string line)
    {
        lines.Add((time.AddMilliseconds(random.Next(8_000)), line));
        if (random.Next(10) == 0)
            lines.Add((time.AddMilliseconds(random.Next(8_000)), line));
    }

    private static void WriteFiles(string folder, List<(DateTimeOffset Known, string Line)> lines, int files)
    {
        lines.Sort((one, other) => (one.Known, one.Line).CompareTo((other.Known, other.Line)));
        for (int file = 0; file < files; file++)
        {
            int from = (int)((long)lines.Count * file / files);
            int to = (int)((long)lines.Count * (file + 1) / files);
            Put(folder, file.ToString("D5", CultureInfo.InvariantCulture), string.Join('\n', lines[from..to].Select(one => one.Line)));
        }
    }

    private static void Put(string folder, string name, string text)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name + ".json"), text + "\n", new UTF8Encoding(false));
    }

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
