namespace Typed.CrashTest;

/// <summary>What a run reads and writes.</summary>
/// <param name="Input">The folder of the showings and clicks.</param>
/// <param name="Work">The folder of the checkpoint and of what comes out.</param>
/// <param name="ToTheEnd">Whether the last files are read as well, which close what is open.</param>
internal sealed record Folders(string Input, string Work, bool ToTheEnd = false)
{
    public string Showings => Path.Combine(Input, "showings");

    public string Clicks => Path.Combine(Input, "clicks");

    public string Checkpoint => Path.Combine(Work, "checkpoint");

    public string Windows => Path.Combine(Work, "windows");

    public string Pairs => Path.Combine(Work, "pairs");
}

/// <summary>How a run works, which may be another way at each start: nothing that comes out depends on it.</summary>
/// <param name="Workers">How many workers there are.</param>
/// <param name="IsTight">Whether there is so little memory for state that it is always spilled.</param>
internal sealed record Shape(int Workers, bool IsTight)
{
    public static Shape Plain { get; } = new(1, false);

    public static Shape Random(Random random) => new(random.Next(1, 4), random.Next(2) == 0);

    public static Shape Parse(string text) => new(text[0] - '0', text[1] == 't');

    public override string ToString() => $"{Workers}{(IsTight ? 't' : 'w')}";
}
