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
