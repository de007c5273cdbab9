namespace Typed;

/// <summary>What of a result is written in each batch (semantics 3).</summary>
public enum OutputMode
{
    /// <summary>Each row once, when it is final.</summary>
    Append,

    /// <summary>The rows that changed in this batch.</summary>
    Update,

    /// <summary>The whole result in each batch.</summary>
    Complete,
}
