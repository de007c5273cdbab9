namespace Typed.State;

/// <summary>How a value is written in an entry, little-endian.</summary>
internal enum StateTypeKind
{
    /// <summary>1 byte, 0 or 1.</summary>
    Boolean,

    /// <summary>1 byte.</summary>
    Int8,

    /// <summary>1 byte.</summary>
    UInt8,

    /// <summary>2 bytes.</summary>
    Int16,

    /// <summary>2 bytes.</summary>
    UInt16,

    /// <summary>4 bytes.</summary>
    Int32,

    /// <summary>4 bytes.</summary>
    UInt32,

    /// <summary>8 bytes.</summary>
    Int64,

    /// <summary>8 bytes.</summary>
    UInt64,

    /// <summary>16 bytes.</summary>
    Int128,

    /// <summary>4 bytes.</summary>
    Float,

    /// <summary>8 bytes.</summary>
    Double,

    /// <summary><c>decimal(SCALE)</c>: 16 bytes, a whole number of the last digit.</summary>
    Decimal,

    /// <summary>16 bytes, a decimal as .NET has it in memory.</summary>
    NetDecimal,

    /// <summary>16 bytes.</summary>
    Guid,

    /// <summary>8 bytes, µs since 1970.</summary>
    Timestamp,

    /// <summary>8 bytes, ticks since the year 1.</summary>
    Ticks,

    /// <summary>4 bytes, days since 1970.</summary>
    Date,

    /// <summary>4 bytes, days since the year 1.</summary>
    DayNumber,

    /// <summary>8 bytes, a date as days since 1970.</summary>
    LongDate,

    /// <summary>8 bytes, 0 or 1.</summary>
    LongBoolean,

    /// <summary>8 bytes, µs.</summary>
    Duration,

    /// <summary>8 bytes, ticks.</summary>
    TickSpan,

    /// <summary>Length (int32), UTF-8; −1 for null.</summary>
    String,

    /// <summary>Length (int32), bytes; −1 for null.</summary>
    Binary,

    /// <summary>Start and end, 16 bytes, µs since 1970.</summary>
    Window,

    /// <summary><c>record(NAME TYPE, …)</c>: the fields in order.</summary>
    Record,

    /// <summary><c>list(TYPE)</c>: count (int32), elements.</summary>
    List,

    /// <summary><c>sized(TYPE)</c>: length (int32), the value in so many bytes; −1 for null.</summary>
    Sized,

    /// <summary><c>null(TYPE)</c>: 1 for null, which has nothing more; 0 and the value.</summary>
    Null,

    /// <summary><c>nullafter(TYPE)</c>: the value, then 1 if it is null, else 0.</summary>
    NullAfter,

    /// <summary><c>some(TYPE)</c>: 0 for null, which has nothing more; 1 and the value.</summary>
    Some,

    /// <summary><c>flag(TYPE)</c>: 0 for null or 1, then the value in both cases.</summary>
    Flag,

    /// <summary><c>raw(BYTES)</c>: so many bytes of a struct.</summary>
    Raw,

    /// <summary><c>sketch(PRECISION)</c>: count of hashes (int32) of 4 bytes each; −1 and 2^PRECISION registers of a byte.</summary>
    Sketch,

    /// <summary>All bytes that are left.</summary>
    Rest,
}
