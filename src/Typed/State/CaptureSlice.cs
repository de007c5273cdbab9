using System.Diagnostics;

namespace Typed.State;

/// <summary>
/// How much of what has changed is copied at once, between two batches: as long as it may take, but so many entries in any case, or so many bytes as one part has. Of a state that has changed much,
/// slices are taken after several batches; what changes again meanwhile is in a later one, and the last one, which leaves nothing, makes the version.
/// </summary>
internal sealed class CaptureSlice
{
    private long _until;
    private long _entries;
    private bool _isEnded;

    /// <summary>So many entries are copied whatever it takes: a version of few changes is never in two slices, whatever else the machine does.</summary>
    internal long EntriesAtLeast { get; init; } = 1 << 15;

    /// <summary>How many entries were copied since the first slice of the version.</summary>
    internal long Sum { get; private set; }

    /// <summary>Whether it is over.</summary>
    internal bool IsOver => _isEnded || (_entries >= EntriesAtLeast && Stopwatch.GetTimestamp() > _until);

    /// <summary>A slice that is never over.</summary>
    internal static CaptureSlice Whole() => new() { EntriesAtLeast = long.MaxValue };

    /// <summary>Begins the first slice of a version.</summary>
    internal void Start() => Sum = 0;

    /// <summary>Begins a slice.</summary>
    internal void Begin(TimeSpan most) => (_until, _entries, _isEnded) = (Stopwatch.GetTimestamp() + (long)(most.TotalSeconds * Stopwatch.Frequency), 0, false);

    /// <summary>Ends the slice, however few entries it has: there is no room for more.</summary>
    internal void End() => _isEnded = true;

    /// <summary>A part of the version is full: of large entries no more are copied whatever it takes.</summary>
    internal void FillPart() => _entries += EntriesAtLeast;

    /// <summary>Counts entries that were copied.</summary>
    internal void Add(int entries)
    {
        _entries += entries;
        Sum += entries;
    }
}
