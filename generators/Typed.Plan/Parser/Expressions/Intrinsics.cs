using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Typed.Schema;

namespace Typed.Plan;

/// <summary>
/// What expressions know of .NET: members of its values that give the same answer for the same value on every machine. They are
/// written into the generated loop as they stand.
/// </summary>
internal static class Intrinsics
{
    private static readonly HashSet<string> Members =
    [
        .. Of("DateTimeOffset", "Year Month Day Hour Minute Second Millisecond Microsecond Nanosecond DayOfWeek DayOfYear Date DateTime UtcDateTime TimeOfDay Ticks UtcTicks Offset TotalOffsetMinutes"),
        .. Of("DateTime", "Year Month Day Hour Minute Second Millisecond Microsecond Nanosecond DayOfWeek DayOfYear Date TimeOfDay Ticks Kind"),
        .. Of("DateOnly", "Year Month Day DayOfWeek DayOfYear DayNumber"),
        .. Of("TimeOnly", "Hour Minute Second Millisecond Microsecond Nanosecond Ticks"),
        .. Of("TimeSpan", "Days Hours Minutes Seconds Milliseconds Microseconds Nanoseconds Ticks TotalDays TotalHours TotalMinutes TotalSeconds TotalMilliseconds TotalMicroseconds TotalNanoseconds"),
        .. Of("Guid", "Version Variant"),
        .. Of("Decimal", "Scale"),
    ];

    private static readonly HashSet<string> StaticMembers =
    [
        .. Of("DateTimeOffset", "UnixEpoch MinValue MaxValue"),
        .. Of("DateTime", "UnixEpoch MinValue MaxValue"),
        .. Of("DateOnly", "MinValue MaxValue"),
        .. Of("TimeOnly", "MinValue MaxValue"),
        .. Of("TimeSpan", "Zero MinValue MaxValue"),
        .. Of("Guid", "Empty AllBitsSet"),
        .. Of("Decimal", "Zero One MinusOne MinValue MaxValue"),
    ];

    private static readonly HashSet<string> Methods =
    [
        .. Of("DateTimeOffset", "Add AddDays AddHours AddMinutes AddSeconds AddMilliseconds AddMicroseconds AddMonths AddYears AddTicks Subtract ToOffset ToUniversalTime ToUnixTimeSeconds ToUnixTimeMilliseconds CompareTo Equals EqualsExact Compare FromUnixTimeSeconds FromUnixTimeMilliseconds"),
        .. Of("DateTime", "Add AddDays AddHours AddMinutes AddSeconds AddMilliseconds AddMicroseconds AddMonths AddYears AddTicks Subtract CompareTo Equals Compare DaysInMonth IsLeapYear SpecifyKind"),
        .. Of("DateOnly", "AddDays AddMonths AddYears CompareTo Equals ToDateTime FromDateTime FromDayNumber"),
        .. Of("TimeOnly", "Add AddHours AddMinutes CompareTo Equals IsBetween ToTimeSpan FromDateTime FromTimeSpan"),
        .. Of("TimeSpan", "Add Subtract Negate Duration Multiply Divide CompareTo Equals Compare FromDays FromHours FromMinutes FromSeconds FromMilliseconds FromMicroseconds FromTicks"),
        .. Of("Guid", "CompareTo Equals"),
        .. Of("Decimal", "Round Truncate Floor Ceiling Abs Max Min Clamp Sign Negate Add Subtract Multiply Divide Remainder Compare CompareTo Equals ToInt32 ToInt64 ToDouble IsInteger IsNegative IsPositive"),
        .. Of("Char", "IsDigit IsLetter IsLetterOrDigit IsWhiteSpace IsUpper IsLower IsPunctuation IsControl IsSymbol IsSeparator IsNumber IsSurrogate IsHighSurrogate IsLowSurrogate IsAscii IsAsciiDigit IsAsciiLetter IsAsciiLetterOrDigit IsAsciiLetterLower IsAsciiLetterUpper IsAsciiHexDigit IsBetween ToUpperInvariant ToLowerInvariant GetNumericValue CompareTo Equals"),
        .. Of("Boolean", "CompareTo Equals"),
    ];

    private static readonly HashSet<string> NumberMethods =
    [
        .. ("Abs Min Max Clamp Sign CompareTo Equals IsNaN IsFinite IsInfinity IsPositiveInfinity IsNegativeInfinity IsNegative IsPositive IsNormal IsSubnormal "
            + "IsInteger IsEvenInteger IsOddInteger IsPow2 PopCount LeadingZeroCount TrailingZeroCount RotateLeft RotateRight Log2 CopySign MaxMagnitude MinMagnitude "
            + "Round Floor Ceiling Truncate Sqrt Cbrt Pow Exp Log Log10 Sin Cos Tan Asin Acos Atan Atan2 Sinh Cosh Tanh Hypot DegreesToRadians RadiansToDegrees").Split(' '),
    ];

