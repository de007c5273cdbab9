using Typed.Execution;

namespace Typed.Files;

/// <summary>Sizes of files as texts: <c>"128 MB"</c>.</summary>
internal static class ByteSize
{
    /// <summary>Reads a size.</summary>
    /// <exception cref="QueryStartException">The text is no size above zero (rule <c>file-sink-option</c>).</exception>
    internal static long Parse(string text, string option) => SizeText.TryParse(text, needsUnit: false, out long bytes) && bytes > 0
        ? bytes
        : throw new QueryStartException(StartRules.ConnectOption.As("file-sink-option"), option, $"\"{text}\"", SettingProblems.NoFileSize);
}
