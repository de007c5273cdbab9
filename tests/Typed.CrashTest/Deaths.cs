using Typed.Execution;

namespace Typed.CrashTest;

/// <summary>At which named points the process died, over all lanes, and which comes next.</summary>
internal sealed class Deaths
{
    private readonly Lock _lock = new();
    private readonly Dictionary<FaultPoint, Tally> _tallies = Enum.GetValues<FaultPoint>().ToDictionary(point => point, _ => new Tally());

    /// <summary>How often the process died at a point.</summary>
    public int At(FaultPoint point)
    {
        lock (_lock)
            return _tallies[point].Deaths;
    }

    /// <summary>Whether the process has not died at each point where it can.</summary>
    public bool AreMissing
    {
        get
        {
            lock (_lock)
                return _tallies.Values.Any(IsMissing);
        }
    }

    /// <summary>The point that was tried least often.</summary>
    /// <param name="isRare">Whether a run ended before it came there: the next one should die when it is there for the first time.</param>
    public FaultPoint Next(out bool isRare)
    {
        lock (_lock)
            return Try(_tallies, out isRare);
    }

    /// <summary>A point at which the process has not died yet, though it can; null if there is none.</summary>
    public FaultPoint? NextMissing()
    {
        lock (_lock)
            return _tallies.Values.Any(IsMissing) ? Try(_tallies.Where(one => IsMissing(one.Value)), out _) : null;
    }

    public void Died(FaultPoint at)
    {
        lock (_lock)
            _tallies[at].Deaths++;
    }

    /// <summary>A run that was to die at a point read all files without coming there.</summary>
    /// <param name="point">Which.</param>
    /// <param name="wasWhole">Whether it began with the first file, and was to die when it was there for the first time: after three of those the point is out of reach.</param>
    public void Missed(FaultPoint point, bool wasWhole)
    {
        lock (_lock)
        {
            _tallies[point].IsRare = true;
            if (wasWhole)
                _tallies[point].WholeMisses++;
        }
    }

    private static bool IsMissing(Tally tally) => tally.Deaths == 0 && !tally.IsOutOfReach;

    private static FaultPoint Try(IEnumerable<KeyValuePair<FaultPoint, Tally>> among, out bool isRare)
    {
        (FaultPoint point, Tally tally) = among.MinBy(one => one.Value.Tries);
        tally.Tries++;
        isRare = tally.IsRare;
        return point;
    }

    private sealed class Tally
    {
        public int Tries { get; set; }

        public int Deaths { get; set; }

        public bool IsRare { get; set; }

        public int WholeMisses { get; set; }

        public bool IsOutOfReach => WholeMisses >= 3;
    }
}
