using System.Globalization;
using Typed.Connect;

namespace Typed.Execution;

/// <summary>
/// What a checkpoint was set back over: the file <c>forgotten</c>, which is there from the first repair that forgets a batch. The numbers up to the last forgotten batch come
/// again, and may come with other rows than a sink has under them.
/// </summary>
/// <param name="Last">The last of those batches.</param>
internal sealed record ForgottenBatches(long Last)
{
    private const string Kind = "forgotten";

    /// <summary>Reads what a checkpoint says; null if it was never set back over a batch.</summary>
    /// <exception cref="QueryStartException">The file is damaged.</exception>
    internal static ForgottenBatches? Read(string checkpoint)
    {
        string path = File(checkpoint);
        if (!System.IO.File.Exists(path))
            return null;
        LogText text = LogText.Read(path, Kind);
        if (!long.TryParse(text.Text("last"), NumberStyles.None, CultureInfo.InvariantCulture, out long last))
            throw text.Damaged("'last' is no number of a batch");
        text.End();
        return new ForgottenBatches(last);
    }

    /// <summary>Adds batches up to one, before they are forgotten.</summary>
    internal static void Add(string checkpoint, long last)
    {
        last = Math.Max(last, Read(checkpoint)?.Last ?? -1);
        DurableFile.Write(File(checkpoint), LogText.Format(Kind, [("last", last.ToString(CultureInfo.InvariantCulture))]));
    }

    private static string File(string checkpoint) => Path.Combine(checkpoint, Kind);
}
