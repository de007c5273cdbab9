using System.Globalization;
using Typed.Schema;

namespace Typed.Plan;

/// <summary>
/// A time, a duration or a number as a sum of columns and a constant: <c>c.Time - i.Time - Minutes(5)</c>. Numbers count seconds where nothing else
/// says their unit, as the casts of semantics 6.2.4 do.
/// </summary>
internal sealed record TimeSum
{
    private const decimal Second = 1_000_000;

    /// <summary>The columns, each added or subtracted.</summary>
    public IReadOnlyList<TimeTerm> Terms { get; init; } = [];

    /// <summary>The constant in µs.</summary>
    public decimal Micros { get; init; }

    /// <summary>The constant that has no unit of its own.</summary>
    public decimal Number { get; init; }

    /// <summary>How many µs one of it is; null for instants, durations and numbers of unknown unit.</summary>
    public decimal? Unit { get; init; }

    /// <summary>By how much the columns may be above or below what the sum says, µs, because the value was rounded.</summary>
    public decimal RoundedBy { get; init; }

    /// <summary>The sum, its lone number turned into µs.</summary>
    public decimal Constant(decimal? unit) => Micros + (Number * (unit ?? Second));

    /// <summary>The difference; null as for <see cref="Plus"/>.</summary>
    public TimeSum? Minus(TimeSum other) => Plus(other.Negated());

    /// <summary>The sum; null where minutes and seconds, say, are added up as if they were the same: then it says nothing of times.</summary>
    public TimeSum? Plus(TimeSum other) => Unit is { } unit && other.Unit is { } another && unit != another ? null : new()
    {
        Terms = [.. Terms, .. other.Terms],
        Micros = Micros + other.Micros,
        Number = Number + other.Number,
        Unit = Unit ?? other.Unit,
        RoundedBy = RoundedBy + other.RoundedBy,
    };

    public TimeSum Negated() => this with
    {
        Terms = [.. Terms.Select(term => term with { Sign = -term.Sign })],
        Micros = -Micros,
        Number = -Number,
    };

    /// <summary>
    /// The sum as another type of number; null if what it says of the columns is not known then: <c>int</c> cannot hold all of <c>TotalMinutes</c>,
    /// and what does not fit becomes any number.
    /// </summary>
    public TimeSum? ConvertedTo(TypeSpec type, TypeSpec from)
    {
        if (Holds(type.Field, from.Field))
            return this;
        if (Terms.Count == 0)
            return Micros != 0 ? null : IsFraction(type.Field) ? this : this with { Number = decimal.Truncate(Number) };
        if (type.Field == FieldKind.Decimal)
            return this;

        // The total of a duration fits in any case, less than one whole unit away.
        return type.Field == FieldKind.Int64 && IsFraction(from.Field) && Unit is { } unit ? this with { RoundedBy = RoundedBy + unit } : null;
    }

    /// <summary>Reads an expression; null if it is no such sum.</summary>
    public static TimeSum? Of(ExprSpec expr) => RowShape.WithoutLift(expr) switch
    {
        ColumnExpr column when IsTime(column.Type) || IsNumber(column.Type) => Term(column, TimePart.Whole),
        ConstantExpr constant when TryNumber(constant.Literal, out decimal number) => new TimeSum { Number = number },
        StaticExpr { Name: "global::System.TimeSpan.Zero" } => new TimeSum(),
        UnwrapExpr unwrap => Of(unwrap.Operand),
        ConvertExpr convert when SameKind(convert) => Of(convert.Operand),
        ConvertExpr convert when IsNumber(convert.Type) => Of(convert.Operand)?.ConvertedTo(convert.Type, convert.Operand.Type),
        UnaryExpr { Operator: "-", Operand: var operand } => Of(operand)?.Negated(),
        UnaryExpr { Operator: "+", Operand: var operand } => Of(operand),
        BinaryExpr { Operator: "+" } add => Of(add.Left) is { } left && Of(add.Right) is { } right ? left.Plus(right) : null,
        BinaryExpr { Operator: "-" } subtract => Of(subtract.Left) is { } left && Of(subtract.Right) is { } right ? left.Minus(right) : null,
        BinaryExpr { Operator: "*" } product => Of(product.Left) is { } left && Of(product.Right) is { } right ? left.Times(right) : null,
        MemberExpr member => OfMember(member),
        CallExpr call => OfCall(call),

        // value?.AddMinutes(5)
        ConditionalExpr { Condition: IsNullExpr, Then: ConstantExpr { Literal: "null" }, Otherwise: var present } => Of(present),
        LetExpr let => Of(let.Inlined()),
        _ => null,
    };

