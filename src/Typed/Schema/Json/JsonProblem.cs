namespace Typed.Schema;

/// <summary>What is wrong with the text of a JSON record.</summary>
public enum JsonProblem
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is not JSON.</summary>
    Syntax,

    /// <summary>A string is not valid UTF-8, or holds half of a surrogate pair.</summary>
    Encoding,

    /// <summary>Objects and arrays stand deeper inside each other than 64 levels.</summary>
    Depth,

    /// <summary>A field that is not nullable is missing.</summary>
    Missing,

    /// <summary>A field, an element or a value that is not nullable is null.</summary>
    Null,

    /// <summary>A value is not of the kind that the field takes.</summary>
    Type,

    /// <summary>A value is outside the range of the field.</summary>
    Range,

    /// <summary>A name is none of the names of the enum.</summary>
    Name,

    /// <summary>A record is followed by something else.</summary>
    Trailing,

    /// <summary>The record is longer than the reader takes.</summary>
    Length,
}
