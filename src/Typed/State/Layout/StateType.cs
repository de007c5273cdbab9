using System.Globalization;

namespace Typed.State;

/// <summary>The type of a field of stored state.</summary>
/// <param name="Kind">What is written.</param>
internal sealed partial record StateType(StateTypeKind Kind)
{
    /// <summary>The scale of a decimal, the bytes of a struct, the precision of a sketch.</summary>
    internal int Number { get; init; }

    /// <summary>What a list has, or what is wrapped.</summary>
    internal StateType? Element { get; init; }

    /// <summary>The fields of a record.</summary>
    internal IReadOnlyList<StateField> Fields { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString()
    {
        string name = Kind.ToString().ToLowerInvariant();
        return Kind switch
        {
            StateTypeKind.Decimal or StateTypeKind.Raw or StateTypeKind.Sketch => $"{name}({Number.ToString(CultureInfo.InvariantCulture)})",
            StateTypeKind.Record => $"{name}({string.Join(", ", Fields)})",
            _ => Element is null ? name : $"{name}({Element})",
        };
    }
}
