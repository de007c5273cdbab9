using System.Globalization;
using Typed.State;

namespace Typed.Cli;

/// <summary>
/// Looks at a checkpoint beside its query. What was listed may be gone before it is read, because the query has put it together or does not need it any more; and of two files that
/// appear while a folder is listed, only the later one may be seen. So what seems damaged is looked at again as long as the files change.
/// </summary>
internal static class SteadyLook
{
    private const int Attempts = 20;

    /// <summary>Looks until what is seen is sound, or the files have stayed as they are meanwhile.</summary>
    /// <param name="checkpoint">The folder.</param>
    /// <param name="look">Reads it.</param>
    /// <param name="isSound">Whether nothing seems to be wrong.</param>
    internal static T Of<T>(string checkpoint, Func<T> look, Func<T, bool> isSound)
    {
        for (int attempt = 1; ; attempt++)
        {
            HashSet<string> before = Files(checkpoint);
            try
            {
                T seen = look();
                if (attempt == Attempts || isSound(seen) || before.SetEquals(Files(checkpoint)))
                    return seen;
            }
            catch (Exception e) when (e is IOException or StateDamagedException or CommandException && attempt < Attempts && !before.SetEquals(Files(checkpoint)))
            {
                // It is another checkpoint by now.
            }
        }
    }

    private static HashSet<string> Files(string checkpoint)
    {
        HashSet<string> files = [];
        foreach (string folder in (string[])["offsets", "commits", "state", "sources", "planned"])
        {
            try
            {
                EnumerationOptions options = new() { RecurseSubdirectories = folder == "sources", AttributesToSkip = 0 };
                foreach (string file in Directory.EnumerateFileSystemEntries(Path.Combine(checkpoint, folder), "*", options))
                    files.Add(string.Create(CultureInfo.InvariantCulture, $"{file} {File.GetLastWriteTimeUtc(file).Ticks}"));
            }
            catch (DirectoryNotFoundException)
            {
                // A folder that is not there has no files.
            }
        }

        return files;
    }
}
