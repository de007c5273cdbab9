namespace Typed.Execution;

/// <summary>The messages of other people's exceptions as sentences of our own messages.</summary>
internal static class ErrorText
{
    /// <summary>The message, with a full stop at its end.</summary>
    internal static string Sentence(Exception e) => e.Message is [.., '.' or '!' or '?'] ? e.Message : e.Message + ".";
}