    private static TimeSum Term(ColumnExpr column, TimePart part) => new() { Terms = [new TimeTerm(column, 1, part)] };

    private static TimeSum? OfMember(MemberExpr member)
    {
        if (member.Name == "Value" && member.Target.Type.Nullable)
            return Of(member.Target);
        if (WindowColumn(member.Target) is { } window)
        {
            return member.Name switch
            {
                "Start" => Term(window, TimePart.Start),
                "End" => Term(window, TimePart.End),
                "Time" => Term(window, TimePart.Time),
                _ => null,
            };
        }

        if (!member.Target.Type.Is(FieldKind.Duration) || !member.Name.StartsWith("Total", StringComparison.Ordinal))
            return null;
        return UnitOf(member.Name.Substring("Total".Length)) is { } unit ? Of(member.Target) is { } sum ? sum with { Unit = unit } : null : null;
    }

    private static ColumnExpr? WindowColumn(ExprSpec target) => RowShape.WithoutLift(target) switch
    {
        ColumnExpr column when column.Type.Is(FieldKind.Window) => column,
        UnwrapExpr unwrap => WindowColumn(unwrap.Operand),
        MemberExpr { Name: "Value" } value => WindowColumn(value.Target),

        // A window whose members are columns is put together where it is read.
        NewRowExpr { Values: [MemberExpr { Name: "Start", Target: ColumnExpr column }, ..] } when column.Type.Is(FieldKind.Window) => column,
        _ => null,
    };

    private static TimeSum? OfCall(CallExpr call)
    {
        int dot = call.Method.LastIndexOf('.');
        string name = call.Method.Substring(dot + 1);
        string owner = call.Method.Substring(0, Math.Max(dot, 0));
        TimeSum? first = call.Arguments.Count > 0 ? Of(call.Arguments[0]) : null;
        if (call.Method.StartsWith("new ", StringComparison.Ordinal))
            return call.Type.Is(FieldKind.Duration) ? OfConstructor(call) : null;
        if (first is null)
            return null;
        switch (owner)
        {
            case "global::Typed.Durations":
                return UnitOf(name) is { } length ? first.InMicros(length) : null;
            case "global::System.TimeSpan" when name.StartsWith("From", StringComparison.Ordinal):
                return OfParts(call, name.Substring("From".Length));
            case "global::System.TimeSpan" or "global::System.DateTimeOffset" or "global::System.DateTime":
                break;
            default:
                return null;
        }

        TimeSum? second = call.Arguments.Count > 1 ? Of(call.Arguments[1]) : null;
        return name switch
        {
            "Add" => second is null ? null : first.Plus(second),
            "Subtract" => second is null ? null : first.Minus(second),
            "Negate" => first.Negated(),
            "Multiply" => second is null ? null : first.Times(second),
            "ToUniversalTime" or "ToOffset" => first,
            "ToUnixTimeSeconds" => first with { Unit = Second, RoundedBy = Second },
            "ToUnixTimeMilliseconds" => first with { Unit = 1000, RoundedBy = 1000 },
            _ when name.StartsWith("Add", StringComparison.Ordinal) => UnitOf(name.Substring("Add".Length)) is { } unit && second?.InMicros(unit) is { } added ? first.Plus(added) : null,
            _ => null,
        };
    }

    // TimeSpan.FromMinutes(5) and, with smaller units behind it, TimeSpan.FromMinutes(5, 30).
    private static TimeSum? OfParts(CallExpr call, string unit)
    {
        string[] units = ["Days", "Hours", "Minutes", "Seconds", "Milliseconds", "Microseconds"];
        int place = Array.IndexOf(units, unit);
        if (place < 0)
            return unit == "Ticks" && call.Arguments.Count == 1 ? Of(call.Arguments[0])?.InMicros(0.1m) : null;
        TimeSum sum = new();
        for (int i = 0; i < call.Arguments.Count; i++)
        {
            if (place + i >= units.Length || Of(call.Arguments[i])?.InMicros(UnitOf(units[place + i])!.Value) is not { } part || sum.Plus(part) is not { } next)
                return null;
            sum = next;
        }

        return sum;
    }

