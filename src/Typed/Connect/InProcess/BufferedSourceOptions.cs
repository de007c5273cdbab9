namespace Typed;

/// <summary>Options of sources whose rows exist once: channels, asynchronous sequences, sockets.</summary>
public sealed record BufferedSourceOptions
{
    /// <summary>How many rows a micro-batch takes at most, and so how many the source holds at most beside its buffer.</summary>
    public int MaxRowsPerTrigger { get; init; } = 65_536;

    /// <summary>How many rows are read ahead of the query; then who produces them has to wait.</summary>
    public int Buffer { get; init; } = 4096;

    /// <summary>
    /// What happens if a restart asks for rows that an earlier run had taken but not finished, which are gone: true refuses to go
    /// on, false goes on without them.
    /// </summary>
    public bool FailOnDataLoss { get; init; } = true;
}
