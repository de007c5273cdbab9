namespace Typed.Plan;

/// <summary>A figure that types and hints give, or which hints would give it.</summary>
/// <param name="Value">The figure; null where it is not known.</param>
/// <param name="Missing">The hints that are missing, in words; none where no hint would help.</param>
internal sealed record Figure(double? Value, EquatableArray<string> Missing)
{
    /// <summary>What no hint tells.</summary>
    public static readonly Figure Unknowable = new(null, default);

    public static Figure Of(double value) => new(value, default);

    public static Figure Without(string hint) => new(null, EquatableArray.Of(hint));

    public Figure Times(Figure other) => With(other, (one, another) => one * another);

    public Figure Times(double factor) => Value is { } value ? Of(value * factor) : this;

    public Figure Plus(Figure other) => With(other, (one, another) => one + another);

    /// <summary>The lesser of two bounds; one of them is enough.</summary>
    public Figure AtMost(Figure other) => (Value, other.Value) switch
    {
        ({ } one, { } another) => Of(Math.Min(one, another)),
        (null, { }) => other,
        (null, null) when Missing.Count == 0 => other,
        _ => this,
    };

    private Figure With(Figure other, Func<double, double, double> put)
    {
        if (Value is { } one && other.Value is { } another)
            return Of(put(one, another));

        // Where one part is beyond any hint, the hints of the other do not help.
        bool isLost = (Value is null && Missing.Count == 0) || (other.Value is null && other.Missing.Count == 0);
        return isLost ? Unknowable : new Figure(null, Missing.Concat(other.Missing).Distinct().ToEquatable());
    }
}