    private static TimeSum? OfConstructor(CallExpr call)
    {
        string[] units = call.Arguments.Count switch
        {
            1 => ["Ticks"],
            3 => ["Hours", "Minutes", "Seconds"],
            _ => ["Days", "Hours", "Minutes", "Seconds", "Milliseconds", "Microseconds"],
        };
        TimeSum sum = new();
        for (int i = 0; i < call.Arguments.Count; i++)
        {
            if (Of(call.Arguments[i])?.InMicros(UnitOf(units[i])!.Value) is not { } part || sum.Plus(part) is not { } next)
                return null;
            sum = next;
        }

        return sum;
    }

    // What has no columns and no unit of its own gets one.
    private TimeSum? InMicros(decimal unit) => Terms.Count > 0 || Micros != 0 ? null : new TimeSum { Micros = Number * unit };

    private TimeSum? Times(TimeSum other) => (this, other) switch
    {
        ({ Terms.Count: 0, Micros: 0 }, { Terms.Count: 0 }) => new TimeSum { Micros = Number * other.Micros, Number = Number * other.Number },
        ({ Terms.Count: 0 }, { Terms.Count: 0, Micros: 0 }) => new TimeSum { Micros = other.Number * Micros, Number = Number * other.Number },
        _ => null,
    };

    private static decimal? UnitOf(string name) => name switch
    {
        "Days" => 86_400 * Second,
        "Hours" => 3600 * Second,
        "Minutes" => 60 * Second,
        "Seconds" => Second,
        "Milliseconds" => 1000,
        "Microseconds" => 1,
        "Ticks" => 0.1m,
        _ => null,
    };

    private static bool TryNumber(string literal, out decimal number)
    {
        string digits = literal.Trim('(', ')').TrimEnd('L', 'l', 'U', 'u', 'D', 'd', 'F', 'f', 'M', 'm').Replace("_", "");
        return decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    private static bool IsTime(TypeSpec type) => type.Is(FieldKind.Timestamp) || type.Is(FieldKind.Duration);

    private static bool IsFraction(FieldKind kind) => kind is FieldKind.Float or FieldKind.Double or FieldKind.Decimal;

    // Whether a type of numbers has all values of another one, as near as a time of µs can tell.
    private static bool Holds(FieldKind type, FieldKind from) => type == from || type switch
    {
        FieldKind.Double => from != FieldKind.Decimal,
        FieldKind.Float => from is FieldKind.SByte or FieldKind.Byte or FieldKind.Int16 or FieldKind.UInt16,
        FieldKind.Decimal => !IsFraction(from),
        FieldKind.Int64 => from is FieldKind.SByte or FieldKind.Byte or FieldKind.Int16 or FieldKind.UInt16 or FieldKind.Int32 or FieldKind.UInt32,
        FieldKind.UInt64 => from is FieldKind.Byte or FieldKind.UInt16 or FieldKind.UInt32,
        FieldKind.Int32 => from is FieldKind.SByte or FieldKind.Byte or FieldKind.Int16 or FieldKind.UInt16,
        FieldKind.UInt32 => from is FieldKind.Byte or FieldKind.UInt16,
        FieldKind.Int16 => from is FieldKind.SByte or FieldKind.Byte,
        FieldKind.UInt16 => from is FieldKind.Byte,
        _ => false,
    };

    private static bool SameKind(ConvertExpr convert) => IsTime(convert.Type) && convert.Operand.Type.Is(convert.Type.Field);

    private static bool IsNumber(TypeSpec type) => type.Value == ValueKind.Field
        && type.Field is FieldKind.SByte or FieldKind.Byte or FieldKind.Int16 or FieldKind.UInt16 or FieldKind.Int32 or FieldKind.UInt32
            or FieldKind.Int64 or FieldKind.UInt64 or FieldKind.Float or FieldKind.Double or FieldKind.Decimal;
}

/// <summary>A column in a sum.</summary>
/// <param name="Column">The column; its input says which side it is of.</param>
/// <param name="Sign">1 where it is added, −1 where it is subtracted.</param>
/// <param name="Part">What of it.</param>
internal readonly record struct TimeTerm(ColumnExpr Column, int Sign, TimePart Part);

/// <summary>Which time of a column is meant: of a window, one of its ends.</summary>
internal enum TimePart
{
    Whole,
    Start,
    End,
    Time,
}
