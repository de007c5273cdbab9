namespace Typed.Conformance.Sql;

internal enum SqlKind
{
    Null,
    Boolean,
    Int,
    Long,
    Double,
    Decimal,
    String,
    Timestamp,
    Date,
    Window,
    List,
}

/// <summary>A type of the cases' language and whether a value may be null.</summary>
internal sealed record SqlType(SqlKind Kind, bool Nullable = true)
{
    public static readonly SqlType Boolean = new(SqlKind.Boolean);
    public static readonly SqlType Int = new(SqlKind.Int);
    public static readonly SqlType Long = new(SqlKind.Long);
    public static readonly SqlType Double = new(SqlKind.Double);
    public static readonly SqlType String = new(SqlKind.String);
    public static readonly SqlType Timestamp = new(SqlKind.Timestamp);
    public static readonly SqlType Date = new(SqlKind.Date);
    public static readonly SqlType Null = new(SqlKind.Null);
    public static readonly SqlType Window = new(SqlKind.Window, false);

    /// <summary>The digits of a decimal, before and after the point.</summary>
    public int Precision { get; init; }

    public int Scale { get; init; }

    public SqlType? Element { get; init; }

    public bool IsNumber => Kind is SqlKind.Int or SqlKind.Long or SqlKind.Double or SqlKind.Decimal;

    public static SqlType Decimal(int precision, int scale) => new(SqlKind.Decimal) { Precision = precision, Scale = scale };

    public static SqlType ListOf(SqlType element) => new(SqlKind.List, false) { Element = element };

    public SqlType AsNullable() => Nullable ? this : this with { Nullable = true };

    public SqlType NotNull() => Nullable ? this with { Nullable = false } : this;

    /// <summary>Reads a column's type as the cases write it.</summary>
    public static SqlType Parse(string text)
    {
        if (text.StartsWith("decimal(", StringComparison.Ordinal))
        {
            string[] digits = text[8..^1].Split(',');
            return Decimal(int.Parse(digits[0], null), int.Parse(digits[1], null));
        }

        return text switch
        {
            "int" => Int,
            "long" or "bigint" => Long,
            "double" => Double,
            "boolean" => Boolean,
            "string" => String,
            "timestamp_ms" or "timestamp" => Timestamp,
            "date" => Date,
            _ => throw new CaseException($"the column type '{text}' is not known"),
        };
    }

    /// <summary>The type in C#, as a lambda or a record would spell it.</summary>
    public string CSharp
    {
        get
        {
            string name = Kind switch
            {
                SqlKind.Boolean => "bool",
                SqlKind.Int => "int",
                SqlKind.Long => "long",
                SqlKind.Double => "double",
                SqlKind.Decimal => "decimal",
                SqlKind.String => "string",
                SqlKind.Timestamp => "DateTimeOffset",
                SqlKind.Date => "DateOnly",
                SqlKind.Window => "TimeWindow",
                SqlKind.List => $"IReadOnlyList<{Element!.CSharp}>",
                _ => throw new CaseException("a null has no type here"),
            };
            return Nullable ? name + "?" : name;
        }
    }
}

/// <summary>A column of a row.</summary>
/// <param name="Name">The name in the case.</param>
/// <param name="Member">The C# member that holds it.</param>
/// <param name="Type">Its type.</param>
internal sealed record SqlColumn(string Name, string Member, SqlType Type);

/// <summary>Something in a case that the runner does not know or that has no meaning: the case fails with this text.</summary>
internal sealed class CaseException(string message) : Exception(message);
