namespace Typed.State;

/// <summary>Where a run of a query spills to. Each operator has an area there.</summary>
public abstract class SpillPlace : IDisposable
{
    /// <summary>Makes the area of an operator, or of one worker's part of it. It is used by one thread at a time, and disposed before the place.</summary>
    /// <param name="operatorName">The operator.</param>
    /// <param name="memoryBytes">What the area may use for reading and writing, beside what it must know of each entry.</param>
    public abstract SpillArea NewArea(string operatorName, long memoryBytes);

    /// <inheritdoc/>
    public abstract void Dispose();
}
