namespace Typed.Plan;

internal enum ProcessorForm
{
    /// <summary>KeyedProcessor: timers (semantics 10).</summary>
    Keyed,

    /// <summary>GroupProcessor: time-outs (semantics 9).</summary>
    Group,
}

/// <summary>Which clock timers, time-outs and lifetimes follow; the numbers are those of Typed.TimeMode.</summary>
internal enum ProcessorTime
{
    None,
    ProcessingTime,
    EventTime,
}

internal enum StateMemberKind
{
    /// <summary>A plain field.</summary>
    Plain,

    /// <summary>ValueState.</summary>
    Value,

    /// <summary>ListState.</summary>
    List,

    /// <summary>MapState.</summary>
    Map,
}

/// <summary>What a pipeline needs to know of a processor of custom state, beside the types in its call of Process.</summary>
/// <param name="Name">The simple name, for messages.</param>
/// <param name="FullName">The C# name with <c>global::</c>.</param>
internal sealed record ProcessorTraits(string Name, string FullName)
{
    public required ProcessorForm Form { get; init; }

    /// <summary>What timers, time-outs and lifetimes follow.</summary>
    public ProcessorTime Time { get; init; }

    /// <summary>What the rows of a group processor are to the query: Append or Update (semantics 3).</summary>
    public string OutputMode { get; init; } = "Append";

    /// <summary>Whether each call emits exactly one row: mapGroupsWithState (semantics 9.1).</summary>
    public bool OneRowPerCall { get; init; }

    /// <summary>The member of the output that carries the event time on (semantics 10.8).</summary>
    public string? OutputEventTime { get; init; }

    /// <summary>Whether every member of the state has a lifetime.</summary>
    public bool Expires { get; init; }

    /// <summary>Whether there is a member of the state at all.</summary>
    public bool HasState { get; init; }

    /// <summary>Why its state may be kept for ever, where the class says it.</summary>
    public string Unbounded { get; init; } = "";

    /// <summary>What its methods ask of the context, each once, in order: TimerAt, TimeoutAfter, Watermark, Clear …</summary>
    public EquatableArray<string> Uses { get; init; }
}

/// <summary>A processor of custom state: all that its generated part needs.</summary>
/// <param name="Traits">What pipelines need as well.</param>
/// <param name="Declaration">The declaration to open again.</param>
/// <param name="States">The members that are kept for each key, in the order in which they are declared.</param>
internal sealed record ProcessorSpec(ProcessorTraits Traits, DeclarationSpec Declaration, EquatableArray<StateMemberSpec> States)
{
    public required TypeSpec Key { get; init; }

    /// <summary>The rows that come in.</summary>
    public required RowSpec Input { get; init; }

    /// <summary>The rows that go out.</summary>
    public required RowSpec Output { get; init; }

    /// <summary>The methods that make stored values of earlier types into present ones.</summary>
    public EquatableArray<MigrationSpec> Migrations { get; init; }

    /// <summary>The rows of the initial state; null for a processor that takes none.</summary>
    public RowSpec? Initial { get; init; }
}

/// <summary>A method that makes a stored value of an earlier type into one of a member.</summary>
/// <param name="Variable">The name of the field.</param>
/// <param name="Method">The name of the method.</param>
/// <param name="From">What it takes.</param>
/// <param name="To">What it gives: the type of the member, without null.</param>
internal sealed record MigrationSpec(string Variable, string Method, TypeSpec From, TypeSpec To);

/// <summary>A member of a processor that is kept for each key.</summary>
/// <param name="Name">The name of the field.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Type">The type of the value, of the elements, of the values of a map.</param>
internal sealed record StateMemberSpec(string Name, StateMemberKind Kind, TypeSpec Type)
{
    /// <summary>The type of the keys of a map.</summary>
    public TypeSpec? MapKey { get; init; }

    /// <summary>What it is known by where it has another name; 0 for nothing but its name.</summary>
    public int Id { get; init; }

    /// <summary>How long what is written stays, processing time, µs; 0 for ever (semantics 10.7).</summary>
    public long TtlMicros { get; init; }
}