    private static readonly string[] Values = ["DateTimeOffset", "DateTime", "DateOnly", "TimeOnly", "TimeSpan", "Guid", "Decimal"];

    /// <summary>Whether the type is one of .NET's plain values, whose operators and constructors C# writes as they stand.</summary>
    public static bool IsValueType(INamedTypeSymbol type) => IsSystem(type) && Values.Contains(type.Name);

    /// <summary>Whether the type is one of the built-in number types.</summary>
    public static bool IsNumber(ITypeSymbol type) => type.SpecialType
        is SpecialType.System_SByte or SpecialType.System_Byte or SpecialType.System_Int16 or SpecialType.System_UInt16
        or SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Int64 or SpecialType.System_UInt64
        or SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Decimal;

    /// <summary>Whether the property of .NET's value is known.</summary>
    public static bool HasMember(INamedTypeSymbol type, string name) => IsSystem(type) && Members.Contains(type.Name + "." + name);

    /// <summary>Whether the static field or property of .NET is known, and fixed.</summary>
    public static bool HasStaticMember(INamedTypeSymbol type, string name) =>
        IsSystem(type) && (StaticMembers.Contains(type.Name + "." + name) || (IsNumber(type) && name is "MaxValue" or "MinValue" or "NaN" or "Epsilon" or "Pi" or "E"));

    /// <summary>Whether the method of .NET is known and all of its values are plain ones, so that C# writes the call as it stands.</summary>
    public static bool HasMethod(IMethodSymbol method)
    {
        INamedTypeSymbol type = method.ContainingType;
        bool isKnown = IsSystem(type)
            && (type.Name is "Math" or "MathF" || Methods.Contains(type.Name + "." + method.Name) || (IsNumber(type) && NumberMethods.Contains(method.Name)));
        return isKnown && !method.IsGenericMethod && method.Parameters.All(parameter => parameter.RefKind == RefKind.None && parameter.Type.IsValueType)
            && method.ReturnType.IsValueType && method.ReturnType is not INamedTypeSymbol { IsTupleType: true };
    }

    /// <summary>Whether the property or method reads the time zone of the machine.</summary>
    public static bool IsLocalTime(INamedTypeSymbol type, string name) =>
        IsSystem(type) && (name is "LocalDateTime" or "ToLocalTime" || (type.Name == "DateTime" && name is "ToUniversalTime"));

    /// <summary>What to write instead of a clock, a random number or a new identity; null if the member is none of these.</summary>
    public static string? WayOutOfClock(INamedTypeSymbol type, string name) => (IsSystem(type) ? type.Name : null, name) switch
    {
        ("DateTime" or "DateTimeOffset", "Now" or "UtcNow") => "Batch.Now is the instant at which the batch was planned, and the same when it is run again.",
        ("DateTime", "Today") => "Batch.Today is the date on which the batch was planned, and the same when it is run again.",
        ("Guid", "NewGuid" or "CreateVersion7") => "Make an identity from the values of the row.",
        ("Random", _) => "Choose by a value of the row, such as its hash.",
        ("Environment", _) => "Read it outside and hand it in as a { get; init; } property of the pipeline.",
        ("TimeProvider", _) or ("Stopwatch", _) => "Batch.Now is the clock of a query.",
        ("HashCode", _) => "It gives other numbers in each process. Combine the values yourself.",
        _ => null,
    };

    /// <summary>Whether a value of this type is the same wherever it is stored: numbers, text, times, enums.</summary>
    public static bool IsPlainValue(TypeSpec type) =>
        type.Value == ValueKind.Char
        || (type.Value == ValueKind.Field && type.Field is not (FieldKind.Record or FieldKind.List or FieldKind.Map or FieldKind.Window or FieldKind.Binary));

    /// <summary>Whether it is the number of elements of a list, a map or a binary value.</summary>
    public static bool IsListLength(TypeSpec type, string name) =>
        type.Value == ValueKind.Field && type.Field is FieldKind.List or FieldKind.Map or FieldKind.Binary && name is "Count" or "Length";

    /// <summary>Whether it is a constructor of string: <c>new string('x', 3)</c>.</summary>
    public static bool IsTextConstructor(IObjectCreationOperation creation) =>
        creation.Type!.SpecialType == SpecialType.System_String && creation.Arguments.Length == 2
        && creation.Arguments[0].Parameter!.Type.SpecialType == SpecialType.System_Char;

    /// <summary>Whether the type stands in namespace System.</summary>
    public static bool IsSystem(ITypeSymbol type) =>
        type.ContainingType is null && type.ContainingNamespace is { Name: "System" or "Diagnostics" } space
        && (space.ContainingNamespace.IsGlobalNamespace || space.ContainingNamespace.Name == "System");

    private static IEnumerable<string> Of(string type, string names) => names.Split(' ').Select(name => type + "." + name);
}
