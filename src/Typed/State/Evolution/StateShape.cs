namespace Typed.State;

/// <summary>What an operator keeps, as text: what a version of state has of it, and what the pipeline would store now.</summary>
/// <param name="Name">What the operator is known by.</param>
/// <param name="IsNamed">Whether the pipeline gives it that name; if not, it is made of the kind of the operator and its place.</param>
/// <param name="Kind">What the operator is.</param>
/// <param name="Schema">What is stored and how, in words; at run time with the values of the parameters in it, as its last part.</param>
/// <param name="Layout">The fields of its entries (<see cref="StateLayout"/>).</param>
internal sealed record StateShape(string Name, bool IsNamed, string Kind, string Schema, string Layout)
{
    private const string With = "; parameters: ";

    /// <summary>The schema without the values of parameters.</summary>
    internal string OwnSchema => End < 0 ? Schema : Schema.Substring(0, End);

    /// <summary>The values of the parameters in the schema; null for none.</summary>
    internal string? Parameters => End < 0 || End + With.Length == Schema.Length ? null : Schema.Substring(End + With.Length);

    private int End => Schema.LastIndexOf(With, StringComparison.Ordinal);

    /// <summary>A schema with the values of its parameters. The last <c>; parameters: </c> begins them, also where a name or a constant has these words; values have no semicolons.</summary>
    internal static string WithParameters(string schema, string? parameters) => parameters is null && schema.IndexOf(With, StringComparison.Ordinal) < 0
        ? schema
        : schema + With + parameters;
}

/// <summary>What a change of an operator means for the state that is there.</summary>
internal enum ShapeVerdict
{
    /// <summary>The state is what it was.</summary>
    Same,

    /// <summary>The operator goes on from the state.</summary>
    Compatible,

    /// <summary>It goes on if the pipeline says how to make the new values of the old ones.</summary>
    NeedsMigration,

    /// <summary>It cannot go on.</summary>
    Breaks,
}

/// <summary>One difference between two shapes.</summary>
/// <param name="Verdict">What it means.</param>
/// <param name="Rule">The rule that a start is refused by.</param>
/// <param name="What">What was and what is, as a sentence without its end that follows the name of the operator.</param>
internal sealed record ShapeChange(ShapeVerdict Verdict, string Rule, string What)
{
    /// <summary>The state variable that has changed, as it is called now; null where it is something else.</summary>
    internal string? Variable { get; init; }

    /// <summary>Its values; null where they are no others, or what the variable is has changed.</summary>
    internal VariableValues? Values { get; init; }

    /// <summary>Whether nothing but what fields are called in layouts is another, which follows from the query around them.</summary>
    internal bool IsOfNames { get; init; }

    /// <summary>Whether the entries that are stored are to be written anew, because their bytes are others.</summary>
    internal bool Rewrites { get; init; }
}

/// <summary>The values of a state variable that has changed, without what stands around them: lengths, whether they are null, when they expire.</summary>
/// <param name="Stored">How they are stored.</param>
/// <param name="Present">How they would be stored now.</param>
/// <param name="AreBehindExpiry">Whether each stands behind the time at which it expires. The entries of a map have that themselves.</param>
internal sealed record VariableValues(StateType Stored, StateType Present, bool AreBehindExpiry)
{
    /// <summary>Both types with what stands around them, where a value that is the default of its type is not stored; null for others.</summary>
    internal (StateType Stored, StateType Present)? Plain { get; init; }
}
