using Typed.State;

namespace Typed.Operators;

/// <summary>
/// The state fields of a processor as the generator writes them, beside the user's class: what is kept for a key, and how it gets into the
/// fields and back. A struct around the one object of the processor.
/// </summary>
/// <typeparam name="TState">
/// What is kept for a key, in native memory: each plain value of fixed size as itself, with a bool for whether it is there where it is nullable;
/// everything else as a <see cref="StateCell"/>, beside a long for the due time where it has a lifetime. All zero bits is: nothing is kept.
/// </typeparam>
public interface IProcessMembers<TState>
    where TState : unmanaged
{
    /// <summary>The state fields in the order of their declaration.</summary>
    static abstract IReadOnlyList<StateMemberInfo> Members { get; }

    /// <summary>The methods that make stored values of earlier types into present ones.</summary>
    static virtual IReadOnlyList<StateMigration> Migrations => [];

    /// <summary>Makes the members that are not plain values and gives them to the fields. Called once.</summary>
    void Open(ProcessState state);

    /// <summary>Sets the fields to what a key keeps; before each call of a handler.</summary>
    void Load(ref TState kept, ProcessState state);

    /// <summary>Keeps the fields; after each call.</summary>
    /// <returns>Which plain values changed: bit n for field n, bit 30 for all from there on.</returns>
    uint Store(ref TState kept, ProcessState state);

    /// <summary>Makes all fields absent; between Load and Store.</summary>
    void Clear();

    /// <summary>Whether nothing is kept: the key can go.</summary>
    static abstract bool IsEmpty(in TState kept);

    /// <summary>Whether a field is there, or is not what it is at first: only then is it stored.</summary>
    static abstract bool Has(int member, in TState kept);

    /// <summary>Points the member of a field that is not a plain value to what a key keeps; nothing for a plain value.</summary>
    void Use(int member, ref TState kept);

    /// <summary>Writes a plain value of a key.</summary>
    void Save(int member, ref TState kept, StateWriter writer, ProcessState state);

    /// <summary>Reads what <see cref="Save"/> wrote into a state where the field is absent.</summary>
    void Load(int member, ref TState kept, StateReader reader, ProcessState state);
}

/// <summary>A state field as a checkpoint knows it.</summary>
/// <param name="Name">The name of the field.</param>
/// <param name="Type">Its type in words, such as <c>long</c>, <c>Charge{Card:string,Amount:decimal}?</c>, <c>list&lt;string&gt;</c>, <c>map&lt;string,int&gt;</c>.</param>
/// <param name="TtlMicros">How long what is written stays, µs; 0 for ever.</param>
public sealed record StateMemberInfo(string Name, string Type, long TtlMicros = 0)
{
    /// <summary>What the field is known by where it gets another name; 0 for nothing but its name.</summary>
    public int Id { get; init; }

    /// <summary>What stands in the key of an entry behind the key of the group, as text that is stored with the state.</summary>
    public string KeyLayout { get; init; } = "";

    /// <summary>What stands in the value of an entry.</summary>
    public string ValueLayout { get; init; } = "Bytes rest";

    /// <inheritdoc/>
    public override string ToString() => $"{Name}{StateField.IdText(Id)} {Type}{(TtlMicros > 0 ? " with a lifetime" : "")}";
}
