using System.ComponentModel;

namespace Typed.State;

/// <summary>
/// What an operator of a pipeline keeps, as text that is there when the pipeline is compiled: the build compares it with <c>Typed.State.Shipped.txt</c>. Written
/// by the generator onto the class of the pipeline; it is what the operator says of itself at run time.
/// </summary>
/// <param name="name">What the operator is called.</param>
/// <param name="kind">What it is (<see cref="Operators.StatefulOperator.Kind"/>).</param>
/// <param name="schema">What is stored and how (<see cref="Operators.StatefulOperator.StateSchema"/>).</param>
/// <param name="layout">The fields of its entries. The size of a struct that is the state of a user's aggregate is 0 here: only the run knows it.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class GeneratedStateAttribute(string name, string kind, string schema, string layout) : Attribute
{
    /// <summary>What the operator is called.</summary>
    public string Name { get; } = name;

    /// <summary>What it is.</summary>
    public string Kind { get; } = kind;

    /// <summary>What is stored and how.</summary>
    public string Schema { get; } = schema;

    /// <summary>The fields of its entries.</summary>
    public string Layout { get; } = layout;

    /// <summary>Whether the name was given to it.</summary>
    public bool IsNamed { get; init; }

    /// <summary>How long what is stored stays, where another length reads the same entries: lifetimes and the delay of a watermark.</summary>
    public string Lasts { get; init; } = "";

    /// <summary>Which part of the query it is, in the order in which it is written.</summary>
    public int Node { get; init; }

    /// <summary>The class of custom state.</summary>
    public Type? Processor { get; init; }
}
