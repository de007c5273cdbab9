using System.Globalization;
using System.Text;

namespace Typed.Connect;

/// <summary>Applies a source's choice of what is done with records that cannot be read, and counts them.</summary>
/// <param name="mode">What is done.</param>
/// <param name="maxMalformed">The greatest part of the records that may be malformed, 0 to 1; above it the query fails.</param>
/// <param name="records">Takes the records that are left out.</param>
public sealed class MalformedPolicy(OnMalformed mode, double maxMalformed, IMalformedRecords records)
{
    /// <summary>How many bytes of the text of a record are kept.</summary>
    public const int MaxText = 64 << 10;

    private const int TextInMessages = 200;
    private readonly List<string> _first = [];

    /// <summary>What is done.</summary>
    public OnMalformed Mode { get; } = mode;

    /// <summary>How many records were read, malformed ones included.</summary>
    public long Read { get; private set; }

    /// <summary>How many of them were malformed, whether they were left out or not.</summary>
    public long Malformed { get; private set; }

    /// <summary>Counts records that became rows.</summary>
    /// <param name="count">How many.</param>
    /// <param name="patched">How many of them have nulls for what could not be read.</param>
    public void Count(long count, long patched = 0)
    {
        Read += count;
        Malformed += patched;
    }

    /// <summary>Takes a record that cannot become a row.</summary>
    /// <param name="source">The path of the file or the name of the source.</param>
    /// <param name="position">The line from 1, or the offset.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="text">Its raw bytes.</param>
    /// <exception cref="MalformedRecordException">The source was told to fail.</exception>
    public void Take(string source, long position, string reason, ReadOnlySpan<byte> text)
    {
        Read++;
        Malformed++;
        string start = Encoding.UTF8.GetString(text[..Math.Min(text.Length, TextInMessages)]);
        if (Mode == OnMalformed.Fail)
            throw new MalformedRecordException(source, position, reason, start);
        if (_first.Count < 3)
            _first.Add(string.Create(CultureInfo.InvariantCulture, $"{source}:{position}: {reason}: {start}"));
        if (Mode == OnMalformed.Drop)
            records.Drop();
        else
            records.Take(source, position, reason, text[..Math.Min(text.Length, MaxText)]);
    }

    /// <summary>Says that a micro-batch is read to its end.</summary>
    /// <exception cref="MalformedRecordException">More records are malformed than allowed.</exception>
    public void EndBatch()
    {
        if (Malformed > maxMalformed * Read)
            throw new MalformedRecordException(Malformed, Read, maxMalformed, _first);
    }
}
