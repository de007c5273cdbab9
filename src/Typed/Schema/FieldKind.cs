namespace Typed.Schema;

/// <summary>What a field holds. The comment names how a column stores it.</summary>
public enum FieldKind
{
    /// <summary>A bool; one bit.</summary>
    Boolean,

    /// <summary>An sbyte.</summary>
    SByte,

    /// <summary>A byte.</summary>
    Byte,

    /// <summary>A short.</summary>
    Int16,

    /// <summary>A ushort.</summary>
    UInt16,

    /// <summary>An int.</summary>
    Int32,

    /// <summary>A uint.</summary>
    UInt32,

    /// <summary>A long.</summary>
    Int64,

    /// <summary>A ulong.</summary>
    UInt64,

    /// <summary>A float.</summary>
    Float,

    /// <summary>A double.</summary>
    Double,

    /// <summary>A decimal with precision and scale; a 128-bit integer.</summary>
    Decimal,

    /// <summary>A string; UTF-8.</summary>
    String,

    /// <summary>A byte array.</summary>
    Binary,

    /// <summary>A DateTimeOffset; microseconds since 1970-01-01 UTC as a long. The offset is not kept.</summary>
    Timestamp,

    /// <summary>A DateOnly; days since 1970-01-01 as an int.</summary>
    Date,

    /// <summary>A TimeSpan; microseconds as a long.</summary>
    Duration,

    /// <summary>A Guid.</summary>
    Guid,

    /// <summary>An enum; its number as a long.</summary>
    Enum,

    /// <summary>A nested record; a struct column.</summary>
    Record,

    /// <summary>A list.</summary>
    List,

    /// <summary>A map with string keys.</summary>
    Map,

    /// <summary>A time window; a struct column of two timestamps, start and end.</summary>
    Window,
}
