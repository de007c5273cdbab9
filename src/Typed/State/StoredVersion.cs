namespace Typed.State;

/// <summary>A version of state that a backend has opened.</summary>
public abstract class StoredVersion : IDisposable
{
    /// <summary>The batch.</summary>
    public abstract long BatchId { get; }

    /// <summary>What the query noted beside the state of its operators.</summary>
    public abstract ReadOnlyMemory<byte> Note { get; }

    /// <summary>The operators, in their order.</summary>
    public abstract IReadOnlyList<StoredOperator> Operators { get; }

    /// <summary>Looks whether all of it can be read, so that nobody begins with half a state.</summary>
    /// <exception cref="StateDamagedException">It is cut or changed.</exception>
    public abstract void Verify();

    /// <summary>Reads the entries of an operator in one shard: each that is there, once, in any order.</summary>
    /// <param name="number">Which operator, by its place in <see cref="Operators"/>.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="target">Gets the entries.</param>
    /// <exception cref="StateDamagedException">It is cut or changed.</exception>
    public abstract void Read(int number, byte shard, IStateTarget target);

    /// <summary>What was found damaged so far, and could be had elsewhere.</summary>
    internal virtual IEnumerable<StateDamagedException> Mended => [];

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>The state of an operator in a version.</summary>
/// <param name="Name">The operator.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Schema">What is stored and how.</param>
/// <param name="Head">What it stores beside its entries.</param>
/// <param name="EntriesAtMost">How many entries there are at most; some of those that are counted may have been replaced or removed since.</param>
public sealed record StoredOperator(string Name, string Kind, string Schema, StateHead Head, long EntriesAtMost)
{
    /// <summary>The fields of its entries, as text with which a tool reads them; empty where they are not known.</summary>
    public string Layout { get; init; } = "";

    /// <summary>Whether the pipeline gave the operator its name; if not, it is made of its kind and its place.</summary>
    public bool IsNamed { get; init; }

    /// <summary>What it keeps, to be compared with what the pipeline would store now.</summary>
    internal StateShape Shape => new(Name, IsNamed, Kind, Schema, Layout);

    internal static StoredOperator Of(StateShape shape, StateHead head, long entriesAtMost) =>
        new(shape.Name, shape.Kind, shape.Schema, head, entriesAtMost) { Layout = shape.Layout, IsNamed = shape.IsNamed };
}

/// <summary>Takes entries of stored state.</summary>
public interface IStateTarget
{
    /// <summary>Takes one.</summary>
    /// <param name="entry">The entry; valid during the call.</param>
    void Take(in StateEntry entry);
}
