namespace Typed.Operators;

/// <summary>A node that computes named metrics of the rows that pass in a micro-batch (semantics 13.5).</summary>
public interface IObservation
{
    /// <summary>The name of the metrics.</summary>
    string ObservationName { get; }

    /// <summary>The metrics of the micro-batch that has just ended, by name, as .NET values; null for no value.</summary>
    IReadOnlyList<KeyValuePair<string, object?>> Metrics { get; }
}
