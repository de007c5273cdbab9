namespace Typed.Schema;

/// <summary>A position in the UTF-8 text of a JSON record.</summary>
public ref struct JsonFieldReader(ReadOnlySpan<byte> text)
{
    /// <summary>The text.</summary>
    public readonly ReadOnlySpan<byte> Text = text;

    /// <summary>The position of the next byte.</summary>
    public int Position;
}
