using System.Globalization;

namespace Typed.State;

/// <summary>
/// The type of a field of stored state. That of an enum is <c>enum(TYPE, NAME = VALUE, …)</c>: the number that is written, and the members by their values, then names,
/// so that a member which has another value one day is seen. Layouts of earlier versions of Typed have the number alone.
/// </summary>
/// <param name="Kind">What is written.</param>
internal sealed partial record StateType(StateTypeKind Kind)
{
    /// <summary>The scale of a decimal, the bytes of a struct, the precision of a sketch.</summary>
    internal int Number { get; init; }

    /// <summary>What a list has, or what is wrapped.</summary>
    internal StateType? Element { get; init; }

    /// <summary>The fields of a record.</summary>
    internal IReadOnlyList<StateField> Fields { get; init; } = [];

    /// <summary>The members of an enum; none for a number, and where what is stored does not say them.</summary>
    internal IReadOnlyList<StateMember> Members { get; init; } = [];

    /// <summary>The type of an enum. One without members is its number.</summary>
    /// <param name="number">How it is written.</param>
    /// <param name="members">The members, in any order.</param>
    internal static StateType Enum(StateTypeKind number, IEnumerable<StateMember> members) => new(number)
    {
        Members = [.. members.OrderBy(one => number == StateTypeKind.UInt64 ? one.Value ^ long.MinValue : one.Value).ThenBy(one => one.Name, StringComparer.Ordinal)],
    };

    /// <summary>The type with the numbers of enums alone.</summary>
    internal StateType WithoutMembers() => this with { Element = Element?.WithoutMembers(), Fields = StateField.WithoutMembers(Fields), Members = [] };

    /// <summary>Whether it is an enum whose members are known, or has one in it.</summary>
    internal bool HasMembers => Members.Count > 0 || Element is { HasMembers: true } || Fields.Any(one => one.Type.HasMembers);

    /// <summary>The value of a member as a number of its type.</summary>
    internal string TextOf(long value) => Kind == StateTypeKind.UInt64 ? unchecked((ulong)value).ToString(CultureInfo.InvariantCulture) : value.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString()
    {
        string name = Kind.ToString().ToLowerInvariant();
        return Kind switch
        {
            _ when Members.Count > 0 => $"enum({name}, {string.Join(", ", Members.Select(one => $"{StateField.Quote(one.Name)} = {TextOf(one.Value)}"))})",
            StateTypeKind.Decimal or StateTypeKind.Raw or StateTypeKind.Sketch => $"{name}({Number.ToString(CultureInfo.InvariantCulture)})",
            StateTypeKind.Record => $"{name}({string.Join(", ", Fields)})",
            _ => Element is null ? name : $"{name}({Element})",
        };
    }
}

/// <summary>A member of an enum.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; that of an unsigned one has the same bits.</param>
internal readonly record struct StateMember(string Name, long Value);
