namespace Typed.Plan;

/// <summary>
/// A record or pipeline that is refused, as far as the rest of the project has to see it: what is wrong is said where it is wrong, and the compiler must not
/// add that members are missing which would have been generated.
/// </summary>
/// <param name="FullName">The C# name with <c>global::</c>.</param>
/// <param name="Name">The simple name, for messages.</param>
internal abstract record OutlineSpec(string FullName, string Name)
{
    /// <summary>The declaration to open again.</summary>
    public required DeclarationSpec Declaration { get; init; }

    /// <summary>The ids of its errors, for the text of what it throws; empty where C# itself refuses it.</summary>
    public required string Errors { get; init; }
}

/// <summary>A record without columns.</summary>
internal sealed record RecordOutline(string FullName, string Name) : OutlineSpec(FullName, Name)
{
    /// <summary>Properties that a record would have and a class or struct with a primary constructor has not: type and name.</summary>
    public EquatableArray<OutlineMember> Properties { get; init; }
}

/// <summary>A parameter or property of an outline.</summary>
internal sealed record OutlineMember(string Type, string Name);

/// <summary>A pipeline without a plan.</summary>
internal sealed record PipelineOutline(string FullName, string Name) : OutlineSpec(FullName, Name)
{
    /// <summary>How visible From is.</summary>
    public required string Access { get; init; }

    /// <summary>The parameters of From, without the pipeline's own values.</summary>
    public required EquatableArray<OutlineMember> Inputs { get; init; }

    /// <summary>The rows of each output, and its name where To takes it.</summary>
    public required EquatableArray<OutlineMember> Outputs { get; init; }

    /// <summary>Whether From takes the values of the pipeline's properties: not if the class is static.</summary>
    public bool HasValues { get; init; }

    /// <summary>Records it names that bear no mark, so that no other step writes a part of them.</summary>
    public EquatableArray<RecordOutline> Records { get; init; }
}
