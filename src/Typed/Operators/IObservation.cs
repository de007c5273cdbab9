namespace Typed.Operators;

/// <summary>A node that computes named metrics of the rows that pass in a micro-batch (semantics 13.5).</summary>
public interface IObservation
{
    /// <summary>The name of the metrics.</summary>
    string ObservationName { get; }

    /// <summary>The metrics of the micro-batch that has just ended, by name, as .NET values; null for no value.</summary>
    IReadOnlyList<KeyValuePair<string, object?>> Metrics { get; }
}

/// <summary>An observation that can be put together from those of several workers.</summary>
internal interface ISharedObservation
{
    /// <summary>Adds what the same node of another worker has seen in the micro-batch that has just ended.</summary>
    void Absorb(IObservation other);
}
