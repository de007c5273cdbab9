namespace Typed.State;

/// <summary>
/// Where an operator puts entries that its memory has no room for, and takes them back from. An entry is either in the operator or here, never in
/// both. An entry is known by its table, its part and the bytes of its key; within a part of a table there is one entry for a key.
/// </summary>
/// <remarks>
/// A table is cut into parts where entries leave together, as the groups of a window do; a table without such an order has the one part 0. A due
/// time says when an entry has to be back at the latest, as that of a timer; it may be of any part.
/// What lies here is lost with the process: it was stored with a snapshot, or comes again when batches are replayed.
/// </remarks>
public abstract class SpillArea : IDisposable
{
    /// <summary>The due time of an entry that nothing waits for but its key.</summary>
    public const long NeverDue = long.MaxValue;

    /// <summary>How many entries are here.</summary>
    public abstract long Count { get; }

    /// <summary>What has happened here.</summary>
    public SpillCounts Counts { get; } = new();

    /// <summary>Bytes of memory in use.</summary>
    public abstract long MemoryBytes { get; }

    /// <summary>Bytes of disk in use.</summary>
    public abstract long DiskBytes { get; }

    /// <summary>How many entries of a part are here.</summary>
    public abstract long CountOf(int table, long part);

    /// <summary>The parts of a table of which something is here, ascending.</summary>
    public abstract IReadOnlyList<long> PartsOf(int table);

    /// <summary>Puts entries here; the operator has let them go. Many at once cost less for each.</summary>
    public abstract void Put(SpillBatch entries);

    /// <summary>Takes the entries of some keys back, as far as they are here. Many keys at once cost less for each.</summary>
    /// <param name="keys">The keys; the values are empty.</param>
    /// <param name="target">Gets each entry once.</param>
    public abstract void Take(SpillBatch keys, ISpillTarget target);

    /// <summary>Takes all entries of a part back, as when its window closes.</summary>
    public abstract void TakePart(int table, long part, ISpillTarget target);

    /// <summary>Takes all entries back that are due at or before a time; some that are due a little later may come with them.</summary>
    public abstract void TakeDue(int table, long time, ISpillTarget target);

    /// <summary>Shows all entries of a part without taking them, as for an output of all groups.</summary>
    public abstract void Visit(int table, long part, ISpillTarget target);

    /// <summary>Forgets all entries of a part.</summary>
    public abstract void DropPart(int table, long part);

    /// <summary>Forgets all.</summary>
    public abstract void Clear();

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>Takes entries out of a <see cref="SpillArea"/>.</summary>
public interface ISpillTarget
{
    /// <summary>Takes one.</summary>
    /// <param name="table">The table.</param>
    /// <param name="part">The part.</param>
    /// <param name="key">Reads the key; valid during the call.</param>
    /// <param name="value">Reads the value; valid during the call.</param>
    void Take(int table, long part, StateReader key, StateReader value);
}
