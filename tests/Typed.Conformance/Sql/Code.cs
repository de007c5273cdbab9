namespace Typed.Conformance.Sql;

/// <summary>C# text for a value. Text that is no atom stands in parentheses.</summary>
/// <param name="Text">The text; can be an operand of any operator.</param>
/// <param name="Type">The type of the value.</param>
internal readonly record struct Code(string Text, SqlType Type)
{
    public bool Nullable => Type.Nullable;

    /// <summary>The value of a nullable value type that is known not to be null.</summary>
    public string Value => Nullable && Type.Kind is not (SqlKind.String or SqlKind.List) ? Text + ".Value" : Text;

    public Code As(SqlType type) => new(Text, type);
}
