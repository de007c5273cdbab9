namespace Typed.Plan;

/// <summary>A record marked [StreamRecord]: all that its generated part needs.</summary>
/// <param name="FullName">The C# name with <c>global::</c>.</param>
/// <param name="Fields">The positional parameters, in order.</param>
internal sealed record RecordSpec(string FullName, EquatableArray<RecordFieldSpec> Fields)
{
    /// <summary>The declaration to open again: namespace, containing types from outside in, and the record's own header.</summary>
    public required DeclarationSpec Declaration { get; init; }

    /// <summary>The simple name, for messages.</summary>
    public required string Name { get; init; }
}

/// <summary>A field of a record.</summary>
internal sealed record RecordFieldSpec(string Name, TypeSpec Type)
{
    public string? JsonName { get; init; }

    public int Id { get; init; }

    public bool IsEventTime { get; init; }

    public bool IsRescuedData { get; init; }

    public bool IsCorruptRecord { get; init; }

    /// <summary>The member of Typed.SourceField, if the source supplies the field.</summary>
    public string? FromSource { get; init; }
}

/// <summary>Where a partial type stands, so that another part of it can be written.</summary>
/// <param name="Namespace">The namespace; empty for the global one.</param>
/// <param name="Types">The headers of the containing types from outside in and, last, of the type itself: <c>partial record struct Purchase</c>.</param>
internal sealed record DeclarationSpec(string Namespace, EquatableArray<string> Types);
