using System.Globalization;

namespace Typed;

/// <summary>A record could not be read and the source was told to fail then, or too many could not be read.</summary>
public sealed class MalformedRecordException : Exception
{
    /// <summary>One record.</summary>
    /// <param name="source">The path of the file or the name of the source.</param>
    /// <param name="position">The line from 1, or the offset.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="text">The start of its text.</param>
    public MalformedRecordException(string source, long position, string reason, string text)
        : base(string.Create(CultureInfo.InvariantCulture, $"{source}:{position}: the record cannot be read: {reason}. Its text: {text}. ")
            + "Correct it, or let the source leave such records out with OnMalformed = OnMalformed.DeadLetter.")
    {
    }

    /// <summary>Too many records.</summary>
    /// <param name="malformed">How many could not be read.</param>
    /// <param name="read">Of how many.</param>
    /// <param name="largest">The greatest part that was allowed.</param>
    /// <param name="first">The first ones, each with its place and reason.</param>
    public MalformedRecordException(long malformed, long read, double largest, IEnumerable<string> first)
        : base(string.Create(CultureInfo.InvariantCulture, $"{malformed} of {read} records cannot be read, more than MaxMalformed = {largest} allows. The first ones:\n")
            + string.Join("\n", first))
    {
    }
}
