namespace Typed.State;

/// <summary>The state after a batch on its way into a backend: what has changed in each operator since the version before. Used again for the next one.</summary>
public sealed class StateVersion
{
    /// <summary>The batch.</summary>
    public long BatchId { get; set; }

    /// <summary>The version that the changes come after; null if they begin with nothing.</summary>
    public long? Parent { get; set; }

    /// <summary>What the query notes beside the state of its operators.</summary>
    public ReadOnlyMemory<byte> Note { get; set; }

    /// <summary>One for each operator, in their order; the same ones in each version of a run.</summary>
    public IList<OperatorChanges> Operators { get; } = new List<OperatorChanges>();

    /// <summary>How many entries were put or removed.</summary>
    public long Count => Operators.Sum(one => one.Changes.Count);

    /// <summary>Starts again, with the same operators.</summary>
    public void Clear()
    {
        Note = default;
        foreach (OperatorChanges one in Operators)
            one.Changes.Clear();
    }
}

/// <summary>What has changed in an operator.</summary>
/// <param name="name">The operator.</param>
/// <param name="kind">What it is; the same in all versions.</param>
/// <param name="schema">What is stored and how.</param>
/// <param name="layout">The fields of its entries, as text with which a tool reads them; empty where they are not known.</param>
public sealed class OperatorChanges(string name, string kind, string schema, string layout = "")
{
    /// <summary>The operator.</summary>
    public string Name { get; } = name;

    /// <summary>What it is; the same in all versions.</summary>
    public string Kind { get; } = kind;

    /// <summary>What is stored and how.</summary>
    public string Schema { get; } = schema;

    /// <summary>The fields of its entries, as text with which a tool reads them; empty where they are not known.</summary>
    public string Layout { get; } = layout;

    /// <summary>Whether the pipeline gave the operator its name; if not, it is made of its kind and its place.</summary>
    public bool IsNamed { get; init; }

    internal StateShape Shape => new(Name, IsNamed, Kind, Schema, Layout);

    /// <summary>What it stores beside its entries.</summary>
    public StateHead Head { get; set; } = new();

    /// <summary>The entries that were put or removed.</summary>
    public StateChanges Changes { get; } = new();
}
